package events

import (
	"fmt"
	"time"
)

type positionKind uint8

const (
	latest positionKind = iota
	earliest
	atTime
	afterSequence
	afterOffset
)

// A Position is where in each partition a [Monitor] begins. The zero value is [Latest].
type Position struct {
	kind     positionKind
	time     time.Time
	sequence int64
	offset   string
}

// Latest begins with the events that come after the start of [Monitor.Run].
func Latest() Position { return Position{} }

// Earliest begins with the oldest event that the hub still keeps.
func Earliest() Position { return Position{kind: earliest} }

// At begins with the first event enqueued at t (to the millisecond) or later.
func At(t time.Time) Position { return Position{kind: atTime, time: t} }

// AfterSequence begins after the event with this sequence number. Numbers are counted per partition:
// it makes sense with one partition in [Options.Partitions].
func AfterSequence(n int64) Position { return Position{kind: afterSequence, sequence: n} }

// AfterOffset begins after the event with this offset. Offsets are those of one partition:
// it makes sense with one partition in [Options.Partitions].
func AfterOffset(offset string) Position { return Position{kind: afterOffset, offset: offset} }

// String says the position in a few words, such as "from now".
func (p Position) String() string {
	switch p.kind {
	case earliest:
		return "from the beginning"
	case atTime:
		return "from " + p.time.Format(time.RFC3339)
	case afterSequence:
		return fmt.Sprintf("after sequence number %d", p.sequence)
	case afterOffset:
		return fmt.Sprintf("after offset %s", p.offset)
	default:
		return "from now"
	}
}
