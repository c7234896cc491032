// Import and export jobs (protocol 2.8) with the unmodified Node SDKs: azure-iothub
// starts them, @azure/storage-blob reads and writes their containers.
//
// The SDKs can only speak to port 443 (protocol 0.8): start the hub on it, give
// this script the environment that it prints, and run
//
//   npm install && node importexport.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const { ContainerClient } = require('@azure/storage-blob');
const { SharedAccessSignature } = require('azure-iot-common');
const { Registry } = require('azure-iothub');

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
assert(connectionString, 'IOTHUB_CONNECTION_STRING is not set');
const registry = Registry.fromConnectionString(connectionString);
const [, host] = /HostName=([^;]*)/.exec(connectionString);
const [, policy] = /SharedAccessKeyName=([^;]*)/.exec(connectionString);
const [, key] = /SharedAccessKey=([^;]*)/.exec(connectionString);
const prefix = `imported-${process.pid}-`;
let uri;
let container;

// containerUri asks the local hub for a container: its own route, for Azure has an
// account of storage for that.
async function containerUri(name) {
  const token = SharedAccessSignature.create(host, policy, key, Math.floor(Date.now() / 1000) + 3600).toString();
  const answer = await fetch(`https://${host}/$hubscope/containers/${name}`, { method: 'PUT', headers: { Authorization: token } });
  assert.equal(answer.status, 200);
  return (await answer.json()).containerUri;
}

// body is what was answered: some calls of the SDK give it, others the response too.
const body = (answered) => answered.responseBody ?? answered;

