// Twins, direct methods, modules and bulk changes through the unmodified Node
// service SDK, with a device of the device SDK at the other end.
//
// The SDKs know the ports 443 and 8883 only (protocol 0.8): start the hub on them,
// give this script the environment that it prints, and run
//
//   npm install && node service.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Registry, Client } = require('azure-iothub');
const { Client: DeviceClient, ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const hostName = connectionString.match(/HostName=([^;]+)/)[1];
const registry = Registry.fromConnectionString(connectionString);
const client = Client.fromConnectionString(connectionString);
const prefix = `service-${process.pid}-`;
const id = prefix + 'a';
const open = [];

async function refused(call, name, code) {
  const error = await call.then(() => assert.fail(`${name} was expected`), (e) => e);
  assert.equal(error.name, name, error.message);
  if (code) assert.equal(error.responseBody && JSON.parse(error.responseBody).Message.split(/[:;]/)[1], code, error.responseBody);
  return error;
}

// The second shape of refusals, which the SDK hands on as it is (protocol 2.3).
function detail(error) {
  return JSON.parse(JSON.parse(error.responseBody).Message);
}

async function connect(make, string) {
  const device = make.fromConnectionString(string, Mqtt);
  open.push(device);
  await device.open();
  return device;
}

async function deviceString(deviceId) {
  const { responseBody: d } = await registry.get(deviceId);
  return `HostName=${hostName};DeviceId=${deviceId};SharedAccessKey=${d.authentication.symmetricKey.primaryKey}`;
}

async function moduleString(deviceId, moduleId) {
  const { responseBody: m } = await registry.getModule(deviceId, moduleId);
  return `HostName=${hostName};DeviceId=${deviceId};ModuleId=${moduleId};SharedAccessKey=${m.authentication.symmetricKey.primaryKey}`;
}

// answers lets a device answer a method with a status and what it was given.
function answers(device, method, status) {
  const listen = device.onDeviceMethod ? device.onDeviceMethod.bind(device) : device.onMethod.bind(device);
  listen(method, (request, response) => response.send(status, { got: request.payload }));
  return new Promise((resolve) => setTimeout(resolve, 500)); // the SDK does not say when it has subscribed
}

const steps = {
  async 'bulk create'() {
    const devices = [id, prefix + 'b', prefix + 'c'].map((deviceId) => ({ deviceId }));
    const { responseBody: result } = await registry.addDevices(devices);
    assert.deepEqual(result, { isSuccessful: true, errors: [], warnings: [] });
  },
  async 'bulk create of what exists is refused'() {
    const error = await registry.addDevices([{ deviceId: id }, { deviceId: prefix + 'd' }]).then(() => assert.fail('refusal was expected'), (e) => e);
    assert.equal(error.name, 'ArgumentError');
    const result = JSON.parse(error.responseBody);
    assert.equal(result.isSuccessful, false);
    assert.deepEqual(result.errors.map((e) => [e.deviceId, e.errorCode]), [[id, 'DeviceAlreadyExists']]);
    await registry.get(prefix + 'd');
  },
  async 'bulk update and delete'() {
    await registry.updateDevices([{ deviceId: prefix + 'b', status: 'disabled' }], true);
    assert.equal((await registry.get(prefix + 'b')).responseBody.status, 'disabled');
    const { responseBody: c } = await registry.get(prefix + 'c');
    await registry.updateDevices([{ deviceId: prefix + 'c', etag: c.etag, status: 'disabled' }], false);
    await registry.removeDevices(['b', 'c', 'd'].map((name) => ({ deviceId: prefix + name })), true);
    await refused(registry.get(prefix + 'b'), 'DeviceNotFoundError', 'DeviceNotFound');
  },
  async 'twin: patch and etag'() {
    const { responseBody: twin } = await registry.getTwin(id);
    assert.equal(twin.etag, 'AAAAAAAAAAE=');
    assert.equal(twin.version, 2);
    const { responseBody: after } = await registry.updateTwin(id, { tags: { site: { city: 'Ulm', floor: 1 } }, properties: { desired: { interval: 5 } } }, twin.etag);
    assert.equal(after.properties.desired.interval, 5);
    assert.equal(after.properties.desired.$version, 2);
    assert.equal(after.properties.desired.$metadata.interval.$lastUpdatedVersion, 2);
    const { responseBody: merged } = await registry.updateTwin(id, { tags: { site: { floor: null } } }, '*');
    assert.deepEqual(merged.tags, { site: { city: 'Ulm' } });
    await refused(registry.updateTwin(id, { tags: { x: 1 } }, twin.etag), 'InvalidEtagError', 'PreconditionFailed');
  },
  async 'twin object: get and update'() {
    const { responseBody: twin } = await registry.getTwin(id);
    await twin.update({ properties: { desired: { mode: 'eco' } } });
    assert.equal(twin.properties.desired.mode, 'eco');
    await twin.get();
    assert.equal(twin.properties.desired.interval, 5);
  },
  async 'twin: what may not be written is refused'() {
    await refused(registry.updateTwin(id, { properties: { reported: { x: 1 } } }, '*'), 'ArgumentError', 'ArgumentInvalid');
    await refused(registry.updateTwin(id, { tags: { 'a.b': 1 } }, '*'), 'ArgumentError', 'ArgumentInvalid');
    await refused(registry.getTwin(prefix + 'x'), 'DeviceNotFoundError', 'DeviceNotFound');
  },
  async 'twin: both ways with a device'() {
    const device = await connect(DeviceClient, await deviceString(id));
    const twin = await device.getTwin();
    assert.equal(twin.properties.desired.interval, 5);
    const seen = new Promise((resolve) => twin.on('properties.desired.interval', (value) => value === 9 && resolve()));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await registry.updateTwin(id, { properties: { desired: { interval: 9 } } }, '*');
    await seen;
    await new Promise((resolve, reject) => twin.properties.reported.update({ firmware: '1.2' }, (e) => (e ? reject(e) : resolve())));
    const { responseBody: after } = await registry.getTwin(id);
    assert.equal(after.properties.reported.firmware, '1.2');
    assert.equal(after.connectionState, 'Connected');
    await device.close();
  },
  async 'method: device not online'() {
    const error = await refused(client.invokeDeviceMethod(id, { methodName: 'reboot', connectTimeoutInSeconds: 1, responseTimeoutInSeconds: 5 }), 'Error');
    const d = detail(error);
    assert.equal(d.errorCode, 404103);
    assert.equal(d.message, 'Timed out waiting for device to connect.');
    assert.deepEqual(d.info, { timeout: '00:00:01' });
    assert.equal(error.response.headers['iothub-errorcode'], 'DeviceNotOnline');
  },
  async 'method: unknown device'() {
    await refused(client.invokeDeviceMethod(prefix + 'x', { methodName: 'reboot' }), 'DeviceNotFoundError', 'DeviceNotFound');
  },
  async 'method: answer of the device'() {
    const device = await connect(DeviceClient, await deviceString(id));
    await answers(device, 'reboot', 217);
    for (const payload of [{ delay: 5, text: '<&> é' }, [1, 2.5], 'text', 0, true]) {
      const { result } = await client.invokeDeviceMethod(id, { methodName: 'reboot', payload });
      assert.deepEqual(result, { status: 217, payload: { got: payload } });
    }
    const { result } = await client.invokeDeviceMethod(id, { methodName: 'reboot' });
    assert.deepEqual(result, { status: 217, payload: { got: null } });
  },
  async 'method: no answer in time'() {
    const device = open.at(-1);
    device.onDeviceMethod('silent', () => {});
    const error = await client.invokeDeviceMethod(id, { methodName: 'silent', responseTimeoutInSeconds: 5, connectTimeoutInSeconds: 3 }).then(() => assert.fail('refusal was expected'), (e) => e);
    assert.equal(error.name, 'GatewayTimeoutError');
    assert.equal(detail(error).errorCode, 504101);
    await device.close();
  },
  async 'module: create, list, get'() {
    await registry.addModule({ deviceId: id, moduleId: 'm1', managedBy: 'interop' });
    await refused(registry.addModule({ deviceId: id, moduleId: 'm1' }), 'DeviceAlreadyExistsError', 'ModuleAlreadyExistsOnDevice');
    const { responseBody: list } = await registry.getModulesOnDevice(id);
    assert.deepEqual(list.map((m) => m.moduleId), ['m1']);
    const { responseBody: m } = await registry.getModule(id, 'm1');
    assert.equal(m.managedBy, 'interop');
    assert.equal(m.status, undefined);
    assert(m.authentication.symmetricKey.primaryKey);
  },
  async 'module: update'() {
    const { responseBody: m } = await registry.getModule(id, 'm1');
    await registry.updateModule({ ...m, managedBy: 'somebody' });
    await refused(registry.updateModule(m), 'InvalidEtagError', 'PreconditionFailed');
    await registry.updateModule(m, true);
    assert.equal((await registry.getModule(id, 'm1')).responseBody.managedBy, 'interop');
  },
  async 'module: twin both ways, and methods'() {
    const module = await connect(ModuleClient, await moduleString(id, 'm1'));
    await registry.updateModuleTwin(id, 'm1', { tags: { t: 1 }, properties: { desired: { speed: 3 } } }, '*');
    const twin = await module.getTwin();
    assert.equal(twin.properties.desired.speed, 3);
    await new Promise((resolve, reject) => twin.properties.reported.update({ running: true }, (e) => (e ? reject(e) : resolve())));
    const { responseBody: after } = await registry.getModuleTwin(id, 'm1');
    assert.equal(after.properties.reported.running, true);
    assert.equal(after.moduleId, 'm1');
    await answers(module, 'stop', 200);
    const { result } = await client.invokeDeviceMethod(id, 'm1', { methodName: 'stop', payload: { now: true } });
    assert.deepEqual(result, { status: 200, payload: { got: { now: true } } });
    await module.close();
  },
  async 'module: delete'() {
    await registry.removeModule(id, 'm1');
    const error = await registry.getModule(id, 'm1').then(() => assert.fail('refusal was expected'), (e) => e);
    assert.equal(error.response.headers['iothub-errorcode'], 'ModuleNotFound');
    assert.deepEqual((await registry.getModulesOnDevice(id)).responseBody, []);
  },
  async 'delete'() {
    await registry.delete(id);
  },
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack}\n${error.responseBody || ''}`);
      process.exit(1);
    }
  }
  process.exit(0);
})();
