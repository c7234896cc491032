// What the service side refuses, on the wire: REST with exact headers and bodies,
// $cbs and cloud-to-device messages with rhea, an AMQP library that knows nothing
// of IoT Hub (protocol 2.2 to 2.7, 6.2, 6.3, 9).
//
// Start the hub on any ports, give this script the environment that it prints,
// and run
//
//   npm install && node refusals.js
//
// It prints a line for each step and ends with code 1 at the first that fails.
'use strict';

const assert = require('node:assert/strict');
const rhea = require('rhea');
const { ConnectionString, SharedAccessSignature } = require('azure-iot-common');

const { IOTHUB_CONNECTION_STRING, EVENTHUB_CONNECTION_STRING, HUBSCOPE_HTTPS_PORT, HUBSCOPE_AMQP_PORT } = process.env;
assert(IOTHUB_CONNECTION_STRING && EVENTHUB_CONNECTION_STRING, 'the environment that the hub prints is not set');
const owner = ConnectionString.parse(IOTHUB_CONNECTION_STRING);
const listener = ConnectionString.parse(EVENTHUB_CONNECTION_STRING);
const host = owner.HostName.split(':')[0];
const id = `refusals-${process.pid}`;

function token({ resource = host, policy = owner.SharedAccessKeyName, key = owner.SharedAccessKey, lifetime = 3600 } = {}) {
  return SharedAccessSignature.create(resource, policy, key, Math.floor(Date.now() / 1000) + lifetime).toString();
}

