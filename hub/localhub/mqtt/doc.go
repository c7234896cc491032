// Package mqtt is the device endpoint of the local hub that speaks MQTT 3.1.1, as IoT Hub speaks it
// (protocol 4): no broker, but a fixed set of topics, QoS 0 and 1, one connection an identity, and an
// end of the connection where MQTT 3.1.1 has no way to say no.
//
// Here is the wire: packets, CONNECT rules, keep-alive, acknowledgements, subscriptions, the will. What
// a hub is (identities, rights, sessions, the event log) is package core. What a device can do besides
// sending telemetry is a feature (feature.go), one file each.
//
// A Server takes connections that already speak TLS, from a listener (Serve) or one by one (ServeConn,
// for MQTT over WebSocket):
//
//	s := mqtt.New(hub, mqtt.Options{Logger: log})
//	go s.Serve(listener)
//	defer s.Close(ctx)
//
// Numbers in brackets such as [MQTT-3.1.0-1] are statements of the OASIS standard MQTT 3.1.1.
package mqtt
