// The registry through the unmodified Node service SDK.
//
// The SDK can only speak to port 443 (protocol 0.8): start the hub on it, give
// this script the environment that it prints, and run
//
//   npm install && node registry.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const prefix = `interop-${process.pid}-`;

async function refused(call, name, code) {
  const error = await call.then(() => assert.fail(`${name} was expected`), (e) => e);
  assert.equal(error.name, name, error.message);
  if (code) assert.equal(error.responseBody && JSON.parse(error.responseBody).Message.split(/[:;]/)[1], code);
  return error;
}

const steps = {
  async 'create makes keys'() {
    const { responseBody: d } = await registry.create({ deviceId: prefix + 'a' });
    assert.equal(d.deviceId, prefix + 'a');
    assert.equal(d.status, 'enabled');
    assert.equal(Buffer.from(d.authentication.symmetricKey.primaryKey, 'base64').length, 32);
    assert.notEqual(d.authentication.symmetricKey.primaryKey, d.authentication.symmetricKey.secondaryKey);
  },
  async 'create of an id that exists is refused'() {
    await refused(registry.create({ deviceId: prefix + 'a' }), 'DeviceAlreadyExistsError', 'DeviceAlreadyExists');
  },
  async 'create of a bad id is refused'() {
    await refused(registry.create({ deviceId: 'a b' }), 'ArgumentError', 'ArgumentInvalid');
  },
  async 'get'() {
    const { responseBody: d } = await registry.get(prefix + 'a');
    assert.equal(d.deviceId, prefix + 'a');
    assert.equal(d.connectionState, 'Disconnected');
  },
  async 'get of an unknown device is refused'() {
    await refused(registry.get(prefix + 'x'), 'DeviceNotFoundError', 'DeviceNotFound');
  },
  async 'update keeps what was given'() {
    const { responseBody: before } = await registry.get(prefix + 'a');
    const { responseBody: d } = await registry.update({ ...before, status: 'disabled', statusReason: 'interop' });
    assert.equal(d.status, 'disabled');
    assert.equal(d.statusReason, 'interop');
    assert.notEqual(d.etag, before.etag);
    assert.deepEqual(d.authentication.symmetricKey, before.authentication.symmetricKey);
  },
  async 'update with nothing but a status'() {
    const { responseBody: d } = await registry.update({ deviceId: prefix + 'a', status: 'enabled' });
    assert.equal(d.status, 'enabled');
  },
  async 'update of an unknown device is refused'() {
    await refused(registry.update({ deviceId: prefix + 'x', status: 'enabled' }), 'DeviceNotFoundError', 'DeviceNotFound');
  },
  async 'x509 thumbprints'() {
    const thumbprint = '0123456789ABCDEF0123456789ABCDEF01234567';
    const { responseBody: d } = await registry.create({
      deviceId: prefix + 'x509',
      authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint } },
    });
    assert.equal(d.authentication.x509Thumbprint.primaryThumbprint, thumbprint);
    assert.equal(d.authentication.symmetricKey.primaryKey, null);
  },
  async 'list'() {
    const { responseBody: list } = await registry.list();
    assert.deepEqual(list.map((d) => d.deviceId).filter((id) => id.startsWith(prefix)), [prefix + 'a', prefix + 'x509']);
  },
  async 'query by pages'() {
    const query = registry.createQuery('SELECT * FROM devices', 1);
    const seen = [];
    while (query.hasMoreResults) {
      const { result } = await query.nextAsTwin();
      assert(result.length <= 1);
      seen.push(...result.map((twin) => twin.deviceId));
    }
    assert.deepEqual(seen.filter((id) => id.startsWith(prefix)), [prefix + 'a', prefix + 'x509']);
  },
  async 'a bad query is refused'() {
    await refused(registry.createQuery('SELECT').next(), 'ArgumentError', 'ArgumentInvalid');
  },
  async 'statistics'() {
    const { responseBody: s } = await registry.getRegistryStatistics();
    assert(s.totalDeviceCount >= 2);
    assert.equal(s.totalDeviceCount, s.enabledDeviceCount + s.disabledDeviceCount);
  },
  async 'a wrong key is refused'() {
    const wrong = Registry.fromConnectionString(connectionString.replace(/SharedAccessKey=.*/, 'SharedAccessKey=d3Jvbmc='));
    await refused(wrong.list(), 'UnauthorizedError');
  },
  async 'delete'() {
    for (const name of ['a', 'x509']) await registry.delete(prefix + name);
    await refused(registry.delete(prefix + 'a'), 'DeviceNotFoundError', 'DeviceNotFound');
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
})();
