// Package d2c turns a device-to-cloud message into the event that the built-in
// endpoint delivers: encoded AMQP 1.0 sections with the annotations of IoT Hub
// (protocol 7.8).
//
// All but what only the event log knows, sequence number, offset and enqueued
// time, is encoded by the sender's goroutine; the log stamps these three in front
// without copying anything:
//
//	enc := d2c.NewEncoder(d2c.Origin{DeviceID: "wind-1"})
//	draft := enc.Encode(&m, time.Now())
//	payload := draft.Stamp(sequence, offset, enqueued)
package d2c
