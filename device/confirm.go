package device

import (
	"fmt"
	"time"
)

// confirm ends a message whose PUBACK has come over the link.
func (c *Client) confirm(l *link, id uint16) {
	now := time.Now()
	c.mu.Lock()
	if c.link != l {
		c.mu.Unlock()
		return
	}
	p := c.out.confirm(id)
	ownerWaits := c.out.inFlight == 0 || c.out.hasUnwritten()
	c.mu.Unlock()
	if p != nil {
		p.receipt.roundTrip = now.Sub(p.written)
		c.finishReceipt(p, nil)
	}
	if ownerWaits {
		c.nudge()
	}
}

// finishReceipt is called once for each message, after it has left the outbox.
func (c *Client) finishReceipt(p *parcel, err error) {
	p.receipt.err = err
	close(p.receipt.done)
	if c.o.OnReceipt != nil {
		c.o.OnReceipt(p.receipt)
	}
}

// failAll ends all messages and returns how many there were.
func (c *Client) failAll(err error) int {
	c.mu.Lock()
	if c.expiry != nil {
		c.expiry.Stop()
	}
	all := c.out.empty()
	c.mu.Unlock()
	for _, p := range all {
		c.finishReceipt(p, err)
	}
	return len(all)
}

// armExpiry sets the timer for the oldest message. There is one timer a client, and it is moved only
// when it has run or when the outbox was empty: deadlines are in the order of Send. Needs mu.
func (c *Client) armExpiry() {
	p := c.out.first()
	if p == nil || p.deadline.IsZero() {
		return
	}
	wait := time.Until(p.deadline)
	if c.expiry == nil {
		c.expiry = time.AfterFunc(wait, c.expire)
		return
	}
	c.expiry.Reset(wait)
}

// expire fails the messages whose time is over.
func (c *Client) expire() {
	c.mu.Lock()
	l := c.link
	late := c.out.expire(time.Now())
	c.armExpiry()
	c.mu.Unlock()
	for _, p := range late {
		c.finishReceipt(p, &failure{ErrMessageTimeout, fmt.Errorf("not confirmed within %v", c.o.MessageTimeout)})
	}
	if len(late) == 0 {
		return
	}
	c.nudge()
	if l != nil && l.isSilentSince(late[0]) {
		l.wire.cut(fmt.Errorf("the hub was silent for %v", c.o.MessageTimeout))
	}
}

// isSilentSince tells whether nothing at all came from the hub after it was sent the message. Such a
// connection is dead, though TCP may take a quarter of an hour to say so.
func (l *link) isSilentSince(p *parcel) bool {
	return p.onWire && l.wire.heard.Load() == p.heard
}
