// Events through the unmodified @azure/event-hubs: what azure-iot-device-mqtt
// sends is read over the plain port, as an emulator's, and over TLS.
//
// Start the hub on any ports, give this script the environment that it prints,
// and run
//
//   npm install && node eventhubs.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { EventHubConsumerClient, earliestEventPosition, latestEventPosition } = require('@azure/event-hubs');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { ConnectionString, SharedAccessSignature } = require('azure-iot-common');

const { IOTHUB_CONNECTION_STRING, EVENTHUB_CONNECTION_STRING, HUBSCOPE_HTTPS_PORT, HUBSCOPE_MQTT_PORT, HUBSCOPE_AMQP_PORT } = process.env;
assert(IOTHUB_CONNECTION_STRING && EVENTHUB_CONNECTION_STRING, 'the environment that the hub prints is not set');

const owner = ConnectionString.parse(IOTHUB_CONNECTION_STRING);
const host = owner.HostName.split(':')[0];
const eventHub = ConnectionString.parse(EVENTHUB_CONNECTION_STRING);
const overTLS = `Endpoint=sb://${host}/;SharedAccessKeyName=${eventHub.SharedAccessKeyName};SharedAccessKey=${eventHub.SharedAccessKey};EntityPath=${eventHub.EntityPath}`;
const deviceId = `interop-${process.pid}`;
const total = 700; // more than two grants of credit
const noRetry = { retryOptions: { maxRetries: 0, timeoutInMs: 10000 } };

function consumer(connectionString = EVENTHUB_CONNECTION_STRING, group = '$Default', options = {}) {
  return new EventHubConsumerClient(group, connectionString, { ...noRetry, ...options });
}

async function registry(method) {
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const token = SharedAccessSignature.create(owner.HostName, owner.SharedAccessKeyName, owner.SharedAccessKey, expiry).toString();
  const response = await fetch(`https://${host}:${HUBSCOPE_HTTPS_PORT}/devices/${deviceId}?api-version=2021-04-12`, {
    method,
    headers: { authorization: token, 'content-type': 'application/json', ...(method === 'DELETE' ? { 'if-match': '*' } : {}) },
    body: method === 'PUT' ? JSON.stringify({ deviceId }) : undefined,
  });
  assert(response.ok, `${method}: ${response.status}`);
  return method === 'PUT' ? response.json() : undefined;
}

async function sendAll() {
  const device = await registry('PUT');
  const key = device.authentication.symmetricKey.primaryKey;
  const client = Client.fromConnectionString(`HostName=${host}:${HUBSCOPE_MQTT_PORT};DeviceId=${deviceId};SharedAccessKey=${key}`, Mqtt);
  await client.open();
  for (let n = 0; n < total; n++) {
    const message = new Message(JSON.stringify({ n }));
    message.messageId = `m${n}`;
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('n', String(n));
    await client.sendEvent(message);
  }
  await client.close();
}

// gather receives this device's events until enough(events), an error or 30 s.
async function gather(client, startPosition, enough, { partitionId, options = {} } = {}) {
  const events = [];
  let failure, done;
  const finished = new Promise((resolve) => { done = resolve; });
  const handlers = {
    async processEvents(batch) {
      events.push(...batch.filter((e) => e.systemProperties['iothub-connection-device-id'] === deviceId));
      if (enough(events)) done();
    },
    async processError(error) { failure = error; done(); },
  };
  const settings = { startPosition, maxWaitTimeInSeconds: 1, ...options };
  const subscription = partitionId ? client.subscribe(partitionId, handlers, settings) : client.subscribe(handlers, settings);
  await Promise.race([finished, sleep(30000, null, { ref: false })]);
  await subscription.close();
  if (failure) throw failure;
  return events;
}

async function rejected(promise, code) {
  const error = await promise.then(() => assert.fail(`${code} was expected`), (e) => e);
  assert.equal(error.code, code, error.stack);
}

let partitionId, sequenceNumbers;

