// What a device says to the hub on MQTT when no SDK stands between: packet for packet
// through mqtt-packet, the codec of mqtt.js, over TLS. The numbers are sections of the
// protocol reference.
//
// Start the hub on the well-known ports, give this script the environment that it
// prints, and run
//
//   npm install && node mqtt-wire.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const tls = require('node:tls');
const { setTimeout: sleep } = require('node:timers/promises');
const mqttPacket = require('mqtt-packet');
const { Client: Service, Registry } = require('azure-iothub');
const { Message } = require('azure-iot-common');

const owner = process.env.IOTHUB_CONNECTION_STRING;
assert(owner, 'IOTHUB_CONNECTION_STRING is not set');
const [, host, ownerKey] = owner.match(/HostName=([^;]*).*SharedAccessKey=([^;]*)/);
const registry = Registry.fromConnectionString(owner);
const service = Service.fromConnectionString(owner);
const patience = 30_000;
let devices = 0;

// sas is a token by a key, or by a policy (protocol 1.2); lifetime in seconds.
function sas(resource, key, { policy, lifetime = 3600 } = {}) {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + lifetime;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}${policy ? `&skn=${policy}` : ''}`;
}

// identity is what a CONNECT needs; id is "device" or "device/module".
function identity(id, { primaryKey, secondaryKey }) {
  const resource = `${host}/devices/${id.replace('/', '/modules/')}`;
  return { id, resource, key: primaryKey, second: secondaryKey, username: `${host}/${id}/?api-version=2021-04-12`, telemetry: `devices/${id.replace('/', '/modules/')}/messages/events/` };
}

async function device(more) {
  const { responseBody: d } = await registry.create({ deviceId: `wire-${process.pid}-${devices++}`, ...more });
  return identity(d.deviceId, d.authentication.symmetricKey);
}

// Wire is one connection.
class Wire {
  constructor() {
    this.packets = [];
    this.parser = mqttPacket.parser({ protocolVersion: 4 }).on('packet', (p) => this.packets.push(p) && this.socket.emit('more'));
    this.socket = tls.connect({ host, port: 8883 });
    this.socket.on('data', (d) => this.parser.parse(d)).on('error', () => {}).on('close', () => { this.closed = true; this.socket.emit('more'); });
  }

  send(packet) { this.socket.write(mqttPacket.generate(packet)); }

  // next is the next packet of a kind, whatever comes before it.
  async next(cmd, about = '') {
    const end = AbortSignal.timeout(patience);
    for (;;) {
      const i = this.packets.findIndex((p) => p.cmd === cmd && (p.topic ?? '').includes(about));
      if (i >= 0) return this.packets.splice(i, 1)[0];
      assert(!this.closed, `closed before ${cmd} ${about}`);
      await once(this.socket, 'more', { signal: end }).catch(() => assert.fail(`no ${cmd} ${about}`));
    }
  }

  async end() {
    if (!this.closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(patience) }).catch(() => assert.fail('it was not closed'));
  }

  // connect gives the return code.
  async connect(d, more) {
    this.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: d.id, username: d.username, password: sas(d.resource, d.key), clean: true, keepalive: 60, ...more });
    this.connack = await this.next('connack');
    return this.connack.returnCode;
  }

  async subscribe(...topics) {
    this.send({ cmd: 'subscribe', messageId: 9, subscriptions: topics.map((topic) => ({ topic, qos: 2 })) });
    return (await this.next('suback')).granted;
  }

  publish(topic, payload, more) { this.send({ cmd: 'publish', topic, payload, qos: 0, ...more }); }

  async stored(topic, payload) {
    this.publish(topic, payload, { qos: 1, messageId: 7 });
    assert.equal((await this.next('puback')).messageId, 7);
  }
}

async function open(d, more) {
  const wire = new Wire();
  assert.equal(await wire.connect(d, more), 0);
  return wire;
}

async function code(d, more) {
  const wire = new Wire();
  const got = await wire.connect(d, more);
  wire.socket.destroy();
  return got;
}

// closes tells that what is done to a fresh connection ends it.
async function closes(what, act) {
  const d = await device();
  const wire = await open(d);
  await act(wire, d);
  await wire.end().catch((e) => assert.fail(`${what}: ${e.message}`));
}

const invoke = (d, methodName, more) => service.invokeDeviceMethod(d.id, { methodName, payload: 1, responseTimeoutInSeconds: 20, ...more });

async function answer(wire, name) {
  const { topic } = await wire.next('publish', `/POST/${name}/`);
  wire.publish(`$iothub/methods/res/200/?$rid=${topic.split('$rid=')[1]}`, 'null');
}

const steps = {
  async '4.1 every form of user name'() {
    const d = await device();
    for (const rest of ['/?api-version=2018-06-30', '/api-version=2016-11-14/DeviceClientType=x', '/api-version=2016-11-14&DeviceClientType=x', '', '/?DeviceClientType=x&api-version=2020-09-30&digital-twin-model-id=dtmi:a:b;1']) {
      assert.equal(await code(d, { username: `${host}/${d.id}${rest}` }), 0, rest);
    }
    assert.equal((await registry.getTwin(d.id)).responseBody.modelId, 'dtmi:a:b;1');
  },
  async '4.1 return codes of refusals'() {
    const [d, other, off] = [await device(), await device(), await device({ status: 'disabled' })];
    for (const [what, want, more, who = d] of [
      ['not a token', 5, { password: 'x' }], ['no password', 5, { password: undefined }],
      ['the key of another', 5, { password: sas(d.resource, other.key) }], ['the token of another', 5, { password: sas(other.resource, other.key) }],
      ['an old token', 5, { password: sas(d.resource, d.key, { lifetime: -1000 }) }], ['disabled', 5, {}, off],
      ['unknown', 5, {}, identity('nobody', { primaryKey: d.key })], ['another client id', 2, { clientId: other.id }],
      ['no client id', 2, { clientId: '' }], ['no user name', 4, { username: undefined, password: undefined }], ['a bogus version', 4, { username: `${host}/${d.id}/?api-version=x` }],
      ['MQTT 3.1', 1, { protocolId: 'MQIsdp', protocolVersion: 3 }],
    ]) assert.equal(await code(who, more), want, what);
  },
  async '1.2 both keys, a policy, and a key for its own identity only'() {
    const d = await device();
    const { responseBody } = await registry.addModule({ deviceId: d.id, moduleId: 'm' });
    const module = identity(`${d.id}/m`, responseBody.authentication.symmetricKey);
    assert.equal(await code(d, { password: sas(d.resource, d.second) }), 0);
    assert.equal(await code(module), 0);
    assert.equal(await code(d, { password: sas(host, ownerKey, { policy: 'iothubowner' }) }), 0);
    assert.equal(await code(module, { password: sas(d.resource, d.key) }), 5);
    assert.equal(await code(d, { password: sas(module.resource, module.key) }), 5);
  },
  async '4.1 the end of the token is the end of the connection'() {
    const d = await device();
    await (await open(d, { password: sas(d.resource, d.key, { lifetime: -298 }) })).end(); // 5 minutes of skew
  },
  async '4.1 a second connection closes the first'() {
    const d = await device();
    const [first, second] = [await open(d), await open(d)];
    await first.end();
    await second.stored(d.telemetry, 'x');
  },
  async '4.1 new keys, disabling and deleting close the connection'() {
    const keys = (c) => ({ symmetricKey: { primaryKey: Buffer.alloc(32, c).toString('base64'), secondaryKey: Buffer.alloc(32, c + 1).toString('base64') } });
    await closes('new keys', (_, d) => registry.update({ deviceId: d.id, status: 'enabled', authentication: keys(1) }));
    await closes('disable', (_, d) => registry.update({ deviceId: d.id, status: 'disabled', authentication: { symmetricKey: { primaryKey: d.key, secondaryKey: d.second } } }));
    await closes('delete', (_, d) => registry.delete(d.id));
  },
  async '4.1 what ends a connection'() {
    const other = await device();
    await closes('QoS 2', (w, d) => w.publish(d.telemetry, 'x', { qos: 2, messageId: 1 }));
    await closes('the topic of another', (w) => w.publish(other.telemetry, 'x'));
    await closes('a topic of nobody', (w) => w.publish('some/topic', 'x'));
    await closes('a malformed bag', (w, d) => w.publish(`${d.telemetry}a=%zz`, 'x'));
    await closes('256 KB and one', (w, d) => w.publish(d.telemetry, Buffer.alloc(262145)));
    await closes('256 KB with a property', (w, d) => w.publish(`${d.telemetry}a=b`, Buffer.alloc(262143)));
    await closes('a second CONNECT', (w, d) => w.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: d.id, clean: true, keepalive: 0 }));
  },
  async '4.1 256 KB exactly'() {
    const d = await device();
    await (await open(d)).stored(d.telemetry, Buffer.alloc(262144));
  },
  async '4.1 silence for one and a half keep-alives'() {
    const began = Date.now();
    await (await open(await device(), { keepalive: 1 })).end();
    assert(Date.now() - began >= 1000);
  },
  async '4.1 QoS 1 at most, and no filter that IoT Hub does not know'() {
    const d = await device();
    const wire = await open(d);
    assert.deepEqual(await wire.subscribe(`devices/${d.id}/messages/devicebound/#`, '$iothub/twin/res/#', '$iothub/methods/POST/#', 'some/#', 'devices/x/messages/devicebound/#', '#'), [1, 1, 1, 128, 128, 128]);
  },
  async '4.3 reported properties with a version'() {
    const wire = await open(await device());
    await wire.subscribe('$iothub/twin/res/#');
    for (const [version, status] of [[1, 204], [1, 412], [2, 204]]) {
      wire.publish(`$iothub/twin/PATCH/properties/reported/?$rid=r&$version=${version}`, '{"a":1}');
      const { topic, payload } = await wire.next('publish', '/twin/res/');
      assert.equal(topic, `$iothub/twin/res/${status}/?$rid=r${status === 204 ? `&$version=${version + 1}` : ''}`);
      if (status !== 204) assert.equal(JSON.parse(payload).errorCode, 412001);
    }
  },
  async '4.2 a filter with the name of a method'() {
    const d = await device();
    const wire = await open(d);
    await wire.subscribe('$iothub/methods/POST/reboot/#');
    const refused = await invoke(d, 'other').then(() => assert.fail('it was answered'), (e) => e);
    assert.match(refused.responseBody, /404103/);
    const call = invoke(d, 'reboot');
    await answer(wire, 'reboot');
    assert.equal((await call).result.status, 200);
    const later = invoke(d, 'later', { connectTimeoutInSeconds: 20 });
    await wire.subscribe('$iothub/methods/POST/later/#');
    await answer(wire, 'later');
    assert.equal((await later).result.status, 200);
  },
  async '4.3 a stored session: messages wait, and come again with DUP'() {
    const d = await device();
    const first = await open(d, { clean: false });
    assert.equal(first.connack.sessionPresent, false);
    assert.deepEqual(await first.subscribe(`devices/${d.id}/messages/devicebound/#`), [1]);
    first.send({ cmd: 'disconnect' });
    await first.end();
    await service.open();
    await service.send(d.id, new Message('waits'));
    const second = await open(d, { clean: false });
    assert.equal(second.connack.sessionPresent, true);
    const { messageId, dup, qos } = await second.next('publish');
    assert.deepEqual([dup, qos], [false, 1]);
    second.socket.destroy();
    const third = await open(d, { clean: false });
    const again = await third.next('publish');
    assert.deepEqual([again.dup, again.messageId, again.payload.toString()], [true, messageId, 'waits']);
    third.send({ cmd: 'puback', messageId });
    const end = Date.now() + patience;
    while ((await registry.get(d.id)).responseBody.cloudToDeviceMessageCount > 0) {
      assert(Date.now() < end, 'it was not completed');
      await sleep(50);
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
