package amqp

import (
	"net"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// keepBuffer is the largest write buffer that is kept for the next write.
const keepBuffer = 2 * outLimit

// minBeat keeps a peer from asking for a flood of heartbeats.
const minBeat = 100 * time.Millisecond

// send queues a frame.
func (c *conn) send(channel uint16, p frame.Performative) {
	c.mu.Lock()
	c.sendLocked(channel, p)
	c.mu.Unlock()
}

// sendLocked queues a frame and wakes the writer. After close was sent nothing
// more goes out.
func (c *conn) sendLocked(channel uint16, p frame.Performative) {
	if c.closing {
		return
	}
	c.out = frame.Append(c.out, frame.KindAMQP, channel, p, nil)
	c.wakeWriter()
}

// sendRaw queues bytes that are no AMQP frame: headers and SASL.
func (c *conn) sendRaw(b []byte) {
	c.mu.Lock()
	c.out = append(c.out, b...)
	c.mu.Unlock()
	c.wakeWriter()
}

func (c *conn) wakeWriter() { signal(c.kick) }

// signal sets a flag that a goroutine waits for.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// waitForRoom stops the reader while the peer does not read its answers.
func (c *conn) waitForRoom() error {
	for {
		c.mu.Lock()
		full := len(c.out) > 2*outLimit
		c.mu.Unlock()
		if !full {
			return nil
		}
		select {
		case <-c.room:
		case <-c.ctx.Done():
			return errClosed
		}
	}
}

// writeLoop writes what is queued, all of it in one write, and a heartbeat when
// nothing is. It ends when the connection is closing and all is written, or
// cannot be. It also keeps the time of the claims.
func (c *conn) writeLoop() {
	defer c.cancel()
	var beat, expiry alarm
	defer beat.stop()
	defer expiry.stop()
	var spare []byte
	for {
		t := c.takeOut(spare)
		if len(t.frames) > 0 {
			if !c.write(t.frames) {
				return
			}
			spare = reusable(t.frames)
			continue
		}
		if t.closing {
			closeWrite(c.nc)
			return
		}
		beat.set(t.beat)
		expiry.set(t.expiry)
		select {
		case <-c.kick:
		case <-beat.c():
			c.sendRaw(frame.Heartbeat)
		case <-expiry.c():
			c.expireClaims()
		case <-c.ctx.Done():
			return
		}
	}
}

// turn is what writeLoop has to do next.
type turn struct {
	frames       []byte
	closing      bool
	beat, expiry time.Duration // 0 = never
}

// takeOut takes what is queued and leaves spare in its place.
func (c *conn) takeOut(spare []byte) turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := turn{frames: c.out, closing: c.closing, beat: c.beat}
	if len(c.out) > 0 {
		c.out = spare[:0]
		signal(c.room)
	} else {
		t.expiry = c.claims.nextExpiry(c.srv.o.Now())
	}
	for _, s := range c.waiting {
		s.queued = false
		s.flushLocked()
	}
	c.waiting = c.waiting[:0]
	return t
}

// alarm is a timer that is made when it is first needed: most connections of a
// large hub never need one.
type alarm struct{ timer *time.Timer }

func (a *alarm) set(d time.Duration) {
	switch {
	case d <= 0:
		a.stop()
	case a.timer == nil:
		a.timer = time.NewTimer(d)
	default:
		a.timer.Reset(d)
	}
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

func (a *alarm) c() <-chan time.Time {
	if a.timer == nil {
		return nil
	}
	return a.timer.C
}

// closeWrite ends the stream of connections that can, so that the peer sees
// the end and not a reset.
func closeWrite(nc net.Conn) {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func (c *conn) write(buf []byte) bool {
	_ = c.nc.SetWriteDeadline(time.Now().Add(c.srv.o.WriteTimeout))
	if _, err := c.nc.Write(buf); err != nil {
		c.mu.Lock()
		c.closing = true
		c.mu.Unlock()
		_ = c.nc.Close() // ends the reader
		return false
	}
	return true
}

func reusable(buf []byte) []byte {
	if cap(buf) > keepBuffer {
		return nil
	}
	return buf[:0]
}
