package device

import (
	"time"

	"hubscope/device/topic"
)

// Send queues a message and returns at once; the receipt tells how it ends. Messages go out in the
// order of Send, with QoS 1, as soon as there is a connection. Errors: [ErrQueueFull],
// [ErrMessageTooLarge], [ErrBadMessage], [ErrClosed].
func (c *Client) Send(m Message) (*Receipt, error) {
	bag := m.bag()
	if err := m.check(bag); err != nil {
		return nil, err
	}
	name := topic.Telemetry(c.cs.DeviceID, c.cs.ModuleID, bag)
	if err := checkTopic(name); err != nil {
		return nil, err
	}
	p := &parcel{
		topic: name, payload: m.Content(),
		receipt: &Receipt{MessageID: m.MessageID, Tag: m.Tag, Accepted: time.Now(), done: make(chan struct{})},
	}
	if err := c.queue(p); err != nil {
		return nil, err
	}
	c.nudge()
	return p.receipt, nil
}

func (c *Client) queue(p *parcel) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if c.o.MessageTimeout > 0 {
		p.deadline = p.receipt.Accepted.Add(c.o.MessageTimeout)
	}
	if err := c.out.add(p, c.o.QueueSize, c.o.QueueBytes); err != nil {
		return err
	}
	if c.out.first() == p {
		c.armExpiry()
	}
	return nil
}

// Waiting is how many messages wait for their confirmation.
func (c *Client) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.waiting
}
