package events

import (
	"fmt"
	"time"
)

// A NoticeKind is what a [Notice] is about.
type NoticeKind uint8

const (
	// Gap: events are missing. Retention deleted them before they were read. The reading goes on after them.
	Gap NoticeKind = iota + 1
	// Anew: the partition counts from its start again: another hub under the same name. It is read from its beginning.
	Anew
	// Slept: this machine was asleep, or its clock was set. All is connected to at once.
	Slept
	// Moved: the hub has another Event Hubs-compatible endpoint than before.
	Moved
)

// A Notice is something that happened to the stream and left it as it was otherwise: no failure, and worth a line.
type Notice struct {
	Kind NoticeKind
	// Partition is the one concerned, "" for all.
	Partition string
	// Time is when it was noticed.
	Time time.Time
	// From and To are, for a Gap, the first and the last sequence number that are missing. For Anew, From is the last
	// number before.
	From, To int64
	// Span is, for Slept, how long.
	Span time.Duration
	// Host is, for Moved, the new endpoint's.
	Host string
}

// Missing is how many sequence numbers are missing: 0 for any kind but [Gap].
func (n Notice) Missing() int64 {
	if n.Kind != Gap {
		return 0
	}
	return n.To - n.From + 1
}

// String is one plain sentence without a full stop.
func (n Notice) String() string {
	switch n.Kind {
	case Gap:
		return fmt.Sprintf("%d events of partition %s are missing (sequence numbers %d to %d): the hub had deleted them before they could be read", n.Missing(), n.Partition, n.From, n.To)
	case Anew:
		return fmt.Sprintf("partition %s counts anew (it was at %d): the hub was made anew, and is read from its beginning", n.Partition, n.From)
	case Slept:
		return fmt.Sprintf("this machine was asleep for %s: the hub is connected to again", n.Span.Round(time.Second))
	case Moved:
		return fmt.Sprintf("the event endpoint of the hub has moved to %s", n.Host)
	default:
		return "something happened to the stream"
	}
}
