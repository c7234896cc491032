// Digital twins through the unmodified DigitalTwinClient: read, patch and its
// rules, commands of the root and of a component, refusals.
//
// The SDKs can only speak to ports 443 and 8883 (protocol 0.8): start the hub on
// them, give this script the environment that it prints, and run
//
//   npm install && node digitaltwins.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Client: Device } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { DigitalTwinClient, IoTHubTokenCredentials, Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const client = new DigitalTwinClient(new IoTHubTokenCredentials(connectionString));
const host = /HostName=([^;]*)/.exec(connectionString)[1];
const deviceId = `twin-${process.pid}`;
const model = 'dtmi:com:example:TemperatureController;2';
const desired = [];
let device;
let twin;

const read = async () => (await client.getDigitalTwin(deviceId));

// eventually asks until there is an answer, for 15 s.
async function eventually(what, ask) {
  for (const end = Date.now() + 15000; ;) {
    const got = await ask();
    if (got) return got;
    assert(Date.now() < end, `${what} did not come`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

// refused wants an error with the service's status and the name of its code.
async function refused(call, status, name) {
  await assert.rejects(call, (e) => {
    assert.equal(e.statusCode, status, e.message);
    if (name) assert.equal(e.response.headers.get('iothub-errorcode'), name);
    return true;
  });
}

const report = (patch) => new Promise((resolve, reject) => {
  twin.properties.reported.update(patch, (e) => (e ? reject(e) : resolve()));
});

const steps = {
  async 'a device that names its model'() {
    const { responseBody: d } = await registry.create({ deviceId });
    device = Device.fromConnectionString(`HostName=${host};DeviceId=${deviceId};SharedAccessKey=${d.authentication.symmetricKey.primaryKey}`, Mqtt);
    await device.setOptions({ modelId: model });
    await device.open();
    twin = await device.getTwin();
    twin.on('properties.desired', (delta) => desired.push(delta));
    device.onDeviceMethod('reboot', (q, a) => a.send(202, { delay: q.payload }, () => {}));
    device.onDeviceMethod('thermostat1*getMaxMinReport', (q, a) => a.send(200, { since: q.payload.since, max: 21.5 }, () => {}));
    device.onDeviceMethod('silent', (q, a) => a.send(204, null, () => {}));
  },
  async 'an empty digital twin'() {
    const d = await read();
    assert.equal(d.$dtId, deviceId);
    assert.equal(d.$metadata.$model, model);
    assert.equal(d._response.status, 200);
    assert.match(d._response.headers.get('etag'), /^".+"$/);
  },
  async 'what the device reports'() {
    await report({ serialNumber: 'a1', thermostat1: { __t: 'c', maxTemp: 30 } });
    const d = await read();
    assert.equal(d.serialNumber, 'a1');
    assert(d.$metadata.serialNumber.lastUpdateTime);
    assert.equal(d.thermostat1.maxTemp, 30);
    assert(d.thermostat1.$metadata.maxTemp.lastUpdateTime);
    assert.equal(d.thermostat1.__t, undefined);
  },
  async 'a patch of the root and of a component'() {
    const before = await read();
    const patch = [
      { op: 'add', path: '/telemetryInterval', value: 5 },
      { op: 'add', path: '/thermostat1/targetTemperature', value: 21.5 },
    ];
    const answer = await new Promise((resolve, reject) => { // a promise of the SDK does not tell of the response
      client.updateDigitalTwin(deviceId, patch, before._response.headers.get('etag'), (e, _, response) => (e ? reject(e) : resolve(response)));
    });
    assert.equal(answer.status, 202);
    assert.notEqual(answer.headers.get('etag'), before._response.headers.get('etag'));
    assert.match(answer.headers.get('location'), new RegExp(`/digitaltwins/${deviceId}$`));
    const delta = await eventually('the desired properties', () => desired.find((x) => x.telemetryInterval === 5));
    assert.deepEqual(delta.thermostat1, { __t: 'c', targetTemperature: 21.5 });
    const d = await read();
    assert.equal(d.$metadata.telemetryInterval.desiredValue, 5);
    assert.equal(d.$metadata.telemetryInterval.desiredVersion, delta.$version);
    assert.equal(d.telemetryInterval, undefined, 'a device has not said yes');
    assert.equal(d.thermostat1.$metadata.targetTemperature.desiredValue, 21.5);
  },
  async 'a device that answers it'() {
    const { $version: av } = desired.at(-1);
    await report({
      telemetryInterval: { value: 5, ac: 200, av, ad: 'taken' },
      thermostat1: { __t: 'c', targetTemperature: { value: 21.5, ac: 203, av } },
    });
    const d = await read();
    assert.equal(d.telemetryInterval, 5);
    const { ackCode, ackVersion, ackDescription } = d.$metadata.telemetryInterval;
    assert.deepEqual({ ackCode, ackVersion, ackDescription }, { ackCode: 200, ackVersion: av, ackDescription: 'taken' });
    assert.equal(d.thermostat1.targetTemperature, 21.5);
    assert.equal(d.thermostat1.$metadata.targetTemperature.ackCode, 203);
  },
  async 'replace, remove and a whole component'() {
    await client.updateDigitalTwin(deviceId, [{ op: 'replace', path: '/telemetryInterval', value: { unit: 's', n: 7 } }]);
    await client.updateDigitalTwin(deviceId, [{ op: 'add', path: '/thermostat2', value: { targetTemperature: 18, $metadata: {} } }]);
    await client.updateDigitalTwin(deviceId, [{ op: 'remove', path: '/thermostat1/targetTemperature' }], '*');
    const d = await read();
    assert.deepEqual(d.$metadata.telemetryInterval.desiredValue, { unit: 's', n: 7 });
    assert.equal(d.thermostat2.$metadata.targetTemperature.desiredValue, 18);
    assert.equal(d.thermostat1.$metadata.targetTemperature.desiredValue, undefined);
    await client.updateDigitalTwin(deviceId, [{ op: 'remove', path: '/thermostat2' }]);
    assert.equal((await read()).thermostat2, undefined);
  },
  async 'patches that are refused'() {
    const patch = (op, path, value) => client.updateDigitalTwin(deviceId, [{ op, path, value }]);
    await refused(patch('test', '/telemetryInterval', 5), 400, 'InvalidDigitalTwinJsonPatch');
    await refused(patch('add', 'telemetryInterval', 5), 400, 'InvalidDigitalTwinPatchPath');
    await refused(patch('add', '/thermostat1/a/b', 5), 400, 'InvalidDigitalTwinPatchPath');
    await refused(patch('add', '/$metadata', {}), 400, 'InvalidDigitalTwinPatchPath');
    await refused(patch('add', '/telemetryInterval'), 400, 'InvalidDigitalTwinPatch');
    await refused(client.updateDigitalTwin(deviceId, [{ op: 'add', path: '/a', value: 1 }], '"AAAAAAAAAAA="'), 412, 'PreconditionFailed');
    assert.equal((await read()).$metadata.a, undefined);
  },
  async 'commands of the root and of a component'() {
    const root = await client.invokeCommand(deviceId, 'reboot', 3);
    assert.deepEqual(root.body ?? root, { delay: 3 });
    assert.equal(root.xMsCommandStatuscode, 202);
    assert(root.xMsRequestId);
    const component = await client.invokeComponentCommand(deviceId, 'thermostat1', 'getMaxMinReport', { since: 'noon' }, { connectTimeoutInSeconds: 5, responseTimeoutInSeconds: 10 });
    assert.deepEqual({ ...(component.body ?? component) }, { since: 'noon', max: 21.5 });
    assert.equal(component.xMsCommandStatuscode, 200);
    const silent = await client.invokeCommand(deviceId, 'silent', {});
    assert.equal(silent.xMsCommandStatuscode, 204);
  },
  async 'commands that are refused'() {
    await refused(client.invokeCommand('nobody', 'reboot', 1), 404, 'DeviceNotFound');
    await refused(client.getDigitalTwin('nobody'), 404, 'DeviceNotFound');
    await refused(client.updateDigitalTwin('nobody', [{ op: 'add', path: '/a', value: 1 }]), 404, 'DeviceNotFound');
    await device.close();
    await refused(client.invokeCommand(deviceId, 'reboot', 1), 404, 'DeviceNotOnline');
  },
  async 'the end'() {
    await registry.delete(deviceId);
  },
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    await step();
    console.log(`ok ${name}`);
  }
  process.exit(0);
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
