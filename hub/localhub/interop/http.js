// A device over HTTPS through the unmodified Node device SDK: telemetry, one and
// batched, and cloud-to-device messages, with the event reader and the service SDK
// at the other end.
//
// The SDKs know the ports 443 and 5671 only (protocol 0.8): start the hub on them,
// give this script the environment that it prints, and run
//
//   npm install && node http.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { EventHubConsumerClient, earliestEventPosition } = require('@azure/event-hubs');
const { Registry, Client } = require('azure-iothub');
const { Client: DeviceClient, Message } = require('azure-iot-device');
const { Message: ServiceMessage } = require('azure-iot-common');
const { Http } = require('azure-iot-device-http');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const hostName = connectionString.match(/HostName=([^;]+)/)[1];
const registry = Registry.fromConnectionString(connectionString);
const service = Client.fromConnectionString(connectionString);
const id = `http-${process.pid}@x`;
let device;
let key;

function deviceOver(sharedAccessKey) {
  return DeviceClient.fromConnectionString(`HostName=${hostName};DeviceId=${id};SharedAccessKey=${sharedAccessKey}`, Http);
}

async function within(seconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing within ${seconds} s`)), seconds * 1000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// events reads what the device has sent, n events.
function events(n) {
  const client = new EventHubConsumerClient('$Default', process.env.EVENTHUB_CONNECTION_STRING);
  const seen = [];
  const all = new Promise((resolve, reject) => {
    client.subscribe({
      async processEvents(batch) {
        seen.push(...batch.filter((e) => e.systemProperties['iothub-connection-device-id'] === id));
        if (seen.length >= n) resolve(seen);
      },
      async processError(error) { reject(error); },
    }, { startPosition: earliestEventPosition });
  });
  return within(20, all, `${n} events`).finally(() => client.close());
}

// received is the next message that the device gets; it is settled as told.
function received(outcome) {
  return within(10, new Promise((resolve, reject) => {
    const take = (message) => {
      device.removeListener('message', take);
      device[outcome](message, (error) => (error ? reject(error) : resolve(message)));
    };
    device.on('message', take);
  }), 'message');
}

function feedback(n) {
  return within(40, new Promise((resolve, reject) => {
    const records = [];
    service.getFeedbackReceiver((error, receiver) => {
      if (error) return reject(error);
      receiver.on('errorReceived', reject);
      receiver.on('message', (message) => {
        receiver.complete(message, () => {});
        records.push(...JSON.parse(message.getData().toString()));
        if (records.length >= n) resolve(records);
      });
    });
  }), 'feedback');
}

const steps = {
  async 'open'() {
    const { responseBody: d } = await registry.create({ deviceId: id });
    key = d.authentication.symmetricKey.primaryKey;
    device = deviceOver(key);
    await device.open();
  },
  async 'send one'() {
    const message = new Message(JSON.stringify({ temperature: 21.5 }));
    message.messageId = 'm-1';
    message.correlationId = 'c-1';
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('temperatureAlert', 'true');
    await device.sendEvent(message);
  },
  async 'send a batch'() {
    const messages = ['one', 'two', 'three'].map((text) => new Message(text));
    messages[1].properties.add('camelCase', 'v');
    await device.sendEventBatch(messages);
  },
  async 'events arrive'() {
    const seen = await events(4);
    const [first] = seen;
    assert.deepEqual(first.body, { temperature: 21.5 });
    assert.equal(first.properties.temperatureAlert, 'true');
    assert.equal(first.messageId, 'm-1');
    assert.equal(first.correlationId, 'c-1');
    assert.equal(first.contentType, 'application/json');
    assert.deepEqual(seen.slice(1).map((e) => Buffer.from(e.body).toString()), ['one', 'two', 'three']);
    assert.equal(seen[2].properties.camelCase, 'v');
  },
  async 'cloud to device: complete, reject, abandon'() {
    await service.open();
    await device.setTransportOptions({ interval: 1, drain: false }); // seconds
    for (const [name, outcome] of [['completed', 'complete'], ['rejected', 'reject']]) {
      const message = new ServiceMessage(`body of ${name}`);
      message.messageId = name;
      message.ack = 'full';
      message.properties.add('alertLevel', 'high');
      await service.send(id, message);
      if (outcome === 'reject') await received('abandon'); // it comes again
      const got = await received(outcome);
      assert.equal(got.messageId, name);
      assert.equal(got.getData().toString(), `body of ${name}`);
      assert.equal(got.properties.getValue('iothub-app-alertlevel'), 'high');
      assert.match(got.to, /messages\/devicebound$/i);
    }
  },
  async 'feedback of both'() {
    const records = await feedback(2);
    assert.deepEqual(records.map((r) => [r.originalMessageId, r.statusCode, r.deviceId]), [['completed', 'Success', id], ['rejected', 'Rejected', id]]);
  },
  async 'too large is refused'() {
    const error = await device.sendEvent(new Message('x'.repeat(257 * 1024))).then(() => assert.fail('refusal was expected'), (e) => e);
    assert.equal(error.name, 'MessageTooLargeError');
  },
  async 'a wrong key is refused'() {
    const stranger = deviceOver(Buffer.from('wrong key wrong key').toString('base64'));
    await stranger.open();
    const error = await stranger.sendEvent(new Message('x')).then(() => assert.fail('refusal was expected'), (e) => e);
    assert.equal(error.name, 'UnauthorizedError');
    await stranger.close();
  },
  async 'a disabled device is refused'() {
    await registry.update({ deviceId: id, status: 'disabled', authentication: { symmetricKey: { primaryKey: key, secondaryKey: key } } });
    await device.sendEvent(new Message('x')).then(() => assert.fail('refusal was expected'), () => {});
    await registry.update({ deviceId: id, status: 'enabled', authentication: { symmetricKey: { primaryKey: key, secondaryKey: key } } });
    await device.sendEvent(new Message('x'));
  },
  async 'close'() {
    await device.close();
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