async function readsAll(client) {
  const events = await gather(client, earliestEventPosition, (e) => e.length >= total);
  await client.close();
  assert.deepEqual(events.map((e) => e.body.n), [...Array(total).keys()]);
  const first = events[0];
  assert.equal(first.messageId, 'm0');
  assert.equal(first.contentType, 'application/json');
  assert.equal(first.properties.n, '0');
  assert.equal(first.systemProperties['iothub-message-source'], 'Telemetry');
  assert.equal(JSON.parse(first.systemProperties['iothub-connection-auth-method']).scope, 'device');
  assert(first.enqueuedTimeUtc instanceof Date && typeof first.offset === 'string');
  sequenceNumbers = events.map((e) => e.sequenceNumber);
}

const steps = {
  'a device sends over MQTT': sendAll,
  async 'properties'() {
    const client = consumer();
    const hub = await client.getEventHubProperties();
    assert.equal(hub.name, eventHub.EntityPath);
    for (const id of hub.partitionIds) {
      const p = await client.getPartitionProperties(id);
      assert.equal(p.partitionId, id);
      if (p.lastEnqueuedSequenceNumber >= total - 1) partitionId = id;
    }
    assert(partitionId, 'no partition has the events');
    await client.close();
  },
  'all events over the plain port': () => readsAll(consumer()),
  'all events over TLS': () => readsAll(consumer(overTLS, '$Default', { customEndpointAddress: `sb://${host}:${HUBSCOPE_AMQP_PORT}` })),
  async 'from a sequence number'() {
    const client = consumer();
    for (const isInclusive of [true, false]) {
      const at = sequenceNumbers[100];
      const events = await gather(client, { sequenceNumber: at, isInclusive }, (e) => e.length > 0, { partitionId });
      assert.equal(events[0].sequenceNumber, isInclusive ? at : sequenceNumbers[101]);
    }
    await client.close();
  },
  async 'from an offset and from a time'() {
    const client = consumer();
    const [event] = await gather(client, { sequenceNumber: sequenceNumbers[5], isInclusive: true }, (e) => e.length > 0, { partitionId });
    const after = await gather(client, { offset: event.offset }, (e) => e.length > 0, { partitionId });
    assert.equal(after[0].sequenceNumber, sequenceNumbers[6]);
    const since = await gather(client, { enqueuedOn: new Date(0) }, (e) => e.length > 0, { partitionId });
    assert.equal(since[0].sequenceNumber, sequenceNumbers[0]);
    await client.close();
  },
  async 'latest has nothing old'() {
    const client = consumer();
    const over = Date.now() + 2500; // enough() is asked each second
    assert.deepEqual(await gather(client, latestEventPosition, () => Date.now() > over, { partitionId }), []);
    await client.close();
  },
  async 'an owner level takes the partition'() {
    const client = consumer();
    let started;
    const receiving = new Promise((resolve) => { started = resolve; });
    const first = gather(client, earliestEventPosition, (e) => { if (e.length) started(); return false; }, {
      partitionId, options: { ownerLevel: 1 },
    });
    const taken = rejected(first, 'ReceiverDisconnectedError');
    await receiving;
    const other = consumer();
    await gather(other, earliestEventPosition, (e) => e.length > 0, { partitionId, options: { ownerLevel: 2 } });
    await taken;
    await Promise.all([client.close(), other.close()]);
  },
  async 'unknown consumer group, partition and hub are refused'() {
    const group = consumer(EVENTHUB_CONNECTION_STRING, 'nobody');
    await rejected(gather(group, earliestEventPosition, () => false, { partitionId }), 'MessagingEntityNotFoundError');
    const part = consumer();
    await rejected(gather(part, earliestEventPosition, () => false, { partitionId: '999' }), 'ArgumentOutOfRangeError');
    const hub = consumer(EVENTHUB_CONNECTION_STRING.replace(/EntityPath=[^;]*/, 'EntityPath=nothing'));
    await assert.rejects(hub.getEventHubProperties());
    await Promise.all([group.close(), part.close(), hub.close()]);
  },
  async 'a wrong key is refused'() {
    const client = consumer(EVENTHUB_CONNECTION_STRING.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc='));
    await assert.rejects(client.getEventHubProperties(), (e) => e.code === 'UnauthorizedError');
    await client.close();
  },
  'the device goes': () => registry('DELETE'),
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack}`);
      process.exit(1);
    }
  }
})();
