package mqtt

import (
	"context"
	"sync"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// downlink brings the cloud-to-device messages of one connection from the hub's queue to the device. Its
// goroutine lives only while there are any, so that it costs an idle connection nothing.
type downlink struct {
	c *conn

	mu      sync.Mutex
	filter  topic.Filter // guarded by mu
	qos     byte         // guarded by mu
	muted   bool         // nothing is subscribed to; guarded by mu
	running bool         // the goroutine lives; guarded by mu
	again   bool         // there may be a message; guarded by mu
}

func newDownlink(c *conn) *downlink { return &downlink{c: c} }

func (d *downlink) listen(f topic.Filter, qos byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filter, d.qos, d.muted = f, qos, false
}

// mute stops deliveries until the next listen. At the end of the connection there is none.
func (d *downlink) mute() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.muted = true
}

// giveBack releases what the device has not acknowledged: the connection and the goroutine have ended, and
// the next connection need not wait for the locks to run out.
func (d *downlink) giveBack() {
	for _, token := range d.c.stored.heldBy(d) {
		d.settle(token, core.Release)
	}
}

// wake says that there may be a message. It does not wait.
func (d *downlink) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.again = true
	if d.running || d.muted {
		return
	}
	d.running = true
	d.c.work.Go(d.run)
}

func (d *downlink) run() {
	for d.goesOn() {
		for d.deliverNext() {
		}
	}
}

// goesOn ends the goroutine when there is nothing to do.
func (d *downlink) goesOn() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running = d.again && !d.muted
	d.again = false
	return d.running
}

// deliverNext sends one message and tells whether there may be more.
func (d *downlink) deliverNext() bool {
	d.mu.Lock()
	if d.muted {
		d.mu.Unlock()
		return false
	}
	filter, qos := d.filter, d.qos
	d.mu.Unlock()

	delivery, ok, err := d.c.server.hub.LockC2D(d.c.id)
	if err != nil {
		d.c.log.Warn("MQTT: no cloud-to-device messages", "client", d.c.clientID, "error", err)
		return false
	}
	return ok && d.deliver(delivery, filter, qos)
}

func (d *downlink) deliver(delivery core.Delivery, filter topic.Filter, qos byte) bool {
	u := unacked{delivery: delivery}
	if qos > 0 {
		u = d.c.stored.sent(delivery, d)
	}
	if len(boundTopic(d.c.id, filter, &u.delivery.Message)) > maxTopic {
		d.c.log.Warn("MQTT: a cloud-to-device message whose properties no topic can hold is rejected", "client", d.c.clientID, "message", delivery.Message.MessageID)
		d.forget(u, core.Reject)
		return true
	}
	if err := d.send(u, filter, qos); err != nil {
		d.forget(u, core.Release)
		return false
	}
	if qos == 0 {
		d.settle(delivery.LockToken, core.Complete)
	}
	return true
}

func (d *downlink) send(u unacked, filter topic.Filter, qos byte) error {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName = boundTopic(d.c.id, filter, &u.delivery.Message)
	p.Payload, p.Qos, p.Dup, p.MessageID = u.delivery.Message.Body, qos, u.again, u.packetID
	return d.c.out.send(p)
}

// forget settles a message that the device has not seen.
func (d *downlink) forget(u unacked, outcome core.Outcome) {
	d.c.stored.acknowledged(u.packetID)
	d.settle(u.delivery.LockToken, outcome)
}

// acknowledged completes the message of a packet, and tells whether it was one.
func (d *downlink) acknowledged(packetID uint16) bool {
	delivery, ok := d.c.stored.acknowledged(packetID)
	if ok {
		d.c.work.Go(func() { d.settle(delivery.LockToken, core.Complete) })
	}
	return ok
}

// settle tells the hub, also while the server closes. A lock that has run out meanwhile is no fault: the
// message comes again.
func (d *downlink) settle(lockToken string, outcome core.Outcome) {
	ctx := context.WithoutCancel(d.c.context())
	if err := d.c.server.hub.SettleC2D(ctx, d.c.id, lockToken, outcome); err != nil {
		d.c.log.Info("MQTT: cloud-to-device message not settled", "client", d.c.clientID, "reason", err)
	}
}
