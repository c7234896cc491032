// Package topic builds and parses the MQTT topics of IoT Hub: what a device publishes and
// subscribes to, what the hub delivers, the property bag at the end of a topic, and the
// client identifier and user name of a CONNECT (the protocol reference, sections 4.1 and 4.2).
//
// It is used by both ends, the device client and the local hub, so that what one writes the
// other reads. All of it is pure text work: nothing here does I/O, keeps state or logs, and
// everything is safe for concurrent use.
//
// Parsing is strict where IoT Hub closes the connection (a topic that it does not know, a
// malformed property bag) and lenient where its own SDKs differ from each other (a trailing
// slash, a leading question mark, characters left bare).
package topic
