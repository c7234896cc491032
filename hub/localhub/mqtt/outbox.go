package mqtt

import (
	"fmt"
	"io"
	"sync"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

const (
	// maxInFlight bounds the telemetry of one connection that is being stored, in messages and bytes.
	// Above it the connection is not read, so that TCP holds back a device that is faster than the disk.
	maxInFlight      = 4096
	maxInFlightBytes = 4 << 20

	// maxUnsent bounds what waits for a device that does not read. Above it the connection is not read
	// either.
	maxUnsent = 1 << 20

	// keepCapacity is the buffer that a connection keeps after a burst.
	keepCapacity = 4 << 10
)

// outbox is what a connection has still to write, already encoded, and how much of what it read is
// still being stored. Acknowledgements come from the store's goroutine and must never wait, so they
// are only noted here; one goroutine a connection (run) writes all that has come together at once.
type outbox struct {
	w    io.Writer
	wake chan struct{} // holds one token: there is something to write, or the end

	mu       sync.Mutex
	room     sync.Cond // of mu: in-flight or unsent went down, or the end
	unsent   []byte
	inFlight int
	bytes    int // in flight
	ended    bool
}

func newOutbox(w io.Writer) *outbox {
	o := &outbox{w: w, wake: make(chan struct{}, 1)}
	o.room.L = &o.mu
	return o
}

// run writes until the end (close) or an error of the connection, which it returns. What was queued
// before the end is written.
func (o *outbox) run() error {
	var spare []byte
	for {
		<-o.wake
		batch, ended := o.take(spare)
		if len(batch) > 0 {
			if _, err := o.w.Write(batch); err != nil {
				o.close()
				return fmt.Errorf("write: %w", err)
			}
		}
		if ended {
			return nil
		}
		spare = batch[:0]
		if cap(spare) > keepCapacity {
			spare = nil
		}
	}
}

// take swaps the queue with an empty one.
func (o *outbox) take(spare []byte) (batch []byte, ended bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch, o.unsent = o.unsent, spare
	o.room.Broadcast()
	return batch, o.ended
}

// begin waits until one more message of size bytes may be in flight. It tells whether the connection is
// still alive.
func (o *outbox) begin(size int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.ended && (o.inFlight >= maxInFlight || o.bytes >= maxInFlightBytes || len(o.unsent) >= maxUnsent) {
		o.room.Wait()
	}
	if o.ended {
		return false
	}
	o.inFlight++
	o.bytes += size
	return true
}

// beginLast is begin for a message that is sent when the connection has ended: it does not wait.
func (o *outbox) beginLast(size int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inFlight++
	o.bytes += size
}

// finish ends what begin began. With a packet identifier other than 0 it queues the PUBACK. It never waits.
func (o *outbox) finish(size int, ack uint16) {
	o.mu.Lock()
	full := o.inFlight >= maxInFlight || o.bytes >= maxInFlightBytes
	o.inFlight--
	o.bytes -= size
	if ack != 0 && !o.ended {
		o.unsent = append(o.unsent, packets.Puback<<4, 2, byte(ack>>8), byte(ack))
	}
	if full || o.inFlight == 0 {
		o.room.Broadcast()
	}
	o.mu.Unlock()
	if ack != 0 {
		o.signal()
	}
}

// drained waits until nothing is in flight. The store answers everything, so the wait is bounded by it.
func (o *outbox) drained() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.inFlight > 0 {
		o.room.Wait()
	}
}

// send queues a packet, after waiting for room.
func (o *outbox) send(p packets.ControlPacket) error {
	o.mu.Lock()
	for !o.ended && len(o.unsent) >= maxUnsent {
		o.room.Wait()
	}
	if o.ended {
		o.mu.Unlock()
		return errEnded
	}
	err := p.Write((*appender)(&o.unsent))
	o.mu.Unlock()
	o.signal()
	return err
}

// offer queues a packet if there is room now, and tells whether there was. It never waits.
func (o *outbox) offer(p packets.ControlPacket) bool {
	o.mu.Lock()
	if o.ended || len(o.unsent) >= maxUnsent {
		o.mu.Unlock()
		return false
	}
	err := p.Write((*appender)(&o.unsent))
	o.mu.Unlock()
	o.signal()
	return err == nil
}

// close ends the queue: what is in it is still written, what comes later is dropped.
func (o *outbox) close() {
	o.mu.Lock()
	o.ended = true
	o.room.Broadcast()
	o.mu.Unlock()
	o.signal()
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// appender is an io.Writer on a byte slice.
type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}
