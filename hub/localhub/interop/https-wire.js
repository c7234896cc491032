// What a device says to the hub over HTTPS when no SDK stands between. The numbers are
// sections of the protocol reference.
//
// Start the hub on the well-known ports, give this script the environment that it
// prints, and run
//
//   npm install && node https-wire.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const https = require('node:https');
const { setTimeout: sleep } = require('node:timers/promises');
const { Client: Service, Registry } = require('azure-iothub');
const { Message } = require('azure-iot-common');

const owner = process.env.IOTHUB_CONNECTION_STRING;
assert(owner, 'IOTHUB_CONNECTION_STRING is not set');
const [, host] = owner.match(/HostName=([^;]*)/);
const registry = Registry.fromConnectionString(owner);
const service = Service.fromConnectionString(owner);
const patience = 30_000;
const bound = '/messages/devicebound';
let devices = 0;

function sas(resource, key, lifetime = 3600) {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + lifetime;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}`;
}

async function device(more) {
  const { responseBody: d } = await registry.create({ deviceId: `https-${process.pid}-${devices++}`, ...more });
  const { primaryKey, secondaryKey } = d.authentication.symmetricKey;
  return { id: d.deviceId, resource: `${host}/devices/${d.deviceId}`, key: primaryKey, second: secondaryKey };
}

// ask is one request of a device.
function ask(d, method, path, { body, headers, token = sas(d.resource, d.key), version = '2020-03-13' } = {}) {
  return new Promise((resolve, reject) => {
    const query = version && `${path.includes('?') ? '&' : '?'}api-version=${version}`;
    const request = https.request({
      host, method, path: `/devices/${d.id}${path}${query}`, timeout: patience,
      headers: { ...(token && { Authorization: token }), 'Content-Length': Buffer.byteLength(body ?? ''), ...headers },
    }, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      resolve({ status: response.statusCode, headers: response.headers, code: response.headers['iothub-errorcode'], body: Buffer.concat(parts).toString() });
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer')));
    request.end(body);
  });
}

const send = (d, body, more) => ask(d, 'POST', '/messages/events', { body, ...more });
const lockOf = (answer) => answer.headers.etag.replaceAll('"', '');

const steps = {
  async '5.2 256 KB exactly, and one more'() {
    const d = await device();
    assert.equal((await send(d, '')).status, 204);
    assert.equal((await send(d, Buffer.alloc(262144))).status, 204);
    const { status, code } = await send(d, Buffer.alloc(262145));
    assert.deepEqual([status, code], [413, 'MessageTooLarge']);
  },
  async '5.2 batches'() {
    const d = await device();
    const batch = (messages) => send(d, JSON.stringify(messages), { headers: { 'Content-Type': 'application/vnd.microsoft.iothub.json' } });
    assert.equal((await batch([{ body: 'b25l', properties: { 'iothub-app-x': 'v' } }, { body: 'plain', base64Encoded: false }])).status, 204);
    for (const wrong of [[], {}, [{ body: '!!' }]]) assert.equal((await batch(wrong)).status, 400, JSON.stringify(wrong));
    assert.equal((await batch(Array(3).fill({ body: Buffer.alloc(100_000).toString('base64') }))).status, 413);
  },
  async '1.2, 5.2 refusals'() {
    const [d, other, off] = [await device(), await device(), await device({ status: 'disabled' })];
    assert.equal((await send(d, 'x', { token: sas(d.resource, d.second) })).status, 204);
    for (const [what, want, more, who = d] of [
      ['no token', 401, { token: '' }], ['the key of another', 401, { token: sas(d.resource, other.key) }],
      ['the token of another', 401, { token: sas(other.resource, other.key) }], ['an old token', 401, { token: sas(d.resource, d.key, -1000) }],
      ['disabled', 403, {}, off], ['no version', 400, { version: '' }], ['a bogus version', 400, { version: 'x' }],
    ]) {
      const { status, code } = await send(who, 'x', more);
      assert.equal(status, want, what);
      assert(code, what);
    }
  },
  async '5.2 receive, abandon, reject, and a lock that is lost'() {
    const d = await device();
    assert.equal((await ask(d, 'GET', bound)).status, 204);
    await service.open();
    await service.send(d.id, new Message('body'));
    const first = await ask(d, 'GET', bound);
    assert.deepEqual([first.status, first.body, first.headers['iothub-deliverycount']], [200, 'body', '0']);
    assert.equal((await ask(d, 'GET', bound)).status, 204, 'it is locked');
    assert.equal((await ask(d, 'POST', `${bound}/${lockOf(first)}/abandon`)).status, 204);
    const second = await ask(d, 'GET', bound);
    assert.equal(second.headers['iothub-deliverycount'], '1');
    const lost = await ask(d, 'DELETE', `${bound}/${lockOf(first)}`);
    assert.deepEqual([lost.status, lost.code], [412, 'DeviceMessageLockLost']);
    assert.equal((await ask(d, 'DELETE', `${bound}/${lockOf(second)}?reject`)).status, 204);
    assert.equal((await registry.get(d.id)).responseBody.cloudToDeviceMessageCount, 0);
  },
  async '4.3 ten deliveries at most'() {
    const d = await device();
    await service.send(d.id, new Message('x'));
    let deliveries = 0;
    for (let got; (got = await ask(d, 'GET', bound)).status === 200; deliveries++) await ask(d, 'POST', `${bound}/${lockOf(got)}/abandon`);
    assert.equal(deliveries, 10);
  },
  async '5.2 a lock of one second'() {
    const d = await device();
    await service.send(d.id, new Message('x'));
    assert.equal((await ask(d, 'GET', bound, { headers: { 'iothub-messagelocktimeout': '1' } })).status, 200);
    const end = Date.now() + patience;
    while ((await ask(d, 'GET', bound)).status === 204) {
      assert(Date.now() < end, 'it did not come again');
      await sleep(100);
    }
  },
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
  process.exit(0);
})();