// done waits for the end of a job, for 15 s.
async function done(started, status = 'completed') {
  assert(['enqueued', 'running', 'completed'].includes(started.status), started.status);
  for (const end = Date.now() + 15000; ;) {
    const job = body(await registry.getJob(started.jobId));
    if (job.endTimeUtc) {
      assert.equal(job.status, status, job.failureReason);
      return job;
    }
    assert(Date.now() < end, `the job is ${job.status}`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

async function write(name, text) {
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

async function lines(name) {
  const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
  return text.trim().split('\n').map((line) => JSON.parse(line));
}

async function importLines(items) {
  await write('devices.txt', items.map((item) => JSON.stringify(item)).join('\n') + '\n');
  await container.getBlobClient('importErrors.log').deleteIfExists();
  const job = body(await registry.importDevicesFromBlob(uri, uri));
  assert.equal(job.type, 'import');
  const ended = await done(job);
  assert.equal(ended.progress, 100);
  assert(!JSON.stringify(ended).includes('sig='));
  return (await container.getBlobClient('importErrors.log').exists()) ? lines('importErrors.log') : [];
}

async function exportLines(excludeKeys) {
  const job = body(await registry.exportDevicesToBlob(uri, excludeKeys));
  assert.equal(job.type, 'export');
  assert.equal((await done(job)).excludeKeysInExport, excludeKeys);
  return (await lines('devices.txt')).filter((line) => line.id.startsWith(prefix));
}

const steps = {
  async 'a container'() {
    uri = await containerUri('jobs');
    container = new ContainerClient(uri);
    assert(await container.exists());
    await container.createIfNotExists();
  },
  async 'a whole blob, one of blocks, one that grows'() {
    await write('whole.txt', 'whole');
    const large = Buffer.alloc(9 << 20, 'blocks');
    await container.getBlockBlobClient('folder/large.bin').uploadData(large, { blockSize: 4 << 20, maxSingleShotSize: 1 << 20 });
    assert((await container.getBlobClient('folder/large.bin').downloadToBuffer()).equals(large));
    const growing = container.getAppendBlobClient('growing.log');
    await growing.createIfNotExists();
    await growing.appendBlock('one\n', 4);
    const { blobAppendOffset, blobCommittedBlockCount } = await growing.appendBlock('two\n', 4);
    assert.deepEqual([blobAppendOffset, blobCommittedBlockCount], ['4', 2]);
    assert.equal((await growing.downloadToBuffer()).toString(), 'one\ntwo\n');
    await assert.rejects(container.getAppendBlobClient('whole.txt').appendBlock('x', 1), (e) => e.code === 'InvalidBlobType' || e.details?.errorCode === 'InvalidBlobType');
  },
  async 'a list, with a prefix, with folders, in pages'() {
    const names = async (list) => { const got = []; for await (const b of list) got.push(b.name); return got; };
    assert.deepEqual(await names(container.listBlobsFlat()), ['folder/large.bin', 'growing.log', 'whole.txt']);
    assert.deepEqual(await names(container.listBlobsFlat({ prefix: 'w' })), ['whole.txt']);
    assert.deepEqual(await names(container.listBlobsByHierarchy('/')), ['folder/', 'growing.log', 'whole.txt']);
    const pages = [];
    for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 2 })) pages.push(page.segment.blobItems.length);
    assert.deepEqual(pages, [2, 1]);
    for await (const b of container.listBlobsFlat({ prefix: 'growing' })) {
      assert.deepEqual([b.properties.blobType, b.properties.contentLength], ['AppendBlob', 8]);
    }
  },
  async 'what is deleted is gone'() {
    for (const name of ['folder/large.bin', 'growing.log', 'whole.txt']) await container.deleteBlob(name);
    for await (const b of container.listBlobsFlat()) assert.fail(b.name);
  },
  async 'import: create'() {
    const errors = await importLines([
      { id: `${prefix}1`, importMode: 'create', status: 'enabled', authentication: { symmetricKey: { primaryKey: Buffer.alloc(32, 1).toString('base64'), secondaryKey: Buffer.alloc(32, 2).toString('base64') }, type: 'sas' } },
      { id: `${prefix}2`, importMode: 'create', status: 'disabled', statusReason: 'new', tags: { floor: 2 }, properties: { desired: { speed: 5 } } },
      { id: `${prefix}2`, moduleId: 'm', importMode: 'create' },
      { id: `${prefix}3` },
    ]);
    assert.deepEqual(errors, []);
    const { responseBody: one } = await registry.get(`${prefix}1`);
    assert.equal(one.authentication.symmetricKey.primaryKey, Buffer.alloc(32, 1).toString('base64'));
    const { responseBody: twin } = await registry.getTwin(`${prefix}2`);
    assert.deepEqual([twin.status, twin.tags.floor, twin.properties.desired.speed], ['disabled', 2, 5]);
    assert.equal((await registry.getModulesOnDevice(`${prefix}2`)).responseBody.length, 1);
  },
  async 'import: lines that can not be done are in importErrors.log'() {
    const errors = await importLines([
      { id: `${prefix}1`, importMode: 'create' },
      { id: `${prefix}9`, importMode: 'update' },
      { id: `${prefix}1`, importMode: 'updateIfMatchETag', eTag: 'b2xk' },
      { id: `${prefix}1`, importMode: 'nonsense' },
      { id: `${prefix}3`, importMode: 'delete' },
    ]);
    assert.deepEqual(errors.map((e) => [e.deviceId, e.errorCode]).sort(), [
      [`${prefix}1`, 'ArgumentInvalid'], [`${prefix}1`, 'DeviceAlreadyExists'], [`${prefix}1`, 'PreconditionFailed'], [`${prefix}9`, 'DeviceNotFound'],
    ]);
    await assert.rejects(registry.get(`${prefix}3`));
  },
  async 'export with keys, and without'() {
    const all = await exportLines(false);
    assert.deepEqual(all.map((line) => [line.id, line.moduleId]), [[`${prefix}1`, undefined], [`${prefix}2`, undefined], [`${prefix}2`, 'm']]);
    const two = all[1];
    assert(two.eTag && two.twinETag && two.authentication.symmetricKey.primaryKey);
    assert.deepEqual([two.status, two.statusReason, two.tags, two.properties.desired.speed], ['disabled', 'new', { floor: 2 }, 5]);
    for (const line of await exportLines(true)) assert.equal(line.authentication, null);
  },
  async 'what was exported can be imported'() {
    const all = await exportLines(false);
    await registry.delete(`${prefix}1`);
    assert.deepEqual(await importLines(all.map((line) => ({ ...line, importMode: 'createOrUpdate' }))), []);
    const { responseBody: one } = await registry.get(`${prefix}1`);
    assert.equal(one.authentication.symmetricKey.primaryKey, all[0].authentication.symmetricKey.primaryKey);
  },
  async 'by identity'() {
    const plain = uri.split('?')[0];
    const job = body(await registry.exportDevicesToBlobByIdentity(plain, true));
    assert.equal((await done(job)).storageAuthenticationType, 'identityBased');
    const back = body(await registry.importDevicesFromBlobByIdentity(plain, plain));
    await done(back);
  },
  async 'a list of jobs'() {
    const { responseBody: jobs } = await registry.listJobs();
    assert(jobs.length >= 6 && jobs.every((job) => job.jobId && job.status === 'completed'), JSON.stringify(jobs));
  },
  async 'a job that has ended can be cancelled, one that is not there can not'() {
    const { responseBody: [job] } = await registry.listJobs();
    await registry.cancelJob(job.jobId);
    assert.equal(body(await registry.getJob(job.jobId)).status, 'completed');
    await assert.rejects(registry.cancelJob('none'));
    await assert.rejects(registry.getJob('none'));
  },
  async 'no input fails the job'() {
    const empty = await containerUri('empty');
    const job = body(await registry.importDevicesFromBlob(empty, uri));
    assert.match((await done(job, 'failed')).failureReason, /devices\.txt/);
  },
  async 'other hosts and wrong tokens are refused'() {
    for (const bad of ['https://example.org/jobs?sig=x', 'http://192.0.2.1/jobs', 'ftp://127.0.0.1/x', uri.replace('sp=', 'sp=x'), uri.split('?')[0]]) {
      await assert.rejects(registry.exportDevicesToBlob(bad, false), (e) => e.name === 'ArgumentError', bad);
    }
  },
  async 'the end'() {
    await importLines([{ id: `${prefix}1`, importMode: 'delete' }, { id: `${prefix}2`, importMode: 'delete' }]);
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
