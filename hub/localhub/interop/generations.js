// Older generations of the service SDKs against the local hub: azure-iothub 1.8
// and 1.13, @azure/event-hubs 5, and azure-event-hubs 0.0 and 0.2, which follow
// the redirect of the IoT Hub name (protocol 2.0, 6.6).
//
// The SDKs know the ports 443, 8883 and 5671 only (protocol 0.8): start the hub on
// them, give this script the environment that it prints, and run
//
//   npm install && node generations.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Client: DeviceClient, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const { IOTHUB_CONNECTION_STRING, EVENTHUB_CONNECTION_STRING } = process.env;
assert(IOTHUB_CONNECTION_STRING && EVENTHUB_CONNECTION_STRING, 'the environment that the hub prints is not set');
const hostName = IOTHUB_CONNECTION_STRING.match(/HostName=([^;]+)/)[1];
const overTLS = EVENTHUB_CONNECTION_STRING.replace(/Endpoint=[^;]*/, `Endpoint=sb://${hostName}/`).replace(/;UseDevelopmentEmulator=true/, '');
const deviceId = `generations-${process.pid}`;
const total = 20;

// later is the result of a call that takes a callback, as all generations do. Old
// queries give (result, response), the others one value.
function later(object, method, ...args) {
  return new Promise((resolve, reject) => object[method](...args, (error, result) => (error ? reject(error) : resolve(result))));
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what} did not come in time`)), 20000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const steps = {
  async 'a device sends (4.2)'() {
    const { Registry } = require('azure-iothub');
    const { responseBody: d } = await Registry.fromConnectionString(IOTHUB_CONNECTION_STRING).create({ deviceId });
    const device = DeviceClient.fromConnectionString(`HostName=${hostName};DeviceId=${deviceId};SharedAccessKey=${d.authentication.symmetricKey.primaryKey}`, Mqtt);
    await device.open();
    for (let n = 0; n < total - 1; n++) await device.sendEvent(new Message(JSON.stringify({ n })));
    await device.sendEvent(new Message(Buffer.alloc(250 * 1024, 'a'))); // several frames (7.8)
    await device.close();
  },
};

for (const sdk of ['azure-iothub-1.13', 'azure-iothub-1.8']) {
  const service = require(sdk);
  const { AmqpWs } = require(sdk === 'azure-iothub-1.8' ? `${sdk}/lib/amqp_ws` : `${sdk}/dist/amqp_ws.js`);
  const registry = service.Registry.fromConnectionString(IOTHUB_CONNECTION_STRING);
  const id = `${deviceId}-${sdk}`;
  Object.assign(steps, {
    async [`${sdk}: identities (2.1, 2.4)`]() {
      assert.equal((await later(registry, 'create', { deviceId: id })).deviceId, id);
      await assert.rejects(later(registry, 'create', { deviceId: id }), { name: 'DeviceAlreadyExistsError' });
      assert.equal((await later(registry, 'update', { deviceId: id, status: 'disabled' })).status, 'disabled');
      assert((await later(registry, 'list')).some((d) => d.deviceId === id));
      assert((await later(registry, 'getRegistryStatistics')).totalDeviceCount >= 2);
    },
    async [`${sdk}: bulk (2.4)`]() {
      const two = [{ deviceId: `${id}1` }, { deviceId: `${id}2` }];
      await later(registry, 'addDevices', two);
      await later(registry, 'updateDevices', two.map((d) => ({ ...d, status: 'disabled' })), true);
      assert.equal((await later(registry, 'get', `${id}2`)).status, 'disabled');
      await later(registry, 'removeDevices', two, true);
    },
    async [`${sdk}: twins and queries (2.5, 2.6)`]() {
      const twin = await later(registry, 'updateTwin', id, { tags: { sdk } }, '*');
      assert.equal(twin.tags.sdk, sdk);
      await assert.rejects(later(registry, 'updateTwin', id, { tags: { sdk: 1 } }, 'AAAAAAAAAAA='), { name: 'InvalidEtagError' });
      const query = registry.createQuery(`SELECT * FROM devices WHERE tags.sdk = '${sdk}'`, 1);
      const found = await later(query, 'nextAsTwin');
      assert.deepEqual(found.map((t) => t.deviceId), [id]);
      assert.equal(query.hasMoreResults, false);
    },
    async [`${sdk}: modules (2.1)`]() {
      await later(registry, 'addModule', { deviceId: id, moduleId: 'm' });
      await later(registry, 'updateModule', { deviceId: id, moduleId: 'm', managedBy: 'interop' }, true);
      assert.equal((await later(registry, 'getModule', id, 'm')).managedBy, 'interop');
      assert.equal((await later(registry, 'getModuleTwin', id, 'm')).moduleId, 'm');
      await later(registry, 'removeModule', id, 'm');
    },
    async [`${sdk}: configurations (2.9)`]() {
      const configuration = { id: id.toLowerCase().replaceAll('.', '-'), schemaVersion: '1.0', content: { deviceContent: { 'properties.desired.z': 1 } }, targetCondition: "tags.no = 1", priority: 1 };
      await later(registry, 'addConfiguration', configuration);
      const got = await later(registry, 'getConfiguration', configuration.id);
      await later(registry, 'updateConfiguration', { ...got, priority: 2 }, true);
      assert.equal((await later(registry, 'getConfiguration', configuration.id)).priority, 2);
      await later(registry, 'removeConfiguration', configuration.id);
    },
    async [`${sdk}: jobs (2.8)`]() {
      const jobs = service.JobClient.fromConnectionString(IOTHUB_CONNECTION_STRING);
      const job = await later(jobs, 'scheduleTwinUpdate', id.replaceAll('.', '-'), `deviceId = '${id}'`, { etag: '*', tags: { job: 1 } }, new Date(), 60);
      assert.equal(job.status, 'queued');
      assert.equal((await later(jobs, 'getJob', job.jobId)).jobId, job.jobId);
    },
    async [`${sdk}: cloud-to-device messages, over AMQP and over WebSocket (6.3, 6.4)`]() {
      for (const client of [service.Client.fromConnectionString(IOTHUB_CONNECTION_STRING), service.Client.fromConnectionString(IOTHUB_CONNECTION_STRING, AmqpWs)]) {
        await within(later(client, 'open'), 'the connection');
        await within(later(client, 'getFeedbackReceiver'), 'the feedback receiver');
        await within(later(client, 'send', deviceId, 'hello'), 'the acceptance');
        await assert.rejects(within(later(client, 'send', `${id}-none`, 'hello'), 'the refusal'), { name: 'DeviceNotFoundError' });
        await later(client, 'close');
      }
    },
    async [`${sdk}: delete (2.2)`]() {
      await later(registry, 'delete', id);
      await assert.rejects(later(registry, 'get', id), { name: 'DeviceNotFoundError' });
    },
  });
}

async function readsAll(client) {
  const { earliestEventPosition } = require('event-hubs-5');
  const { name, partitionIds } = await client.getEventHubProperties();
  assert.equal(name, EVENTHUB_CONNECTION_STRING.match(/EntityPath=([^;]*)/)[1]);
  assert(partitionIds.length);
  const own = [];
  await within(new Promise((resolve, reject) => {
    client.subscribe({
      async processEvents(events) {
        own.push(...events.filter((e) => e.systemProperties['iothub-connection-device-id'] === deviceId));
        if (own.length >= total) resolve();
      },
      async processError(error) { reject(error); },
    }, { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1, trackLastEnqueuedEventProperties: true });
  }), 'all events');
  await client.close();
  assert.equal(own.length, total);
  assert.equal(own.at(-1).body.length, 250 * 1024);
  assert.equal(own[0].systemProperties['iothub-message-source'], 'Telemetry');
}

Object.assign(steps, {
  async 'event-hubs-5: all events (7.3, 7.8)'() {
    const { EventHubConsumerClient } = require('event-hubs-5');
    await readsAll(new EventHubConsumerClient('$Default', overTLS, { retryOptions: { maxRetries: 0 } }));
  },
  async 'azure-event-hubs-0.2: by the redirect of the IoT Hub name (6.6)'() {
    const { EventHubClient, EventPosition } = require('azure-event-hubs-0.2');
    const client = await within(EventHubClient.createFromIotHubConnectionString(IOTHUB_CONNECTION_STRING), 'the client');
    const own = [];
    for (const partition of await client.getPartitionIds()) {
      const events = await client.receiveBatch(partition, 100, 2, { eventPosition: EventPosition.fromStart() });
      own.push(...events.filter((e) => e.annotations['iothub-connection-device-id'] === deviceId));
    }
    await client.close();
    assert.equal(own.length, total);
  },
  async 'azure-event-hubs-0.0: by the redirect, as iothub-explorer (6.1, 6.6)'() {
    const { Client } = require('azure-event-hubs-0.0');
    const client = Client.fromConnectionString(IOTHUB_CONNECTION_STRING);
    await within(client.open(), 'the connection');
    let own = 0;
    const all = new Promise((resolve, reject) => {
      client.getPartitionIds().then((partitions) => Promise.all(partitions.map(async (partition) => {
        const receiver = await client.createReceiver('$Default', partition, { startAfterTime: 0 });
        receiver.on('errorReceived', reject);
        receiver.on('message', (m) => {
          if (m.annotations['iothub-connection-device-id'] === deviceId && ++own === total) resolve();
        });
      }))).catch(reject);
    });
    await within(all, 'all events');
    await client.close();
  },
});

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
  process.exit(0);
})();
