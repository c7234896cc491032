// A device and a service over AMQP: azure-iot-device-amqp and azure-iothub,
// unmodified. The SDKs only know the ports 443 and 5671 (protocol 0.8): start the
// hub on them, give this script the environment that it prints, and run
//
//   npm install && node amqp.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
// amqp-ws.js does the same over WebSocket.
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { spawnSync } = require('node:child_process');
const { X509Certificate, randomUUID } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');
const { Client: Service, Registry } = require('azure-iothub');
const { Client: Device, ModuleClient, Message } = require('azure-iot-device');
const { EventHubConsumerClient, earliestEventPosition } = require('@azure/event-hubs');

const { IOTHUB_CONNECTION_STRING, EVENTHUB_CONNECTION_STRING } = process.env;
const patience = 30000;

// within gives up on a promise that takes too long.
function within(promise, what) {
  return Promise.race([promise, sleep(patience, null, { ref: false }).then(() => { throw new Error(`waited in vain for ${what}`); })]);
}

// refused expects a call to fail with an error of this name.
async function refused(call, name) {
  const error = await call.then(() => assert.fail(`${name} was expected`), (e) => e);
  assert.equal(error.name, name, error.stack);
}

// The device's callbacks as promises.
function twinOf(client) { return within(client.getTwin(), 'the twin'); }
function report(twin, patch) {
  return within(new Promise((resolve, reject) => twin.properties.reported.update(patch, (e) => (e ? reject(e) : resolve()))), 'the report');
}

class Suite {
  constructor(deviceTransport, serviceTransport) {
    this.prefix = `interop-${process.pid}-${randomUUID().slice(0, 8)}-`;
    this.deviceId = `${this.prefix}d`;
    this.deviceTransport = deviceTransport;
    this.registry = Registry.fromConnectionString(IOTHUB_CONNECTION_STRING);
    this.service = Service.fromConnectionString(IOTHUB_CONNECTION_STRING, serviceTransport);
    this.host = /HostName=([^;]+)/.exec(IOTHUB_CONNECTION_STRING)[1];
  }

  connectionString(identity, key = identity.authentication.symmetricKey.primaryKey) {
    const module = identity.moduleId ? `;ModuleId=${identity.moduleId}` : '';
    return `HostName=${this.host};DeviceId=${identity.deviceId}${module};SharedAccessKey=${key}`;
  }

  device(identity, key) { return Device.fromConnectionString(this.connectionString(identity, key), this.deviceTransport); }

  // next is the next message for a client, settled as said. The listener stays:
  // without one the SDK gives the link up, and with it the lock.
  async next(client, settle = 'complete') {
    if (!client.inbox) {
      client.inbox = [];
      client.on('message', (message) => {
        client.inbox.push(message);
        client.emit('inbox');
      });
    }
    while (client.inbox.length === 0) await within(once(client, 'inbox'), 'a message');
    const message = client.inbox.shift();
    await client[settle](message);
    return message;
  }

  // send sends a message to the device.
  send(body, fields = {}, to = this.deviceId) {
    const message = new Message(body);
    Object.assign(message, fields);
    for (const [name, value] of Object.entries(fields.props || {})) message.properties.add(name, value);
    return within(this.service.send(to, message), 'the acceptance of a message');
  }

  async records(wanted) {
    const seen = [];
    const { result: receiver } = await within(this.service.getFeedbackReceiver(), 'the feedback receiver');
    const all = new Promise((resolve) => {
      receiver.on('message', (message) => {
        seen.push(...JSON.parse(message.getData().toString()));
        receiver.complete(message, () => {});
        if (wanted.every((id) => seen.some((r) => r.originalMessageId === id))) resolve();
      });
    });
    await Promise.race([all, sleep(60000, null, { ref: false })]);
    receiver.removeAllListeners('message');
    return Object.fromEntries(seen.filter((r) => wanted.includes(r.originalMessageId)).map((r) => [r.originalMessageId, r]));
  }

