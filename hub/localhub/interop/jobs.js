// Scheduled jobs through the unmodified Node SDKs.
//
// The SDKs can only speak to ports 443 and 8883 (protocol 0.8): start the hub on
// them, give this script the environment that it prints, and run
//
//   npm install && node jobs.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { Client: Device } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { JobClient, Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const jobs = JobClient.fromConnectionString(connectionString);
const host = /HostName=([^;]*)/.exec(connectionString)[1];
const deviceId = `jobs-${process.pid}`;
const condition = `deviceId = '${deviceId}'`;
const id = (name) => `${deviceId}-${name}`;
let device;

async function ended(name) {
  for (const end = Date.now() + 15000; ;) {
    const { jobStatus: job } = await jobs.getJob(id(name));
    if (['completed', 'failed', 'cancelled'].includes(job.status)) return job;
    assert(Date.now() < end, `job ${name} is ${job.status}`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

const steps = {
  async 'a device that answers methods'() {
    const { responseBody: d } = await registry.create({ deviceId });
    device = Device.fromConnectionString(`HostName=${host};DeviceId=${deviceId};SharedAccessKey=${d.authentication.symmetricKey.primaryKey}`, Mqtt);
    await device.open();
    await new Promise((resolve, reject) => {
      device.onDeviceMethod('reboot', (request, response) => response.send(200, { got: request.payload }, () => {}));
      device._transport.enableMethods((e) => (e ? reject(e) : resolve()));
    });
  },
  async 'a twin is written'() {
    const { jobStatus: job } = await jobs.scheduleTwinUpdate(id('twin'), condition, { etag: '*', tags: { site: 'north' }, properties: { desired: { interval: 5 } } }, new Date(), 60);
    assert.equal(job.type, 'scheduleUpdateTwin');
    const done = await ended('twin');
    assert.equal(done.status, 'completed', done.failureReason);
    assert.deepEqual(done.deviceJobStatistics, { deviceCount: 1, failedCount: 0, succeededCount: 1, runningCount: 0, pendingCount: 0 });
    const { responseBody: twin } = await registry.getTwin(deviceId);
    assert.equal(twin.tags.site, 'north');
    assert.equal(twin.properties.desired.interval, 5);
  },
  async 'a method is invoked'() {
    await jobs.scheduleDeviceMethod(id('method'), condition, { methodName: 'reboot', payload: { now: true }, responseTimeoutInSeconds: 10 }, new Date(), 60);
    const done = await ended('method');
    assert.equal(done.status, 'completed', done.failureReason);
    assert.equal(done.deviceJobStatistics.succeededCount, 1);
  },
  async 'the same id again is refused'() {
    await assert.rejects(jobs.scheduleTwinUpdate(id('twin'), condition, { etag: '*', tags: {} }, new Date(), 60), { name: 'DeviceAlreadyExistsError' });
  },
  async 'a condition that is none is refused'() {
    await assert.rejects(jobs.scheduleTwinUpdate(id('bad'), 'deviceId deviceId', { etag: '*', tags: {} }, new Date(), 60), { name: 'ArgumentError' });
  },
  async 'one for later is cancelled'() {
    const { jobStatus: job } = await jobs.scheduleTwinUpdate(id('later'), condition, { etag: '*', tags: { later: true } }, new Date(Date.now() + 3600000), 60);
    assert.equal(job.status, 'queued');
    assert.equal((await jobs.getJob(id('later'))).jobStatus.status, 'scheduled');
    await jobs.cancelJob(id('later'));
    assert.equal((await ended('later')).status, 'cancelled');
  },
  async 'a query in pages'() {
    const query = jobs.createQuery('scheduleUpdateTwin', undefined, 1);
    const found = [];
    while (query.hasMoreResults) found.push(...(await query.next(query.continuationToken)).result);
    const mine = found.map((j) => j.jobId).filter((j) => j.startsWith(deviceId));
    assert.deepEqual(mine.sort(), [id('later'), id('twin')]);
  },
  async 'the end'() {
    await device.close();
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