async function call(method, path, body, { headers = {}, authorization = token(), version = '?api-version=2021-04-12' } = {}) {
  const response = await fetch(`https://${host}:${HUBSCOPE_HTTPS_PORT}${path}${version}`, {
    method,
    headers: { ...(authorization && { authorization }), ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

// refused checks the first shape of a refusal: header and body say the same code (2.3).
async function refused(status, code, ...request) {
  const r = await call(...request);
  assert.equal(r.status, status, JSON.stringify(r.body));
  assert.equal(r.headers.get('iothub-errorcode'), code);
  assert.match(r.headers.get('content-type'), /^application\/json/);
  assert(r.headers.get('x-ms-request-id'));
  assert(r.body.Message.startsWith(`ErrorCode:${code};`), r.body.Message);
  assert.match(r.body.ExceptionMessage, /^Tracking ID:[0-9a-f]{32}-G:\d+-TimeStamp:\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/);
  return r;
}

async function taken(...request) {
  const r = await call(...request);
  assert(r.status < 300, `${request.slice(0, 2)}: ${r.status} ${JSON.stringify(r.body)}`);
  return r;
}

const twin = `/twins/${id}`;
const device = `/devices/${id}`;
const nested = (levels) => (levels === 0 ? 1 : { l: nested(levels - 1) });

function dial() {
  return new Promise((resolve, reject) => {
    const c = rhea.create_container().connect({ host, port: Number(HUBSCOPE_AMQP_PORT), transport: 'tls', servername: host, reconnect: false, username: 'anonymous' });
    c.once('connection_open', () => resolve(c));
    c.once('disconnected', (context) => reject(context.error || new Error('disconnected')));
  });
}

// putToken gives the status of the answer of $cbs (6.2).
function putToken(connection, audience, text) {
  return new Promise((resolve, reject) => {
    const session = connection.create_session();
    session.begin();
    const answers = session.open_receiver({ source: '$cbs', target: { address: 'cbs' } });
    const requests = session.open_sender('$cbs');
    requests.once('sender_error', () => reject(requests.error));
    answers.once('message', ({ message }) => {
      assert.equal(message.correlation_id, 'ask');
      resolve(message.application_properties['status-code']);
      session.close();
    });
    requests.once('sendable', () => requests.send({
      message_id: 'ask', reply_to: 'cbs', body: text,
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
    }));
  });
}

function outcome(sender, message) {
  return new Promise((resolve) => {
    const settled = ({ delivery }) => {
      if (delivery !== sent) return;
      for (const name of ['accepted', 'rejected']) sender.removeListener(name, settled);
      resolve(delivery.remote_state.error ? delivery.remote_state.error.condition : 'accepted');
    };
    for (const name of ['accepted', 'rejected']) sender.on(name, settled);
    const sent = sender.send(message);
  });
}

const bytes = (text) => rhea.message.data_section(Buffer.from(text));
let connection, sender;

const steps = {
  async 'create and update by If-Match (2.2)'() {
    const { body: created, headers } = await taken('PUT', device, { deviceId: id });
    assert.equal(headers.get('etag'), `"${created.etag}"`);
    await refused(409, 'DeviceAlreadyExists', 'PUT', device, { deviceId: id });
    await refused(412, 'PreconditionFailed', 'PUT', device, { deviceId: id }, { headers: { 'if-match': '"x"' } });
    await refused(404, 'DeviceNotFound', 'PUT', `${device}-none`, { deviceId: `${id}-none` }, { headers: { 'if-match': '*' } });
    let { etag } = created;
    for (const form of [(e) => e, (e) => `"${e}"`, (e) => `W/"${e}"`, () => '"*"', () => '*']) {
      ({ body: { etag } } = await taken('PUT', device, { deviceId: id }, { headers: { 'if-match': form(etag) } }));
    }
    await refused(412, 'PreconditionFailed', 'DELETE', device, undefined, { headers: { 'if-match': '"x"' } });
  },
  async 'tokens and policies (1.2, 1.4)'() {
    for (const authorization of ['', 'Basic x', token({ key: 'AAAA' }), token({ lifetime: -3600 }), token({ policy: 'none' }), token({ resource: 'elsewhere.example' })]) {
      await refused(401, 'IotHubUnauthorized', 'GET', device, undefined, { authorization });
    }
    await taken('GET', device, undefined, { authorization: token({ resource: `${host}/devices/${id}` }) });
    await refused(401, 'IotHubUnauthorizedAccess', 'GET', `${device}x`, undefined, { authorization: token({ resource: `${host}/devices/${id}` }) });
    const authorization = token({ policy: listener.SharedAccessKeyName, key: listener.SharedAccessKey });
    await taken('GET', twin, undefined, { authorization });
    await taken('GET', '/statistics/service', undefined, { authorization });
    for (const [method, path, body] of [['GET', device], ['PUT', device, { deviceId: id }], ['DELETE', device], ['POST', '/devices', []], ['GET', '/configurations'], ['POST', `${device}/messages/events`, {}]]) {
      await refused(401, 'IotHubUnauthorizedAccess', method, path, body, { authorization });
    }
  },
  async 'versions, paths and bodies (2.0, 2.1)'() {
    for (const version of ['', '?api-version=', '?api-version=latest', '?api-version=2015-01-01']) {
      await refused(400, 'InvalidProtocolVersion', 'GET', device, undefined, { version });
    }
    for (const version of ['?api-version=2016-02-03', '?api-version=2018-06-30', '?api-version=2024-03-31-preview']) {
      await taken('GET', device, undefined, { version });
    }
    await taken('GET', `/DEVICES/${id}`);
    await refused(404, 'DeviceNotFound', 'GET', device.toUpperCase());
    for (const body of ['', '{', '[]', '"x"']) await refused(400, 'DeserializationError', 'PUT', device, body);
    await refused(400, 'ArgumentInvalid', 'PUT', device, { deviceId: 'another' });
  },
  async 'what an identity may not be (1.5, 2.4)'() {
    const other = `${id}-other`;
    const key = Buffer.alloc(32).toString('base64');
    for (const wrong of [
      { status: 'broken' }, { statusReason: 'x'.repeat(129) },
      { authentication: { symmetricKey: { primaryKey: key } } },
      { authentication: { symmetricKey: { primaryKey: 'c2hvcnQ=', secondaryKey: 'c2hvcnQ=' } } },
      { authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: 'xyz' } } },
      { authentication: { type: 'telepathy' } },
    ]) await refused(400, 'ArgumentInvalid', 'PUT', `/devices/${other}`, { deviceId: other, ...wrong });
    for (const name of ['a b', 'ä', 'a/b', 'a~b', 'x'.repeat(129)]) {
      await refused(400, 'ArgumentInvalid', 'PUT', `/devices/${encodeURIComponent(name)}`, { deviceId: name });
    }
    const odd = `${id}-.%_*?!(),:=@$';+#`;
    for (const [method, path] of [['PUT', '/devices/'], ['GET', '/twins/'], ['DELETE', '/devices/']]) {
      await taken(method, path + encodeURIComponent(odd), method === 'PUT' ? { deviceId: odd } : undefined);
    }
  },
  async 'bulk: sizes and modes (2.4)'() {
    await refused(400, 'ArgumentInvalid', 'POST', '/devices', []);
    const many = (n, importMode) => Array.from({ length: n }, (_, i) => ({ id: `${id}-b${i}`, importMode }));
    await refused(413, 'TooManyDevices', 'POST', '/devices', many(101, 'create'));
    assert.deepEqual((await taken('POST', '/devices', many(100, 'create'))).body, { isSuccessful: true, errors: [], warnings: [] });
    const one = `${id}-b0`;
    const none = `${id}-none`;
    for (const [item, errorCode] of [
      [{ id: one, importMode: 'Create' }, 'DeviceAlreadyExists'],
      [{ id: none, importMode: 'update' }, 'DeviceNotFound'],
      [{ id: none, importMode: 'delete' }, 'DeviceNotFound'],
      [{ id: one, importMode: 'UpdateIfMatchETag', eTag: 'x' }, 'PreconditionFailed'],
      [{ id: one, importMode: 'deleteIfMatchETag', eTag: 'x' }, 'PreconditionFailed'],
      [{ id: one, importMode: 'updateTwinIfMatchETag', twinETag: 'AAAAAAAAAAA=', tags: {} }, 'PreconditionFailed'],
      [{ id: one, importMode: 'fold' }, 'ArgumentInvalid'],
    ]) {
      const r = await call('POST', '/devices', [item]);
      assert.equal(r.status, 400);
      assert.equal(r.headers.get('iothub-errorcode'), 'BulkRegistryOperationFailure');
      assert.deepEqual([r.body.isSuccessful, r.body.errors.map((e) => [e.deviceId, e.errorCode])], [false, [[item.id, errorCode]]]);
    }
    const { etag } = (await taken('GET', `/devices/${one}`)).body;
    await taken('POST', '/devices', [{ id: one, importMode: 'updateIfMatchETag', eTag: etag, status: 'disabled' }]);
    await taken('POST', '/devices', [{ id: one, importMode: 'updateTwin', tags: { a: 1 }, properties: { desired: { b: 2 } } }]);
    const { body: after } = await taken('GET', `/twins/${one}`);
    assert.deepEqual([after.status, after.tags, after.properties.desired.b, after.version], ['disabled', { a: 1 }, 2, 3]);
    await taken('POST', '/devices', many(100, 'Delete'));
  },
  async 'twins: names, depth, numbers and sizes (2.5)'() {
    for (const name of ['a.b', '$a', 'a b', 'a\u0001', 'a\u0085', '', 'k'.repeat(1025)]) {
      await refused(400, 'ArgumentInvalid', 'PATCH', twin, { properties: { desired: { [name]: 1 } } });
    }
    await taken('PATCH', twin, { tags: nested(11) });
    await refused(400, 'ArgumentInvalid', 'PATCH', twin, { tags: nested(12) });
    await taken('PATCH', twin, '{"tags":{"a":4503599627370495,"b":-4503599627370496}}');
    for (const wrong of ['{"a":4503599627370496}', '{"a":-4503599627370497}', '{"a":[null]}', '5', '[1]']) {
      await refused(400, 'ArgumentInvalid', 'PATCH', twin, `{"tags":${wrong}}`);
    }
    await refused(400, 'ArgumentInvalid', 'PATCH', twin, { tags: { a: 'x'.repeat(4097) } });
    const full = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [String.fromCharCode(97 + i), 'x'.repeat(4095)]));
    await taken('PUT', twin, { tags: full(2), properties: { desired: full(8) } });
    await refused(413, 'MessageTooLarge', 'PATCH', twin, { tags: { z: true } });
    await refused(413, 'MessageTooLarge', 'PATCH', twin, { properties: { desired: { z: true } } });
    await refused(400, 'ArgumentInvalid', 'PATCH', twin, { properties: { reported: { a: 1 } } });
    await refused(412, 'PreconditionFailed', 'PATCH', twin, { tags: {} }, { headers: { 'if-match': '"AAAAAAAAAAA="' } });
    await refused(404, 'ModuleNotFound', 'GET', `${twin}/modules/none`);
  },
  async 'methods: names, times and sizes (2.7)'() {
    for (const wrong of [{}, { methodName: 'm', responseTimeoutInSeconds: 4 }, { methodName: 'm', responseTimeoutInSeconds: 301 }, { methodName: 'm', connectTimeoutInSeconds: -1 }, { methodName: 'm', connectTimeoutInSeconds: 301 }]) {
      await refused(400, 'ArgumentInvalid', 'POST', `${twin}/methods`, wrong);
    }
    await refused(413, 'MessageTooLarge', 'POST', `${twin}/methods`, { methodName: 'm', payload: 'x'.repeat(128 << 10) });
    const offline = await call('POST', `${twin}/methods`, { methodName: 'm' });
    assert.deepEqual([offline.status, offline.headers.get('iothub-errorcode'), JSON.parse(offline.body.Message).errorCode], [404, 'DeviceNotOnline', 404103]);
  },
  async 'queries (2.6, 3.4)'() {
    for (const query of ['', 'SELECT', 'SELECT * FROM nowhere', 'SELECT * FROM devices WHERE', 'SELECT * FROM devices ORDER BY deviceId', `SELECT * FROM devices${' '.repeat(8192)}`]) {
      await refused(400, 'ArgumentInvalid', 'POST', '/devices/query', { query });
    }
    await refused(400, 'ArgumentInvalid', 'POST', '/devices/query', { query: 'SELECT * FROM devices' }, { headers: { 'x-ms-continuation': 'x' } });
  },
  async '$cbs: audiences, and tokens that are refused (6.2)'() {
    connection = await dial();
    for (const audience of [host, `${host}%2Fdevices`, `sb://${host}/`, `amqps://${host}:5671/messages/devicebound`]) {
      assert.equal(await putToken(connection, audience, token()), 200, audience);
    }
    for (const text of [token({ key: 'AAAA' }), token({ lifetime: -3600 }), token({ resource: 'elsewhere.example' }), 'x']) {
      assert.equal(await putToken(connection, host, text), 401);
    }
  },
  async 'cloud-to-device messages: ids of every type (6.3)'() {
    sender = connection.open_sender('/messages/devicebound');
    sender.setMaxListeners(0);
    await new Promise((resolve) => sender.once('sendable', resolve));
    const to = `${device}/messages/devicebound`;
    const uuid = Buffer.from('6c5a1c3e1f2b4d3c9a8b0123456789ab', 'hex');
    for (const message_id of ['text', rhea.types.wrap_ulong(77), rhea.types.wrap_uuid(uuid), rhea.types.wrap_binary(Buffer.from([1, 2, 255]))]) {
      assert.equal(await outcome(sender, { to, message_id, body: bytes('x') }), 'accepted');
    }
    assert.equal((await taken('GET', device)).body.cloudToDeviceMessageCount, 4);
    const inbox = connection.open_receiver({ source: `${device}/messages/devicebound` });
    const ids = [];
    await new Promise((resolve) => inbox.on('message', ({ message }) => { if (ids.push(message.message_id) === 4) resolve(); }));
    inbox.close();
    assert.deepEqual(ids, ['text', '77', '6c5a1c3e-1f2b-4d3c-9a8b-0123456789ab', Buffer.from([1, 2, 255]).toString('base64')]);
  },
  async 'cloud-to-device messages: what is refused, and the 51st (6.3, 9)'() {
    const to = `${device}/messages/devicebound`;
    for (const [message, condition] of [
      [{ to: '/devices/none/messages/devicebound' }, 'amqp:not-found'],
      [{ to: `${device}/modules/none/messages/devicebound` }, 'amqp:not-found'],
      [{}, 'com.microsoft:argument-error'],
      [{ to, application_properties: { 'iothub-ack': 'sometimes' } }, 'com.microsoft:argument-error'],
      [{ to, absolute_expiry_time: Date.now() - 1000 }, 'amqp:not-allowed'],
      [{ to, body: bytes('x'.repeat(65 << 10)) }, 'amqp:link:message-size-exceeded'],
    ]) assert.equal(await outcome(sender, { body: bytes('x'), ...message }), condition);
    await taken('DELETE', `${device}/commands`);
    for (let n = 0; n < 50; n++) assert.equal(await outcome(sender, { to, body: bytes(String(n)) }), 'accepted');
    assert.equal(await outcome(sender, { to, body: bytes('51') }), 'amqp:resource-limit-exceeded');
    assert.deepEqual((await taken('DELETE', `${device}/commands`)).body, { deviceId: id, moduleId: null, totalMessagesPurged: 50 });
  },
  async 'delete (2.2)'() {
    connection.close();
    await taken('DELETE', device, undefined, { headers: { 'if-match': '*' } });
    await refused(404, 'DeviceNotFound', 'DELETE', device);
  },
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack || JSON.stringify(error)}`);
      process.exit(1);
    }
  }
  process.exit(0);
})();
