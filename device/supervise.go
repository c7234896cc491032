package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// batchBytes is how much is written at once: a few TLS records.
	batchBytes = 32 << 10
	// writeTime bounds one write. A hub that takes nothing for so long is gone.
	writeTime = 30 * time.Second
	// drainTime bounds how long a renewal of the token waits for confirmations. Node gives its DISCONNECT
	// as long (protocol 10).
	drainTime = 30 * time.Second
)

// supervise owns the connection until Close: it connects, serves, and connects again. The link is the
// first connection, or nil.
func (c *Client) supervise(l *link) {
	defer c.end()
	phase := Connecting
	r := newRetry(c.o.Backoff)
	for {
		var err error
		if l == nil {
			c.setState(State{Phase: phase, Attempt: r.attempt(), Err: r.reason})
			if l, err = c.openInTurn(); err == nil {
				c.adopt(l)
			}
		}
		if l != nil {
			phase = Reconnecting
			err = c.serve(l)
			lasted := time.Since(l.since)
			r.served(lasted, err)
			err = r.judge(lasted, err)
			if errors.Is(err, ErrHubClosed) {
				c.narrow()
			}
			l = nil
		}
		if c.isOver(err) {
			c.setState(State{Phase: Disconnected})
			return
		}
		if err != nil {
			c.pause(phase, r.next(err))
		}
	}
}

// pause waits as long as the state says, or until there is a reason to try at once, or Close.
func (c *Client) pause(phase Phase, s State) {
	s.Phase = phase
	c.setState(s)
	timer := time.NewTimer(s.RetryIn)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.hurry:
	case <-c.closing:
	}
}

func (c *Client) isClosing() bool {
	select {
	case <-c.closing:
		return true
	default:
		return false
	}
}

// adopt makes the link the one that carries messages. Everything not confirmed goes out on it.
func (c *Client) adopt(l *link) {
	c.mu.Lock()
	c.out.rewind()
	c.link = l
	if time.Now().Before(c.outage.until) {
		l.wire.cut(c.outage.cause)
	}
	c.mu.Unlock()
	c.greet(l)
	go c.read(l)
	c.setState(State{Phase: Connected})
}

// serve writes messages to the link until it is lost, its token is to be renewed, or Close. It returns
// why the link was lost; nil when it was ended here. The link is down then.
func (c *Client) serve(l *link) error {
	defer c.abandonLink()
	var renew <-chan time.Time
	if l.renewIn > 0 {
		timer := time.NewTimer(l.renewIn)
		defer timer.Stop()
		renew = timer.C
	}
	p := newPulse(c.o.KeepAlive)
	defer p.timer.Stop()
	for {
		if c.writeAll(l) {
			p.written = time.Now()
		}
		select {
		case <-c.wake:
		case <-p.timer.C:
			l.keepAlive(p)
		case <-l.wire.dead:
			return l.settle()
		case <-renew:
			return c.renew(l)
		case <-c.closing:
			return c.finish(l)
		}
	}
}

// keepAlive pings when it is time, and cuts a link that is dead.
func (l *link) keepAlive(p *pulse) {
	due, err := p.beat(time.Now(), l.wire.heard.Load())
	if due {
		err = l.wire.write(ping, writeTime)
		p.written = time.Now()
	}
	if err != nil {
		l.wire.cut(l.wire.why(err))
	}
}

// narrow makes the next connection begin with one message at a time.
func (c *Client) narrow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.narrow()
}

func (c *Client) abandonLink() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link = nil
}

// renew ends a connection whose token is about to end, so that the next one brings a new token. It
// first lets the hub confirm what was sent: what is not confirmed would be sent, and stored, twice.
func (c *Client) renew(l *link) error {
	ctx, cancel := context.WithTimeout(c.life, c.drainLimit())
	defer cancel()
	if err := c.drain(ctx, l, func() int { return c.out.inFlight }); err != nil {
		return err
	}
	c.flush(l)
	l.disconnect()
	return nil
}

// drainLimit is what is left of the token's life, within reason.
func (c *Client) drainLimit() time.Duration {
	left := time.Duration((1 - renewAt) * float64(c.o.TokenLifetime))
	return min(max(left, time.Second), drainTime)
}

// finish sends what is left and ends the connection, as Close asks.
func (c *Client) finish(l *link) error {
	c.mu.Lock()
	grace := c.grace
	c.mu.Unlock()
	if err := c.drain(grace, l, func() int { return c.out.waiting + int(c.down.busy.Load()) }); err != nil {
		return err
	}
	c.flush(l)
	l.disconnect()
	return nil
}

// drain waits until left, read under mu, is 0 or ctx ends. It returns the reason of a lost link.
func (c *Client) drain(ctx context.Context, l *link, left func() int) error {
	for {
		c.mu.Lock()
		n := left()
		c.mu.Unlock()
		if n == 0 || ctx.Err() != nil {
			return nil
		}
		if c.isClosing() {
			c.writeAll(l)
		} else {
			c.flush(l)
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
		case <-l.wire.dead:
			return l.settle()
		}
	}
}

// batches are the buffers of writeAll, shared by all clients of the process.
var batches = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// writeAll writes every packet that was not written to this link yet, and tells whether there was one.
// After an error the link is cut and about to be reported as lost.
func (c *Client) writeAll(l *link) (wrote bool) {
	if !c.hasUnwritten(l) {
		return false
	}
	aside(func() { c.write(l) })
	return true
}

// flush writes answers and confirmations only.
func (c *Client) flush(l *link) {
	c.mu.Lock()
	var buf bytes.Buffer
	l.control.take(&buf)
	c.mu.Unlock()
	if buf.Len() == 0 {
		return
	}
	var err error
	aside(func() { err = l.wire.write(buf.Bytes(), writeTime) })
	if err != nil {
		l.wire.cut(fmt.Errorf("write: %w", l.wire.why(err)))
	}
}

func (c *Client) hasUnwritten(l *link) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.hasUnwritten() || l.control.waiting.Len() > 0
}

func (c *Client) write(l *link) {
	buf := batches.Get().(*bytes.Buffer)
	defer batches.Put(buf)
	for {
		buf.Reset()
		c.mu.Lock()
		l.control.take(buf)
		err := c.out.take(buf, batchBytes, time.Now(), l.wire.heard.Load())
		c.mu.Unlock()
		if err == nil && buf.Len() == 0 {
			return
		}
		if err == nil {
			err = l.wire.write(buf.Bytes(), writeTime)
		}
		if err != nil {
			l.wire.cut(fmt.Errorf("write: %w", l.wire.why(err)))
			return
		}
	}
}
