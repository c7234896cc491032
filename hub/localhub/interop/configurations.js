// Automatic device management through the unmodified Node service SDK.
//
// The SDK can only speak to port 443 (protocol 0.8): start the hub on it, give
// this script the environment that it prints, and run
//
//   npm install && node configurations.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const deviceId = `adm-${process.pid}`;
const condition = `deviceId = '${deviceId}'`;
const low = { id: `low-${process.pid}`, schemaVersion: '1.0', targetCondition: condition, priority: 1, content: { deviceContent: { 'properties.desired.fan': { speed: 1, mode: 'eco' } } } };
const high = { id: `high-${process.pid}`, schemaVersion: '1.0', targetCondition: condition, priority: 5, content: { deviceContent: { 'properties.desired.fan.speed': 9 } } };

async function eventually(what, ask) {
  for (const end = Date.now() + 15000; ;) {
    const got = await ask();
    if (got) return got;
    assert(Date.now() < end, `${what} did not come`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

const twin = async () => (await registry.getTwin(deviceId)).responseBody;

const steps = {
  async 'create'() {
    await registry.create({ deviceId });
    for (const c of [low, high]) {
      const { responseBody: made } = await registry.addConfiguration(c);
      assert.equal(made.id, c.id);
      assert(made.etag && made.createdTimeUtc && made.systemMetrics.queries.appliedCount);
    }
  },
  async 'the twin gets both, by priority'() {
    const t = await eventually('the content', async () => {
      const t = await twin();
      return t.configurations && t.configurations[low.id] && t.configurations[high.id] && t;
    });
    assert.equal(t.configurations[low.id].status, 'Applied');
    assert.equal(t.properties.desired.fan.speed, 9);
    assert.equal(t.properties.desired.fan.mode, 'eco');
  },
  async 'metrics count it'() {
    await eventually('the counts', async () => {
      const { responseBody: c } = await registry.getConfiguration(low.id);
      return c.systemMetrics.results.targetedCount === 1 && c.systemMetrics.results.appliedCount === 1;
    });
  },
  async 'update needs the etag, and leaves the content'() {
    const { responseBody: c } = await registry.getConfiguration(low.id);
    const { responseBody: changed } = await registry.updateConfiguration({ ...c, priority: 3 });
    assert.equal(changed.priority, 3);
    await assert.rejects(registry.updateConfiguration({ ...c, priority: 4 }), { name: 'InvalidEtagError' });
    await assert.rejects(registry.updateConfiguration({ ...c, content: high.content }, true), { name: 'ArgumentError' });
  },
  async 'list'() {
    const { responseBody: all } = await registry.getConfigurations();
    assert(all.some((c) => c.id === low.id) && all.some((c) => c.id === high.id));
  },
  async 'a condition that is none is refused'() {
    await assert.rejects(registry.addConfiguration({ ...low, id: `bad-${process.pid}`, targetCondition: 'deviceId deviceId' }), { name: 'ArgumentError' });
  },
  async 'an id that exists is refused'() {
    await assert.rejects(registry.addConfiguration(low), { name: 'DeviceAlreadyExistsError' });
  },
  async 'content is applied at once'() {
    await registry.applyConfigurationContentOnDevice(deviceId, { deviceContent: { 'properties.desired.direct': true } });
    assert.equal((await twin()).properties.desired.direct, true);
  },
  async 'remove, and the next one in order counts'() {
    await registry.removeConfiguration(high.id);
    const t = await eventually('the change', async () => {
      const t = await twin();
      return !t.configurations[high.id] && t.properties.desired.fan.speed === 1 && t;
    });
    assert.equal(t.configurations[low.id].status, 'Applied');
    await registry.removeConfiguration(low.id);
    await assert.rejects(registry.getConfiguration(low.id));
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
