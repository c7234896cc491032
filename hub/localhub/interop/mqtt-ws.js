// mqtt.js over WebSocket, on port 443.
'use strict';

require('./mqtt.js')(require('azure-iot-device-mqtt').MqttWs);
