package device

import (
	"errors"
	"time"

	"hubscope/hub/secret"
)

// outage is a loss of the network on purpose. Client.mu guards it.
type outage struct {
	until time.Time
	cause error
}

// Interrupt cuts the connection without a word to the hub and lets none be made until a time, as if the network were
// lost; a time that has passed ends such an outage, and the client tries at once. For the rest the client does what it does about a lost network:
// messages wait, and it tries again with its back-off. The reason completes "no network: ...".
func (c *Client) Interrupt(until time.Time, reason string) {
	cause := network("no network: %s", reason)
	c.mu.Lock()
	c.outage = outage{until: until, cause: cause}
	l := c.link
	c.mu.Unlock()
	switch over := !time.Now().Before(until); {
	case over:
		c.tryNow()
	case l != nil:
		l.wire.cut(cause)
	}
}

// tryNow ends the wait before the next try.
func (c *Client) tryNow() {
	select {
	case c.hurry <- struct{}{}:
	default:
	}
}

// SetKey gives the client another key of its device, as after a rotation. It is for connections made from now on: one
// that stands is left alone, since the hub ends it itself when its key is gone; a client that waits to try again tries at once. A client that has no key to begin with cannot be given one.
func (c *Client) SetKey(key secret.Text) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.credential.key.IsZero() {
		return errors.New("the device does not use a key")
	}
	other := c.credential
	other.key = key
	if _, _, err := other.password(time.Now()); err != nil {
		return err
	}
	c.credential = other
	c.tryNow()
	return nil
}

// proof is what the next connection is made with; an error while the network is lost on purpose.
func (c *Client) proof(now time.Time) (credential, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.outage.until) {
		return credential{}, c.outage.cause
	}
	return c.credential, nil
}
