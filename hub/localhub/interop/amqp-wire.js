// What a device says to the hub on AMQP when no SDK stands between: rhea, the library
// under the SDKs, over TLS. The numbers are sections of the protocol reference.
//
// Start the hub on the well-known ports, give this script the environment that it
// prints, and run
//
//   npm install && node amqp-wire.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { createHmac, randomUUID } = require('node:crypto');
const { once } = require('node:events');
const rhea = require('rhea');
const { Registry } = require('azure-iothub');

const owner = process.env.IOTHUB_CONNECTION_STRING;
assert(owner, 'IOTHUB_CONNECTION_STRING is not set');
const [, host, ownerKey] = owner.match(/HostName=([^;]*).*SharedAccessKey=([^;]*)/);
const hubName = host.split('.')[0];
const registry = Registry.fromConnectionString(owner);
const patience = 30_000;
let devices = 0;

function sas(resource, key, { policy, lifetime = 3600 } = {}) {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + lifetime;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}${policy ? `&skn=${policy}` : ''}`;
}

async function device(more) {
  const { responseBody: d } = await registry.create({ deviceId: `amqp-wire-${process.pid}-${devices++}`, ...more });
  const { primaryKey, secondaryKey } = d.authentication.symmetricKey;
  return { id: d.deviceId, resource: `${host}/devices/${d.deviceId}`, key: primaryKey, second: secondaryKey, events: `/devices/${d.deviceId}/messages/events` };
}

// first is the first of these events, by name.
async function first(emitter, ...names) {
  const done = new AbortController();
  const late = setTimeout(() => done.abort(), patience);
  try {
    return await Promise.race(names.map((name) => once(emitter, name, { signal: done.signal }).then(() => name)));
  } catch {
    return assert.fail(`none of ${names} in ${patience} ms`);
  } finally {
    clearTimeout(late);
    done.abort();
  }
}

// connect gives the connection, or nothing when it was refused.
async function connect(options) {
  const container = rhea.create_container();
  container.on('error', () => {});
  const connection = container.connect({ host, hostname: host, port: 5671, transport: 'tls', reconnect: false, ...options });
  for (const name of ['connection_error', 'sender_error', 'error']) connection.on(name, () => {});
  return (await first(connection, 'connection_open', 'connection_error', 'disconnected')) === 'connection_open' ? connection : undefined;
}

// putToken gives the status.
async function putToken(connection, token, audience) {
  const [sender, receiver] = [connection.open_sender('$cbs'), connection.open_receiver('$cbs')];
  await first(sender, 'sendable');
  const answered = once(receiver, 'message', { signal: AbortSignal.timeout(patience) });
  sender.send({ message_id: randomUUID(), to: '$cbs', reply_to: 'cbs', body: token, application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience } });
  const [{ message }] = await answered;
  sender.close();
  receiver.close();
  return message.application_properties['status-code'];
}

// send gives the outcome of one message, or the condition with which the link was refused.
async function send(connection, address, body) {
  const link = connection.open_sender({ target: address, name: randomUUID() });
  const opened = await first(link, 'sendable', 'sender_close');
  if (opened === 'sender_close') return link.error?.condition;
  link.send({ body: rhea.message.data_section(Buffer.from(body)) });
  return first(link, 'accepted', 'rejected', 'released', 'sender_close');
}

async function open(d, token = sas(d.resource, d.key)) {
  const connection = await connect();
  assert.equal(await putToken(connection, token, d.resource), 200);
  return connection;
}

const steps = {
  async '5.1 SASL PLAIN, ANONYMOUS and none'() {
    const d = await device();
    const token = sas(d.resource, d.key);
    const policy = sas(host, ownerKey, { policy: 'iothubowner' });
    for (const [username, password] of [[`${d.id}@sas.${hubName}`, token], [`iothubowner@sas.root.${hubName}`, policy]]) {
      const connection = await connect({ username, password });
      assert(connection, username);
      assert.equal(await send(connection, d.events, 'x'), 'accepted', username);
      connection.close();
    }
    for (const [username, password] of [[`${d.id}@sas.${hubName}`, 'x'], [`${d.id}@sas.other`, token]]) {
      assert.equal(await connect({ username, password }), undefined, username);
    }
    const anonymous = await connect({ username: 'anonymous' });
    assert.equal(await putToken(anonymous, token, d.resource), 200);
    assert.equal(await send(anonymous, d.events, 'x'), 'accepted');
    anonymous.close();
  },
  async '5.1 tokens that $cbs takes, and those that it does not'() {
    const [d, other, off] = [await device(), await device(), await device({ status: 'disabled' })];
    const connection = await connect();
    for (const [what, status, token, audience] of [
      ['encoded audience', 200, sas(d.resource, d.key), encodeURIComponent(d.resource)], ['a URL', 200, sas(d.resource, d.second), `amqps://${d.resource}`],
      ['a policy', 200, sas(host, ownerKey, { policy: 'iothubowner' }), d.resource], ['the key of another', 401, sas(d.resource, other.key), d.resource],
      ['an old one', 401, sas(d.resource, d.key, { lifetime: -1000 }), d.resource], ['disabled', 401, sas(off.resource, off.key), off.resource], ['none', 401, 'x', d.resource],
    ]) assert.equal(await putToken(connection, token, audience), status, what);
    connection.close();
  },
  async '0.15, 5.1 addresses'() {
    const [d, other] = [await device(), await device()];
    const connection = await open(d);
    for (const address of [d.events, d.events.slice(1), `amqps://${host}${d.events}`, `/Devices/${d.id}/Messages/Events`]) {
      assert.equal(await send(connection, address, 'x'), 'accepted', address);
    }
    assert.equal(await send(connection, other.events, 'x'), 'amqp:unauthorized-access');
    assert.equal(await send(connection, '/nowhere', 'x'), 'amqp:not-found');
    connection.close();
    const nobody = await connect();
    assert.equal(await send(nobody, d.events, 'x'), 'amqp:unauthorized-access');
    nobody.close();
  },
  async '9 256 KB exactly, and one more'() {
    const d = await device();
    const connection = await open(d);
    assert.equal(await send(connection, d.events, Buffer.alloc(262144)), 'accepted');
    assert.equal(await send(connection, d.events, Buffer.alloc(262145)), 'rejected');
    connection.close();
  },
  async '4.1, 10 the end of the token, and a token renewed in time'() {
    const [d, renewed] = [await device(), await device()];
    const short = (x) => sas(x.resource, x.key, { lifetime: -298 }); // 5 minutes of skew
    const kept = await open(renewed, short(renewed));
    assert.equal(await putToken(kept, sas(renewed.resource, renewed.key), renewed.resource), 200);
    const link = (await open(d, short(d))).open_sender(d.events);
    await first(link, 'sender_close');
    assert.equal(link.error.condition, 'amqp:unauthorized-access');
    assert.equal(await send(kept, renewed.events, 'x'), 'accepted');
    kept.close();
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