  steps() {
    return {
      'a device opens': async () => {
        const { responseBody } = await this.registry.create({ deviceId: this.deviceId });
        this.identity = responseBody;
        this.client = this.device(this.identity);
        await within(this.client.open(), 'the connection');
        await within(this.service.open(), 'the service connection');
      },
      'telemetry arrives with its properties': () => this.telemetry(),
      'the twin is read, reported and desired': () => this.twins(),
      'a method is called': () => this.methods(),
      'a message is completed': async () => {
        const id = randomUUID();
        const coming = this.next(this.client);
        await this.send('hello', { messageId: id, correlationId: 'c', contentType: 'text/plain', contentEncoding: 'utf-8', ack: 'full', props: { p: 'v' } });
        const message = await coming;
        assert.equal(message.getData().toString(), 'hello');
        assert.equal(message.messageId, id);
        assert.equal(message.correlationId, 'c');
        assert.equal(message.contentType, 'text/plain');
        assert.equal(message.properties.getValue('p'), 'v');
        assert.equal(message.ack, 'full');
        this.completed = id;
      },
      'a message is abandoned, comes again and is rejected': async () => {
        const id = randomUUID();
        const coming = this.next(this.client, 'abandon');
        await this.send('again', { messageId: id, ack: 'negative' });
        await coming;
        const again = await this.next(this.client, 'reject');
        assert.equal(again.messageId, id);
        this.rejected = id;
      },
      'a message waits for its device': async () => {
        await within(this.client.close(), 'the end of the connection');
        await this.send('waited', { messageId: 'waited' });
        this.client = this.device(this.identity);
        const coming = this.next(this.client);
        await within(this.client.open(), 'the connection');
        assert.equal((await coming).getData().toString(), 'waited');
      },
      'feedback tells of both': async () => {
        const records = await this.records([this.completed, this.rejected]);
        assert.equal(records[this.completed]?.statusCode, 'Success');
        assert.equal(records[this.completed].deviceId, this.deviceId);
        assert.equal(records[this.completed].deviceGenerationId, this.identity.generationId);
        assert.equal(records[this.rejected]?.statusCode, 'Rejected');
      },
      'a message that expires gives feedback': async () => {
        await within(this.client.close(), 'the end of the connection');
        const id = randomUUID();
        await this.send('late', { messageId: id, ack: 'full', expiryTimeUtc: Date.now() + 2000 });
        assert.equal((await this.records([id]))[id]?.statusCode, 'Expired');
      },
      'what cannot be sent is refused': async () => {
        await refused(this.send('x', {}, `${this.prefix}nobody`), 'DeviceNotFoundError');
        await refused(this.send(Buffer.alloc(65 * 1024)), 'MessageTooLargeError');
        for (let n = 0; n < 50; n++) await this.send(String(n), { messageId: `q${n}` });
        await refused(this.send('one more'), 'DeviceMaximumQueueDepthExceededError');
      },
      'a module has links of its own': () => this.modules(),
      'a certificate stands for a device': () => this.certificates(),
      'the last connection counts': async () => {
        const first = this.device(this.identity);
        await within(first.open(), 'the connection');
        await within(first.sendEvent(new Message('first')), 'the acceptance');
        const gone = once(first, 'disconnect');
        first.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
        const second = this.device(this.identity);
        await within(second.open(), 'the second connection');
        await within(second.sendEvent(new Message('second')), 'the acceptance');
        await within(gone, 'the end of the first connection');
        await within(second.close(), 'the end');
      },
      'a disabled device is thrown out': async () => {
        const client = this.device(this.identity);
        client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
        await within(client.open(), 'the connection');
        await within(client.sendEvent(new Message('x')), 'the acceptance');
        const gone = once(client, 'disconnect');
        await this.registry.update({ deviceId: this.deviceId, status: 'disabled' });
        await within(gone, 'the end of the connection');
        await refused(within(this.device(this.identity).open(), 'a refusal'), 'UnauthorizedError');
      },
      'a wrong key and an unknown device are refused': async () => {
        const wrong = Buffer.alloc(32).toString('base64');
        await refused(within(this.device(this.identity, wrong).open(), 'a refusal'), 'UnauthorizedError');
        await refused(within(this.device({ deviceId: `${this.prefix}nobody` }, wrong).open(), 'a refusal'), 'UnauthorizedError');
      },
      'all goes': async () => {
        await this.registry.delete(this.deviceId);
        await within(this.service.close(), 'the end of the service connection');
      },
    };
  }

  async telemetry() {
    const message = new Message(JSON.stringify({ t: 1 }));
    message.messageId = randomUUID();
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('k', 'v');
    message.properties.add('dt-subject', 'comp1');
    await within(this.client.sendEvent(message), 'the acceptance');
    const consumer = new EventHubConsumerClient('$Default', EVENTHUB_CONNECTION_STRING);
    const event = await within(new Promise((resolve, reject) => {
      consumer.subscribe({
        async processEvents(events) { for (const e of events) if (e.messageId === message.messageId) resolve(e); },
        async processError(e) { reject(e); },
      }, { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 });
    }), 'the event');
    await consumer.close();
    assert.deepEqual(event.body, { t: 1 });
    assert.equal(event.properties.k, 'v');
    assert.equal(event.systemProperties['dt-subject'], 'comp1');
    assert.equal(event.systemProperties['iothub-connection-device-id'], this.deviceId);
    await refused(within(this.client.sendEvent(new Message(Buffer.alloc(256 * 1024 + 1))), 'a refusal'), 'MessageTooLargeError');
  }

