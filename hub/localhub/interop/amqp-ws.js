// The steps of amqp.js over WebSocket on port 443.
'use strict';

const { AmqpWs } = require('azure-iot-device-amqp');
const { AmqpWs: ServiceAmqpWs } = require('azure-iothub');
const { run } = require('./amqp.js');

run(AmqpWs, ServiceAmqpWs);
