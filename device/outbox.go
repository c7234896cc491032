package device

import (
	"bytes"
	"fmt"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// firstID is where the packet identifiers of messages begin. Those below are for subscriptions.
const firstID = 0x0100

// parcel is a message on its way.
type parcel struct {
	receipt  *Receipt
	topic    string
	payload  []byte
	id       uint16
	deadline time.Time // zero: never
	written  time.Time // the last time; zero: not yet
	heard    uint64    // wire.heard when it was written
	onWire   bool      // written to the current connection
	over     bool      // confirmed or failed
}

func (p *parcel) size() int { return len(p.topic) + len(p.payload) }

// outbox keeps the messages that are not confirmed yet, in the order of Send. Those before next were
// written to the current connection; after a lost connection all of them are written again, in order
// and with the identifiers that they had [MQTT-4.4.0-1], [MQTT-4.6.0-1]. It is guarded by Client.mu.
type outbox struct {
	parcels []*parcel // parcels[head:] with some that are over in between
	head    int
	next    int
	ids     map[uint16]*parcel // nil: an identifier whose confirmation may still come
	lastID  uint16

	waiting  int // not over
	inFlight int // of those: written to the current connection
	bytes    int
	// window bounds inFlight after the hub has closed a connection on which messages waited: it may have had too many.
	// It grows with each confirmation; 0: no bound.
	window int
}

// Of the window: it is 1 at first, and no bound any more when it is this.
const wideWindow = 64

func (o *outbox) add(p *parcel, maxParcels, maxBytes int) error {
	if o.waiting >= maxParcels {
		return fmt.Errorf("%w: %d", ErrQueueFull, o.waiting)
	}
	if o.waiting > 0 && o.bytes+p.size() > maxBytes {
		return fmt.Errorf("%w: %d bytes", ErrQueueFull, o.bytes)
	}
	o.parcels = append(o.parcels, p)
	o.waiting++
	o.bytes += p.size()
	return nil
}

// hasUnwritten tells whether take would give anything.
func (o *outbox) hasUnwritten() bool { return o.waiting > o.inFlight && !o.isFull() }

// isFull tells whether the window lets no more out.
func (o *outbox) isFull() bool { return o.window > 0 && o.inFlight >= o.window }

// narrow begins with a window of one.
func (o *outbox) narrow() {
	if o.waiting > 0 {
		o.window = 1
	}
}

// take encodes unwritten messages into buf until it holds limit bytes, and marks them as written now,
// when the hub had been heard that often.
func (o *outbox) take(buf *bytes.Buffer, limit int, now time.Time, heard uint64) error {
	for ; o.next < len(o.parcels) && buf.Len() < limit; o.next++ {
		p := o.parcels[o.next]
		if p.over {
			continue
		}
		if o.isFull() {
			return nil
		}
		if p.id == 0 && !o.giveID(p) {
			return nil // all 65,000 identifiers are in use: the rest goes when some come back
		}
		if err := encode(buf, p); err != nil {
			return err
		}
		p.written, p.heard, p.onWire = now, heard, true
		p.receipt.sends.Add(1)
		o.inFlight++
	}
	return nil
}

func encode(buf *bytes.Buffer, p *parcel) error {
	packet := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	packet.Qos = 1
	packet.Dup = p.receipt.sends.Load() > 0
	packet.TopicName = p.topic
	packet.MessageID = p.id
	packet.Payload = p.payload
	return packet.Write(buf)
}

func (o *outbox) giveID(p *parcel) bool {
	if o.ids == nil {
		o.ids = make(map[uint16]*parcel)
	}
	if len(o.ids) > 0xFFFF-firstID {
		return false
	}
	for {
		o.lastID++
		if o.lastID < firstID {
			o.lastID = firstID
		}
		if _, used := o.ids[o.lastID]; !used {
			break
		}
	}
	p.id = o.lastID
	o.ids[p.id] = p
	return true
}

// confirm ends the message with this identifier; nil when there is none that waits.
func (o *outbox) confirm(id uint16) *parcel {
	p := o.ids[id]
	delete(o.ids, id)
	if p == nil {
		return nil
	}
	if o.window > 0 {
		o.window = (o.window + 1) % wideWindow
	}
	o.end(p)
	return p
}

// expire ends the messages whose deadline has come. Deadlines are in the order of Send.
func (o *outbox) expire(now time.Time) []*parcel {
	var late []*parcel
	for i := o.head; i < len(o.parcels); i++ {
		p := o.parcels[i]
		if p.over {
			continue
		}
		if p.deadline.IsZero() || p.deadline.After(now) {
			break
		}
		late = append(late, p)
	}
	for _, p := range late {
		o.abandon(p)
	}
	return late
}

// abandon ends a message that was not confirmed. Its identifier is not given to another one while
// this connection may still confirm it.
func (o *outbox) abandon(p *parcel) {
	if p.id != 0 {
		o.ids[p.id] = nil
	}
	o.end(p)
}

func (o *outbox) end(p *parcel) {
	p.over = true
	o.waiting--
	o.bytes -= p.size()
	if p.onWire {
		o.inFlight--
	}
	o.trim()
}

// trim lets go of messages at the front that are over.
func (o *outbox) trim() {
	for o.head < len(o.parcels) && o.parcels[o.head].over {
		o.parcels[o.head] = nil
		o.head++
	}
	o.next = max(o.next, o.head)
	if o.head == len(o.parcels) {
		o.parcels, o.head, o.next = o.parcels[:0], 0, 0
		return
	}
	if o.head > 64 && o.head > len(o.parcels)/2 {
		kept := copy(o.parcels, o.parcels[o.head:])
		clear(o.parcels[kept:])
		o.parcels = o.parcels[:kept]
		o.next -= o.head
		o.head = 0
	}
}

// rewind prepares for a new connection: everything is to be written, and no late confirmation can
// come any more.
func (o *outbox) rewind() {
	for _, p := range o.parcels[o.head:o.next] {
		p.onWire = false
	}
	o.next, o.inFlight = o.head, 0
	for id, p := range o.ids {
		if p == nil {
			delete(o.ids, id)
		}
	}
}

// first is the oldest message that waits, or nil.
func (o *outbox) first() *parcel {
	if o.head == len(o.parcels) {
		return nil
	}
	return o.parcels[o.head]
}

// empty ends all messages and returns them.
func (o *outbox) empty() []*parcel {
	var all []*parcel
	for _, p := range o.parcels[o.head:] {
		if !p.over {
			all = append(all, p)
		}
	}
	for _, p := range all {
		o.abandon(p)
	}
	return all
}
