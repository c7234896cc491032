// File upload through the unmodified Node SDKs: a device uploads with
// uploadToBlob, the service hears of it.
//
// The SDKs can only speak to ports 443 and 5671 (protocol 0.8): start the hub on
// them, give this script the environment that it prints, and run
//
//   npm install && node upload.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { Client: Device } = require('azure-iot-device');
const { Amqp, AmqpWs } = require('azure-iot-device-amqp');
const { Http } = require('azure-iot-device-http');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { AmqpWs: ServiceWs, Client: Service, Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const service = Service.fromConnectionString(connectionString);
const host = /HostName=([^;]*)/.exec(connectionString)[1];
const deviceId = `upload-${process.pid}`;
const notifications = [];
let device;
let deviceString;

// eventually asks until there is an answer, for 15 s.
async function eventually(what, ask) {
  for (const end = Date.now() + 15000; ;) {
    const got = await ask();
    if (got) return got;
    assert(Date.now() < end, `${what} did not come`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

async function read(ticket) {
  const answer = await fetch(`https://${ticket.hostName}/${ticket.containerName}/${ticket.blobName}${ticket.sasToken}`);
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

// upload sends n bytes as the SDK does, and compares what has arrived.
async function upload(name, n) {
  const body = Buffer.alloc(n, name);
  await device.uploadToBlob(name, Readable.from([body]), n);
  const told = await eventually('the notification', () => notifications.find((x) => x.blobName === `${deviceId}/${name}`));
  assert.equal(told.deviceId, deviceId);
  assert.equal(told.blobSizeInBytes, n);
  assert.equal(told.blobUri, `https://${host}/uploads/${deviceId}/${name}`);
  assert(!Number.isNaN(Date.parse(told.lastUpdatedTime)) && !Number.isNaN(Date.parse(told.enqueuedTimeUtc)));
  const ticket = await device.getBlobSharedAccessSignature(name);
  assert((await read(ticket)).equals(body));
  await device.notifyBlobUploadStatus(ticket.correlationId, false, 400, 'only read');
}

const steps = {
  async 'a device and a service that listens'() {
    const { responseBody: d } = await registry.create({ deviceId });
    deviceString = `HostName=${host};DeviceId=${deviceId};SharedAccessKey=${d.authentication.symmetricKey.primaryKey}`;
    device = Device.fromConnectionString(deviceString, Mqtt);
    await service.open();
    const receiver = await new Promise((resolve, reject) => {
      service.getFileNotificationReceiver((e, r) => (e ? reject(e) : resolve(r)));
    });
    receiver.on('message', (message) => {
      notifications.push(JSON.parse(message.data.toString()));
      receiver.complete(message, () => {});
    });
  },
  'a small file': () => upload('small.txt', 11),
  'a file of several blocks': () => upload('large.bin', 11 << 20),
  'a file in folders': () => upload('a/b/c.txt', 3),
  async 'the three steps one by one'() {
    const ticket = await device.getBlobSharedAccessSignature('steps.txt');
    const url = `https://${ticket.hostName}/${ticket.containerName}/${ticket.blobName}${ticket.sasToken}`;
    const put = await fetch(url, { method: 'PUT', body: 'hello', headers: { 'x-ms-blob-type': 'BlockBlob' } });
    assert.equal(put.status, 201);
    await device.notifyBlobUploadStatus(ticket.correlationId, true, 201, 'done');
    await eventually('the notification', () => notifications.find((x) => x.blobName.endsWith('/steps.txt')));
    await assert.rejects(device.notifyBlobUploadStatus(ticket.correlationId, true, 201, 'again'));
  },
  async 'an empty file, by hand: the SDK refuses a length of 0'() {
    const ticket = await device.getBlobSharedAccessSignature('empty.txt');
    const url = `https://${ticket.hostName}/${ticket.containerName}/${ticket.blobName}${ticket.sasToken}`;
    const put = await fetch(url, { method: 'PUT', body: '', headers: { 'x-ms-blob-type': 'BlockBlob' } });
    assert.equal(put.status, 201);
    await device.notifyBlobUploadStatus(ticket.correlationId, true, 201, 'done');
    const told = await eventually('the notification', () => notifications.find((x) => x.blobName.endsWith('/empty.txt')));
    assert.equal(told.blobSizeInBytes, 0);
  },
  async 'a name that the SDK counts wrong is refused, and the next one works'() {
    for (const name of ['ma\u00f1ana.txt', '\u65e5\u672c\u8a9e.txt']) {
      await assert.rejects(device.getBlobSharedAccessSignature(name), /Bad Request|ArgumentError/i);
      await upload(`after-${name.length}.txt`, 5);
    }
  },
  async 'uploads that fail and are given up'() {
    const before = notifications.length;
    const broken = new Readable({ read() { this.destroy(new Error('the disk of the device broke')); } });
    await assert.rejects(device.uploadToBlob('broken.txt', broken, 5));
    const ticket = await device.getBlobSharedAccessSignature('given-up.txt');
    await device.notifyBlobUploadStatus(ticket.correlationId, false, 499, 'cancelled');
    await assert.rejects(device.notifyBlobUploadStatus(ticket.correlationId, false, 499, 'again'));
    await upload('broken.txt', 7);
    assert.equal(notifications.length, before + 1, 'only what succeeded is told of');
  },
  async 'devices on the other transports, a service over WebSocket'() {
    const other = Service.fromConnectionString(connectionString, ServiceWs);
    const heard = [];
    await service.close();
    await other.open();
    const receiver = await new Promise((resolve, reject) => {
      other.getFileNotificationReceiver((e, r) => (e ? reject(e) : resolve(r)));
    });
    receiver.on('message', (message) => {
      heard.push(message);
      receiver.complete(message, () => {});
    });
    for (const [n, transport] of [Amqp, AmqpWs, Http, MqttWs].entries()) {
      const name = `transport-${n}.txt`;
      const one = Device.fromConnectionString(deviceString, transport);
      await one.uploadToBlob(name, Readable.from([Buffer.from('12345')]), 5);
      const message = await eventually('the notification', () => heard.find((m) => m.data.toString().includes(name)));
      const { enqueuedTimeUtc, lastUpdatedTime, ...rest } = JSON.parse(message.data.toString());
      assert.deepEqual(rest, { deviceId, blobUri: `https://${host}/uploads/${deviceId}/${name}`, blobName: `${deviceId}/${name}`, blobSizeInBytes: 5 });
      assert(!Number.isNaN(Date.parse(enqueuedTimeUtc)) && !Number.isNaN(Date.parse(lastUpdatedTime)));
      await one.close();
    }
    await other.close();
    await service.open();
  },
  async 'another blob and no token are refused'() {
    const ticket = await device.getBlobSharedAccessSignature('mine.txt');
    for (const path of [`${ticket.blobName}x${ticket.sasToken}`, ticket.blobName]) {
      const put = await fetch(`https://${ticket.hostName}/${ticket.containerName}/${path}`, { method: 'PUT', body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } });
      assert.equal(put.status, 403);
      assert.equal(put.headers.get('x-ms-error-code'), 'AuthenticationFailed');
    }
    await device.notifyBlobUploadStatus(ticket.correlationId, false, 403, 'refused');
  },
  async 'ten uploads may be open'() {
    for (let n = 0; n < 10; n++) await device.getBlobSharedAccessSignature(`open-${n}`);
    await assert.rejects(device.getBlobSharedAccessSignature('one-more'));
  },
  async 'the end'() {
    await device.close();
    await service.close();
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
