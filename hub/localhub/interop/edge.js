// An IoT Edge device as the unmodified service SDK makes it, and what its runtime
// asks for over HTTPS: the scope, page by page, one by one, and of the layer below.
//
// The SDKs can only speak to port 443 (protocol 0.8): start the hub on it, give
// this script the environment that it prints, and run
//
//   npm install && node edge.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { SharedAccessSignature } = require('azure-iot-common');
const { Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const host = /HostName=([^;]*)/.exec(connectionString)[1];
const id = (name) => `${name}-${process.pid}`;
const scopes = {};
let token;

const create = async (name, more) => (await registry.create({ deviceId: id(name), ...more })).responseBody;

// ask calls as the edge hub does: paths relative, the module's own token.
async function ask(path, body) {
  const answer = await fetch(`https://${host}${path}`, {
    method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
    headers: { Authorization: token, ...(body && { 'Content-Type': 'application/json; charset=utf-8' }) },
  });
  return { status: answer.status, body: await answer.json() };
}

const hub = () => `/devices/${id('parent')}/modules/%24edgeHub`;
const names = (r) => [...r.devices.map((d) => d.deviceId), ...r.modules.map((m) => `${m.deviceId}/${m.moduleId}`)].sort();

const steps = {
  async 'a parent, a child and their leaves'() {
    scopes.parent = (await create('parent', { capabilities: { iotEdge: true } })).deviceScope;
    assert.match(scopes.parent, new RegExp(`^ms-azure-iot-edge://${id('parent')}-`));
    scopes.child = (await create('child', { capabilities: { iotEdge: true }, parentScopes: [scopes.parent] })).deviceScope;
    assert.notEqual(scopes.child, scopes.parent);
    await create('leaf', { deviceScope: scopes.parent });
    await create('low', { deviceScope: scopes.child });
    await create('stranger');
    const { responseBody: modules } = await registry.getModulesOnDevice(id('parent'));
    assert.deepEqual(modules.map((m) => m.moduleId).sort(), ['$edgeAgent', '$edgeHub']);
    const key = modules.find((m) => m.moduleId === '$edgeHub').authentication.symmetricKey.primaryKey;
    token = SharedAccessSignature.create(`${host}/devices/${id('parent')}/modules/$edgeHub`, undefined, key, Math.floor(Date.now() / 1000) + 3600).toString();
  },
  async 'a content for its modules'() {
    await registry.applyConfigurationContentOnDevice(id('parent'), {
      modulesContent: {
        $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules: { sensor: { type: 'docker' } } } },
        $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
        sensor: { 'properties.desired.rate': 5 },
      },
    });
    const agent = (await registry.getModuleTwin(id('parent'), '$edgeAgent')).responseBody;
    assert.equal(agent.properties.desired.modules.sensor.type, 'docker');
    const { responseBody: sensor } = await registry.getModule(id('parent'), 'sensor');
    assert.match(sensor.managedBy, /iotedge/i);
    assert.equal((await registry.getModuleTwin(id('parent'), 'sensor')).responseBody.properties.desired.rate, 5);
    await assert.rejects(registry.applyConfigurationContentOnDevice(id('nobody'), { modulesContent: {} }));
  },
  async 'who may connect to it'() {
    const want = [
      id('child'), `${id('child')}/$edgeAgent`, `${id('child')}/$edgeHub`, id('leaf'),
      id('parent'), `${id('parent')}/$edgeAgent`, `${id('parent')}/$edgeHub`, `${id('parent')}/sensor`,
    ].sort();
    const all = await ask(`${hub()}/devicesAndModulesInDeviceScope?deviceCount=1000&continuationToken=&api-version=2018-08-30-preview`);
    assert.equal(all.status, 200);
    assert.deepEqual(names(all.body), want);
    assert.equal(all.body.continuationLink, null);
    const leaf = all.body.devices.find((d) => d.deviceId === id('leaf'));
    assert.equal(leaf.authentication.type, 'sas');
    assert(leaf.authentication.symmetricKey.primaryKey && leaf.generationId && leaf.status === 'enabled');
    const paged = [];
    for (let link = `${hub()}/devicesAndModulesInDeviceScope?deviceCount=1&continuationToken=&api-version=2018-08-30-preview`; link;) {
      const { body } = await ask(link);
      paged.push(...names(body));
      link = body.continuationLink;
    }
    assert.deepEqual(paged.sort(), want);
  },
  async 'one of them, and who may not'() {
    const one = (device, module = '') => ask(`${hub()}/deviceAndModuleInDeviceScope?targetDeviceId=${device}&targetModuleId=${module}&api-version=2018-08-30-preview`);
    assert.deepEqual(names((await one(id('leaf'))).body), [id('leaf')]);
    assert.deepEqual(names((await one(id('parent'), 'sensor')).body), [id('parent'), `${id('parent')}/sensor`]);
    assert.equal((await one(id('stranger'))).status, 404);
    const child = await ask(`/devices/${id('child')}/modules/%24edgeHub/devicesAndModulesInDeviceScope?deviceCount=10&api-version=2018-08-30-preview`);
    assert.equal(child.status, 401);
  },
  async 'the layer below'() {
    const chain = `${id('child')};${id('parent')}`;
    const below = await ask(`${hub()}/devicesAndModulesInTargetDeviceScope?api-version=2020-06-30-preview`, { pageSize: 100, authChain: chain });
    assert.deepEqual(names(below.body), [id('child'), `${id('child')}/$edgeAgent`, `${id('child')}/$edgeHub`, id('low')].sort());
    const low = await ask(`${hub()}/getDeviceAndModuleOnBehalfOf?api-version=2020-06-30-preview`, { targetDeviceId: id('low'), authChain: `${id('child')}/$edgeHub;${chain}` });
    assert.deepEqual(names(low.body), [id('low')]);
    const wrong = await ask(`${hub()}/getDeviceAndModuleOnBehalfOf?api-version=2020-06-30-preview`, { targetDeviceId: id('stranger'), authChain: `${id('stranger')};${id('parent')}` });
    assert.equal(wrong.status, 401);
  },
  async 'the end'() {
    for (const name of ['low', 'leaf', 'stranger', 'child', 'parent']) await registry.delete(id(name));
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
