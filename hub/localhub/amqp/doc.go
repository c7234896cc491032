// Package amqp is the AMQP 1.0 endpoint of the local hub (protocol 6 to 8): one
// server for the IoT Hub name and for the Event Hubs-compatible one, over TLS,
// plain TCP or anything else that is a net.Conn.
//
// A connection is read by the goroutine that serves it and written by a second
// one; frames queue between them in one buffer, so that many transfers leave in
// one write. Addresses lead to nodes (router.go); a node decides on a link and
// from then on gets its messages (receiver) or gives it some (sender). To add a
// feature is to add a node.
//
// The links of a device or module on a connection share one session of the hub,
// its presence (presence.go). Links that send from a queue of the hub, with locks
// and outcomes, are alike (queue_sender.go).
//
// Frames are read and written by package frame, message sections by
// github.com/Azure/go-amqp.
package amqp
