package c2d

import (
	"context"
	"fmt"
	"strings"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/hub/events"
)

var big = strings.Repeat("0123456789", 7_000)

const sendOp = `send a message to "wind-1"`

// refused is what a hub says in AMQP, as hub/c2d gives it.
func refused(code int, name, words string) *hub.Error {
	return &hub.Error{
		Op: sendOp, Status: code / 1000, Code: code, Name: name, Message: words,
		TrackingID: fmt.Sprintf("5e0f2b9d3f6a4d7c8b1a0c9d8e7f6a5b-G:%d-TimeStamp:11/22/2026 14:03:21", code/1000),
	}
}

// of is the same about another call.
func of(op string, e *hub.Error) *hub.Error { e.Op = op; return e }

// fails is a frame of a message that is not sent.
func fails(name string, err error, see ...string) frame {
	return frame{name, func(p *play) {
		p.hub.set(func(q *queueing) { q.refuse = err })
		p.sends("open the valve").See(see...).See("0 of 50 wait", "open the valve").reported("the message to wind-1 was not sent")
	}}
}

// failures are those of a hub, each where the message, the queue, the purge or the feedback stand.
var failures = []frame{
	fails("404", refused(404001, "DeviceNotFound", "Device 'wind-1' is not registered"), "✗ no device", "there is no such device"),
	fails("403-queue-full", refused(403004, "DeviceMaximumQueueDepthExceeded", "Device Queue depth cannot exceed 50 messages"), "✗ queue full", "D purges the queue"),
	fails("403-quota", refused(403002, "IotHubQuotaExceeded", "Total number of messages on IoT hub exceeded the allocated quota"), "✗ quota", "the message quota of the"),
	fails("403-denied", refused(403000, "", "The IP address is not allowed"), "✗ refused", "the hub does not allow that"),
	fails("429", refused(429001, "ThrottlingException", "Number of requests exceeds the limit of the hub"), "✗ throttled", "the hub is throttled"),
	fails("401", refused(401003, "IotHubUnauthorized", "The token is not good"), "✗ refused", "the hub refused the policy"),
	fails("401-rights", refused(401002, "IotHubUnauthorizedAccess", "The policy may not do this"), "✗ refused", "the policy lacks ServiceConnect"),
	fails("time-out", &c2d.Error{Op: sendOp, Unknown: true, Err: context.DeadlineExceeded}, "? unknown", "the hub did not answer in"),
	fails("dropped", &c2d.Error{Op: sendOp, Unknown: true, Err: lost}, "? unknown", "the hub may have it"),
	fails("no-connection", &c2d.Error{Op: sendOp, Err: lost}, "✗ not sent", "r sends it again"),
	{"cancelled", func(p *play) {
		p.hub.set(func(q *queueing) { q.hold = true })
		p.sends("open the valve").See("on its way to the hub").Press("esc").See("✗ cancelled", "r sends it again").reported("was not sent")
	}},
	depthFails("depth-404", of(readOp, refused(404001, "DeviceNotFound", "")), "✗ not counted: there is no", "12 s ago"),
	depthFails("depth-429", of(readOp, refused(429001, "ThrottlingException", "")), "✗ not counted: the hub is", "12 s ago"),
	depthFails("depth-time-out", context.DeadlineExceeded, "✗ not counted:", "3 of 50, 12 s ago"),
	purgeFails("purge-404", of(purgeOp, refused(404001, "DeviceNotFound", "")), "not purged: there is"),
	purgeFails("purge-429", of(purgeOp, refused(429001, "ThrottlingException", "")), "not purged: the hub"),
	purgeFails("purge-403", of(purgeOp, refused(403000, "", "The IP address is not allowed")), "not purged: the hub"),
	{"feedback-401", func(p *play) {
		p.mouth.err = &events.Error{Kind: events.ErrUnauthorized, Subject: "hub.azure-devices.net"}
		p.sends("open").See("… queued", "✗ ", "1 of 50 wait").reported("feedback is not read")
	}},
	{"feedback-lost", func(p *play) {
		p.sends("open").See("… queued", "● is read", "1 of 50 wait").reported("is in its queue")
		p.mouth.sink.State(events.PartitionState{Phase: events.Retrying, Err: lost})
		p.See("↻ ")
	}},
}

const (
	readOp  = `read device "wind-1"`
	purgeOp = `purge the messages of "wind-1"`
)

var lost = &events.Error{Kind: events.ErrConnectionLost, Subject: "hub.azure-devices.net", Detail: "read: connection reset by peer"}

// depthFails is a frame of a queue that cannot be counted any more: what was known stays, with its age.
func depthFails(name string, err error, see ...string) frame {
	return frame{name, func(p *play) {
		d := connected("wind-3")
		d.C2DCount = 2
		p.hub.set(func(q *queueing) { q.n = 3 })
		p.show(d).See("3 of 50 wait") // it was read
		p.hub.set(func(q *queueing) { q.unread = err })
		p.clock.move(12e9)
		p.Send(pollMsg{}).See(see...)
	}}
}

// purgeFails is a frame of a queue that is not purged.
func purgeFails(name string, err error, see ...string) frame {
	return frame{name, func(p *play) {
		p.sends("open").See("1 of 50 wait", "… queued", "● is read").reported("is in its queue")
		p.hub.set(func(q *queueing) { q.unpurge = err })
		p.Press("D").See("Purge 1 message").Press("y").See(see...).reported("was not purged")
	}}
}