  async twins() {
    const twin = await twinOf(this.client);
    assert.equal(twin.properties.desired.$version, 1);
    await report(twin, { state: { on: true } });
    const { responseBody: seen } = await this.registry.getTwin(this.deviceId);
    assert.deepEqual(seen.properties.reported.state, { on: true });
    await this.registry.updateTwin(this.deviceId, { properties: { desired: { interval: 2 } } }, '*');
    if (twin.properties.desired.interval !== 2) {
      const change = new Promise((resolve) => { twin.on('properties.desired', (d) => { if (d.interval === 5) resolve(d); }); });
      await sleep(200); // the subscription is on its way
      await this.registry.updateTwin(this.deviceId, { properties: { desired: { interval: 5 } } }, '*');
      assert.equal((await within(change, 'the desired property')).$version, 3);
    }
    await assert.rejects(report(twin, { 'a.b': 1 }));
  }

  async methods() {
    const ready = new Promise((resolve) => { setImmediate(resolve); });
    this.client.onDeviceMethod('reboot', (request, response) => response.send(207, { got: request.payload }));
    await ready;
    const { result } = await within(this.service.invokeDeviceMethod(this.deviceId, {
      methodName: 'reboot', payload: { delay: 5 }, connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 10,
    }), 'the answer');
    assert.deepEqual(result, { status: 207, payload: { got: { delay: 5 } } });
    const none = await within(this.service.invokeDeviceMethod(this.deviceId, { methodName: 'reboot' }), 'the answer');
    assert.deepEqual(none.result, { status: 207, payload: { got: null } });
  }

  async modules() {
    const moduleId = 'm1';
    const { responseBody: module } = await this.registry.addModule({ deviceId: this.deviceId, moduleId });
    const client = ModuleClient.fromConnectionString(this.connectionString(module), this.deviceTransport);
    await within(client.open(), 'the connection');
    await within(client.sendEvent(new Message('from a module')), 'the acceptance');
    const twin = await twinOf(client);
    await report(twin, { m: 1 });
    const { responseBody: seen } = await this.registry.getModuleTwin(this.deviceId, moduleId);
    assert.equal(seen.properties.reported.m, 1);
    client.onMethod('ping', (request, response) => response.send(200, 'pong'));
    const { result } = await within(this.service.invokeDeviceMethod(this.deviceId, moduleId, {
      methodName: 'ping', connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 10,
    }), 'the answer');
    assert.deepEqual(result, { status: 200, payload: 'pong' });
    await within(client.close(), 'the end');
  }

  async certificates() {
    const [good, other] = [selfSigned('good'), selfSigned('other')];
    if (!good) return 'without openssl';
    const deviceId = `${this.prefix}x509`;
    const thumbprint = new X509Certificate(good.cert).fingerprint.replaceAll(':', '');
    await this.registry.create({
      deviceId, authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint } },
    });
    const connect = async (pair) => {
      const client = Device.fromConnectionString(`HostName=${this.host};DeviceId=${deviceId};x509=true`, this.deviceTransport);
      client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
      await client.setOptions(pair);
      await within(client.open(), 'the connection');
      return client;
    };
    const client = await connect(good);
    await within(client.sendEvent(new Message('signed')), 'the acceptance');
    await report(await twinOf(client), { x509: true });
    await within(client.close(), 'the end');
    await assert.rejects((async () => {
      const wrong = await connect(other);
      await within(wrong.sendEvent(new Message('not mine')), 'a refusal');
    })(), (e) => !e.message.includes('in vain'));
    await this.registry.delete(deviceId);
  }
}

// selfSigned makes a certificate and its key; nothing where there is no openssl.
function selfSigned(name) {
  const { status, stdout } = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
    '-nodes', '-subj', `/CN=${name}`, '-days', '1', '-keyout', '-', '-out', '-'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const part = (kind) => new RegExp(`-----BEGIN ${kind}-----[^]*?-----END ${kind}-----\n`).exec(stdout)[0];
  return { cert: part('CERTIFICATE'), key: part('PRIVATE KEY') };
}

// run does all steps, and ends the program at the first that fails.
async function run(deviceTransport, serviceTransport) {
  assert(IOTHUB_CONNECTION_STRING && EVENTHUB_CONNECTION_STRING, 'the environment that the hub prints is not set');
  const only = process.argv[2];
  for (const [name, step] of Object.entries(new Suite(deviceTransport, serviceTransport).steps())) {
    if (only && !name.startsWith('a device opens') && !name.includes(only)) continue;
    try {
      const note = await step();
      console.log(`${note ? `skipped, ${note}:` : 'ok     '} ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack}`);
      process.exit(1);
    }
  }
  process.exit(0); // the SDKs keep timers
}

module.exports = { run };

if (require.main === module) run(require('azure-iot-device-amqp').Amqp);
