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

// writeLoop writes what is queued, and a heartbeat when nothing is. It ends when
// the connection is closing and all is written, or cannot be. It also keeps the
// time of the claims and of idle links.
func (c *conn) writeLoop() {
	defer c.cancel()
	var beat, expiry, idle alarm
	defer beat.stop()
	defer expiry.stop()
	defer idle.stop()
	for c.flush() {
		c.failOverfull()
		t := c.nextTurn()
		if t.done {
			closeWrite(c.nc)
			return
		}
		beat.set(t.beat)
		expiry.set(t.expiry)
		idle.set(t.idle)
		select {
		case <-c.kick:
		case <-beat.c():
			c.sendRaw(frame.Heartbeat)
		case <-expiry.c():
			c.expireClaims()
		case <-idle.c():
			c.endIdleLinks()
		case <-c.ctx.Done():
			return
		}
	}
}

// turn is what writeLoop has to do next.
type turn struct {
	done               bool          // the connection is closing and all is written
	beat, expiry, idle time.Duration // 0 = never
}

func (c *conn) nextTurn() turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return turn{
		done:   c.closing && !c.writing && len(c.out) == 0,
		beat:   c.beat,
		expiry: c.claims.nextExpiry(c.srv.o.Now()),
		idle:   c.untilLookLocked(),
	}
}

// flush writes all that is queued, each time all there is in one write, unless
// another goroutine is doing so. A link with many events flushes itself, which
// spares a reader with little credit the switch to writeLoop for each batch.
// False means that the socket has failed.
func (c *conn) flush() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing {
		return true
	}
	c.writing = true
	ok := true
	for ok && len(c.out) > 0 {
		buf := c.takeLocked()
		c.mu.Unlock()
		ok = c.write(buf)
		c.mu.Lock()
		c.spare = reusable(buf)
	}
	c.writing = false
	if c.closing {
		c.wakeWriter()
	}
	return ok
}

// takeLocked takes what is queued, leaves the spare buffer in its place, and
// lets go on who waited for room.
func (c *conn) takeLocked() []byte {
	buf := c.out
	c.out, c.spare = c.spare[:0], nil
	signal(c.room)
	waiting := c.waiting
	c.waiting = nil
	for _, s := range waiting {
		s.queued = false
		s.flushLocked()
	}
	return buf
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
