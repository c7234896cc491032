// Devices and modules on MQTT through the unmodified Node device SDK, with the service SDK on the other side.
//
// The SDK can only speak to port 8883 (mqtt-ws.js: 443): start the hub on the
// well-known ports, give this script the environment that it prints, and run
//
//   npm install && node mqtt.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { X509Certificate } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { EventHubConsumerClient, earliestEventPosition } = require('@azure/event-hubs');
const { Client, Message, ModuleClient } = require('azure-iot-device');
const { Client: ServiceClient, Registry } = require('azure-iothub');
const { Message: ServiceMessage } = require('azure-iot-common');

const owner = process.env.IOTHUB_CONNECTION_STRING;
const events = process.env.EVENTHUB_CONNECTION_STRING;
const patience = 30_000;

// next is the arguments of the next event of this name.
function next(emitter, name, what = name) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${what} in ${patience} ms`)), patience);
    emitter.once(name, (...args) => {
      clearTimeout(late);
      resolve(args);
    });
  });
}

// within is a promise that must not take too long.
function within(promise, what) {
  return Promise.race([promise, sleep(patience, null, { ref: false }).then(() => assert.fail(`no ${what} in ${patience} ms`))]);
}

const updated = (twin, patch) => new Promise((resolve, reject) => twin.properties.reported.update(patch, (e) => (e ? reject(e) : resolve())));

async function run(Transport) {
  assert(owner && events, 'IOTHUB_CONNECTION_STRING and EVENTHUB_CONNECTION_STRING are not set');
  const registry = Registry.fromConnectionString(owner);
  const service = ServiceClient.fromConnectionString(owner);
  const id = `${Transport.name.toLowerCase()}-${process.pid}`;
  const host = owner.match(/HostName=([^;]*)/)[1];
  const open = [];
  let device, twin, key;

  const connect = async (client) => {
    open.push(client);
    await within(client.open(), 'connection');
    return client;
  };
  const deviceString = (key) => `HostName=${host};DeviceId=${id};SharedAccessKey=${key}`;
  const newDevice = () => Client.fromConnectionString(deviceString(key), Transport);
  const method = (methodName, payload, more) =>
    within(service.invokeDeviceMethod(id, { methodName, payload, responseTimeoutInSeconds: 20, ...more }), 'answer to a method');

  const steps = {
    async 'connect with a key'() {
      const { responseBody } = await registry.create({ deviceId: id });
      key = responseBody.authentication.symmetricKey.primaryKey;
      device = await connect(newDevice());
      assert.equal((await registry.get(id)).responseBody.connectionState, 'Connected');
    },
    async 'a wrong key is refused'() {
      const wrong = Client.fromConnectionString(deviceString('d3Jvbmc='), Transport);
      const error = await within(wrong.open().then(() => assert.fail('it was let in'), (e) => e), 'refusal');
      assert.equal(error.name, 'UnauthorizedError', error.message);
    },
    async 'telemetry with properties arrives'() {
      const consumer = new EventHubConsumerClient('$Default', events);
      const arrived = new Promise((resolve, reject) => {
        const got = [];
        const subscription = consumer.subscribe({
          async processEvents(batch) {
            got.push(...batch.filter((e) => e.systemProperties['iothub-connection-device-id'] === id));
            if (got.length < 3) return;
            resolve(got);
          },
          processError: async (e) => reject(e),
        }, { startPosition: earliestEventPosition });
        open.push({ close: () => subscription.close().then(() => consumer.close()) });
      });
      const message = new Message(JSON.stringify({ n: 1 }));
      message.messageId = 'mid/1';
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      message.properties.add('k e', 'v/&=');
      await within(device.sendEvent(message), 'PUBACK');
      for (const body of ['2', '3']) await within(device.sendEvent(new Message(body)), 'PUBACK');
      const [first, ...rest] = await within(arrived, 'telemetry');
      assert.deepEqual(first.body, { n: 1 });
      assert.equal(first.messageId, 'mid/1');
      assert.equal(first.properties['k e'], 'v/&=');
      assert.deepEqual(rest.map((e) => Number(Buffer.isBuffer(e.body) ? e.body.toString() : e.body)), [2, 3]);
    },
    async 'the twin, and desired changes'() {
      twin = await within(device.getTwin(), 'twin');
      assert.equal(twin.properties.desired.$version, 1);
      const patches = new EventEmitter();
      twin.on('properties.desired', (patch) => patches.emit(String(patch.$version), patch));
      await within(device.getTwin(), 'twin'); // asked for after the subscription, so that is granted
      for (const [version, desired] of [[2, { interval: 0 }], [3, { interval: 5, more: { deep: true } }], [4, { more: null }]]) {
        const told = next(patches, String(version), 'desired change');
        await registry.updateTwin(id, { tags: { site: 'north' }, properties: { desired } }, '*');
        assert.deepEqual((await told)[0], { ...desired, $version: version });
      }
      assert.equal(twin.properties.desired.interval, 5);
      assert.equal(twin.properties.desired.more, undefined);
    },
    async 'reported properties'() {
      await within(updated(twin, { firmware: '1.2', old: 1 }), 'answer');
      await within(updated(twin, { old: null, nested: { a: [1, 2] } }), 'answer');
      const { responseBody } = await registry.getTwin(id);
      const { $metadata, $version, ...reported } = responseBody.properties.reported;
      assert.deepEqual(reported, { firmware: '1.2', nested: { a: [1, 2] } });
      assert.equal($version, 3);
      assert($metadata.firmware.$lastUpdated);
    },
    async 'reported properties that are too long are refused'() {
      const error = await within(updated(twin, { long: 'x'.repeat(5000) }).then(() => assert.fail('they were taken'), (e) => e), 'refusal');
      assert.match(error.name, /Error/);
      await within(updated(twin, { after: true }), 'answer');
    },
    async 'direct methods'() {
      device.onDeviceMethod('reboot', (request, response) => {
        response.send(207, { name: request.methodName, got: request.payload }, (e) => assert.ifError(e));
      });
      for (const payload of [{ delay: 5 }, 'text', null, [1, 2]]) {
        // The subscription is made in the background: the first call waits for it.
        const { result } = await method('reboot', payload, { connectTimeoutInSeconds: 20 });
        assert.deepEqual(result, { status: 207, payload: { name: 'reboot', got: payload } });
      }
    },
    async 'many methods at a time'() {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => method('reboot', n)));
      assert.deepEqual(answers.map(({ result }) => result.payload.got), Array.from({ length: 20 }, (_, n) => n));
    },
    async 'cloud-to-device messages with feedback'() {
      await within(service.open(), 'service connection');
      open.push(service);
      const { result: receiver } = await within(service.getFeedbackReceiver(), 'feedback receiver');
      const feedback = new Promise((resolve) => {
        const got = [];
        receiver.on('message', (m) => {
          for (const r of JSON.parse(m.getData().toString())) if (r.deviceId === id) got.push(r);
          receiver.complete(m, () => got.length >= 2 && resolve(got));
        });
      });
      const came = [];
      const all = new Promise((resolve) => device.on('message', (m) => {
        came.push(m);
        device.complete(m, (e) => e || came.length < 2 || resolve());
      }));
      for (const body of ['one', 'two']) {
        const message = new ServiceMessage(body);
        Object.assign(message, { messageId: `c2d/${body}`, correlationId: 'c 1', ack: 'full', contentType: 'text/plain' });
        message.properties.add('k e', 'v/&=');
        await within(service.send(id, message), 'answer');
      }
      await within(all, 'cloud-to-device messages');
      assert.deepEqual(came.map((m) => m.getData().toString()), ['one', 'two']);
      assert.equal(came[0].messageId, 'c2d/one');
      assert.equal(came[0].correlationId, 'c 1');
      assert.equal(came[0].contentType, 'text/plain');
      assert.equal(came[0].properties.getValue('k e'), 'v/&=');
      const records = await within(feedback, 'feedback');
      assert.deepEqual(records.map((r) => [r.originalMessageId, r.statusCode]).sort(), [['c2d/one', 'Success'], ['c2d/two', 'Success']]);
    },
    async 'messages for a device that is away wait for it'() {
      await within(device.close(), 'end');
      const offline = await method('reboot', 1).then(() => assert.fail('it answered'), (e) => e);
      assert.match(offline.message, /Not found|not online|Timed out/i);
      await within(service.send(id, new ServiceMessage('kept')), 'answer');
      assert.equal((await registry.get(id)).responseBody.cloudToDeviceMessageCount, 1);
      device = newDevice();
      const came = next(device, 'message', 'waiting message');
      await connect(device);
      const [message] = await came;
      assert.equal(message.getData().toString(), 'kept');
      await within(device.complete(message), 'end of the message');
    },
    async 'a module'() {
      const { responseBody } = await registry.addModule({ deviceId: id, moduleId: 'm1' });
      const key = responseBody.authentication.symmetricKey.primaryKey;
      const module = await connect(ModuleClient.fromConnectionString(`HostName=${host};DeviceId=${id};ModuleId=m1;SharedAccessKey=${key}`, Transport));
      await within(module.sendOutputEvent('out', new Message('from a module')), 'PUBACK');
      const twin = await within(module.getTwin(), 'twin');
      await within(updated(twin, { of: 'm1' }), 'answer');
      assert.equal((await registry.getModuleTwin(id, 'm1')).responseBody.properties.reported.of, 'm1');
      module.onMethod('hello', (request, response) => response.send(200, request.payload, () => {}));
      const { result } = await within(service.invokeDeviceMethod(id, 'm1', { methodName: 'hello', payload: 'you', connectTimeoutInSeconds: 20 }), 'answer');
      assert.deepEqual(result, { status: 200, payload: 'you' });
    },
    async 'a self-signed certificate'() {
      const dir = mkdtempSync(join(tmpdir(), 'interop-'));
      try {
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
          '-subj', `/CN=${id}-x509`, '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')], { stdio: 'ignore' });
        const cert = readFileSync(join(dir, 'cert.pem'), 'utf8');
        const thumbprint = new X509Certificate(cert).fingerprint.replaceAll(':', '');
        await registry.create({
          deviceId: `${id}-x509`,
          authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint } },
        });
        const client = Client.fromConnectionString(`HostName=${host};DeviceId=${id}-x509;x509=true`, Transport);
        await client.setOptions({ cert, key: readFileSync(join(dir, 'key.pem'), 'utf8') });
        await connect(client);
        await within(client.sendEvent(new Message('signed')), 'PUBACK');
        await within(client.close(), 'end');
        await registry.delete(`${id}-x509`);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
    async 'a second connection takes over'() {
      const gone = next(device, 'disconnect', 'end of the first connection').catch((e) => e);
      device.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
      const second = await connect(newDevice());
      assert(!((await gone) instanceof assert.AssertionError));
      await within(second.sendEvent(new Message('second')), 'PUBACK');
      device = second;
    },
    async 'deleting the device ends its connection'() {
      device.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
      const gone = next(device, 'disconnect', 'end of the connection');
      await registry.delete(id);
      await gone;
    },
  };

  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack}`);
      process.exit(1);
    }
  }
  await Promise.race([Promise.allSettled(open.map((client) => client.close())), sleep(5000, null, { ref: false })]);
  process.exit(0);
}

module.exports = run;
if (require.main === module) run(require('azure-iot-device-mqtt').Mqtt);
