package events

import (
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

// A cursor is how far a partition has been read: what must survive a reconnect.
type cursor struct {
	start    Position
	resolved bool // start has met a partition
	// known tells that last counts. Until then nothing has been received and start still says where to begin.
	known    bool
	last     int64     // every event up to this number was delivered, or was there before the start, or is missing
	lastTime time.Time // when that event was enqueued; zero when not known
	witness  time.Time // the same for an event that was received here; zero when it was not
	seen     int64     // the highest number that the hub is known to have given
}

// none is the number before the first. Event Hubs counts from 0. protocol 7.4
const none = -1

// meet brings the cursor together with the partition as it is now. It reports whether the partition has
// forgotten its numbers: another hub under the same name, whose events are all new.
func (c *cursor) meet(p azeventhubs.PartitionProperties) (restarted bool) {
	if !c.resolved {
		c.resolve(p)
	} else if p.LastEnqueuedSequenceNumber < c.seen {
		c.restart()
		restarted = true
	}
	c.seen = max(c.seen, p.LastEnqueuedSequenceNumber)
	return restarted
}

// restart goes to before the first event of a partition that has forgotten its numbers.
func (c *cursor) restart() {
	*c = cursor{start: c.start, resolved: true, known: true, last: none, seen: none}
}

// skip goes over the events that are no longer there and tells which they are.
func (c *cursor) skip(p azeventhubs.PartitionProperties) (missing Notice, any bool) {
	first := p.BeginningSequenceNumber
	if p.IsEmpty {
		first = p.LastEnqueuedSequenceNumber + 1
	}
	if !c.known || c.last+1 >= first {
		return Notice{}, false
	}
	missing = Notice{Kind: Gap, From: c.last + 1, To: first - 1}
	c.last, c.witness = first-1, time.Time{}
	return missing, true
}

// other tells whether an event that is asked for once more is another one than was received under its number.
func (c *cursor) other(sequence int64, enqueued time.Time) bool {
	return c.known && sequence == c.last && !c.witness.IsZero() && !enqueued.Equal(c.witness)
}

// resolve fixes "from now" to the last event that is there now. Were it left to the hub, a connection lost
// before the first event came would lose what is sent until the next one.
func (c *cursor) resolve(p azeventhubs.PartitionProperties) {
	c.resolved, c.seen = true, none
	switch c.start.kind {
	case latest:
		c.known, c.last, c.lastTime = true, p.LastEnqueuedSequenceNumber, p.LastEnqueuedOn
	case afterSequence:
		c.known, c.last = true, c.start.sequence
	}
}

// from is where to attach. With echo the event at the cursor is asked for once more: it proves at once that
// the receiver works, where an azeventhubs receiver otherwise stays silent until the next event is sent.
func (c *cursor) from(p azeventhubs.PartitionProperties) (from azeventhubs.StartPosition, echo bool) {
	if !c.known {
		return c.start.azure(), false
	}
	first, last := p.BeginningSequenceNumber, p.LastEnqueuedSequenceNumber
	if p.IsEmpty {
		first = last + 1
	}
	switch at := min(c.last, last); {
	case at < 0:
		return Earliest().azure(), false
	case at < first:
		return azeventhubs.StartPosition{SequenceNumber: &at}, false
	default:
		return azeventhubs.StartPosition{SequenceNumber: &at, Inclusive: true}, true
	}
}

// take moves the cursor over an event and reports whether it is new.
func (c *cursor) take(sequence int64) bool {
	if c.known && sequence <= c.last {
		return false
	}
	c.known, c.last, c.witness = true, sequence, time.Time{}
	c.seen = max(c.seen, sequence)
	return true
}

// behind is the number of events that are still to come, of those the partition had.
func (c *cursor) behind(p azeventhubs.PartitionProperties) int64 {
	if p.IsEmpty {
		return 0
	}
	if c.known {
		return max(0, p.LastEnqueuedSequenceNumber-max(c.last, p.BeginningSequenceNumber-1))
	}
	if c.start.kind == atTime && p.LastEnqueuedOn.Before(c.start.time) {
		return 0
	}
	return p.LastEnqueuedSequenceNumber - p.BeginningSequenceNumber + 1
}

// azure is the position in the words of azeventhubs.
func (p Position) azure() azeventhubs.StartPosition {
	switch p.kind {
	case earliest:
		return azeventhubs.StartPosition{Earliest: new(true)}
	case atTime:
		return azeventhubs.StartPosition{EnqueuedTime: new(p.time), Inclusive: true}
	case afterSequence:
		return azeventhubs.StartPosition{SequenceNumber: new(p.sequence)}
	case afterOffset:
		return azeventhubs.StartPosition{Offset: new(p.offset)}
	default:
		return azeventhubs.StartPosition{Latest: new(true)}
	}
}
