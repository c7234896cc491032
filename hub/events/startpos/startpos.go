// Package startpos reads where to begin in a stream of events, as a person types it:
//
//	now, beginning
//	14:30, 2:30 pm, today 9:00, yesterday 14:30, monday 8:00, 22 Nov 14:30
//	2026-11-22, 2026-11-22 14:30, 2026-11-22T14:30Z, 2026-11-22T14:30:05.250+01:00
//	90m, 2 h ago, 1h30m, 3 days ago
//	1795357800, 1795357800000          seconds and milliseconds since 1970
//	#512, sequence 512, p2 #512        an event by its number in a partition
//	offset 4812, p2 offset 4812        behind the event at an offset
//
// A time with no zone is in that of the clock it is read by.
package startpos

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hubscope/hub/events"
)

// Kind is what a [Start] is measured by.
type Kind uint8

// The kinds.
const (
	Now Kind = iota
	Beginning
	Time
	Sequence
	Offset
)

// A Start is where to begin. The zero value is now.
type Start struct {
	Kind Kind
	// Time is set for the kind Time: to the nanosecond, never in the future of the clock it was read by.
	Time time.Time
	// Sequence is the number of the first event wanted.
	Sequence int64
	// Offset is the one of the event before the first wanted.
	Offset string
	// Partition is the one that Sequence or Offset is of; "" when that was not said.
	Partition string
}

var errNothing = errors.New("type a time (14:30, 2 h ago, 2026-11-22 14:30), a number (#512), now or beginning")

// Parse reads what was typed at a moment; a time with no zone is in the zone of now. Its errors are sentences that
// say what to type instead. It may be called from many goroutines.
func Parse(text string, now time.Time) (Start, error) {
	const longest = 100
	typed := strings.Join(strings.Fields(text), " ")
	if typed == "" {
		return Start{}, errNothing
	}
	if len(typed) > longest {
		return Start{}, errors.New("that is too long for a time")
	}
	partition, rest, err := cutPartition(typed)
	if err != nil {
		return Start{}, err
	}
	if s, is, err := parsePlace(rest); is {
		s.Partition = partition
		return s, err
	}
	if partition != "" {
		return Start{}, fmt.Errorf("behind p%s there goes a number (p%s #512) or an offset (p%s offset 4812)", partition, partition, partition)
	}
	switch strings.ToLower(rest) {
	case "now", "latest", "newest", "end":
		return Start{}, nil
	case "beginning", "the beginning", "start", "earliest", "oldest", "first", "all":
		return Start{Kind: Beginning}, nil
	}
	at, err := parseTime(rest, now)
	if err != nil {
		return Start{}, err
	}
	return Start{Kind: Time, Time: at}, nil
}

// Position is the start for a monitor. Numbers and offsets are those of one partition: read that one only.
func (s Start) Position() events.Position {
	switch s.Kind {
	case Beginning:
		return events.Earliest()
	case Time:
		return events.At(s.Time)
	case Sequence:
		if s.Sequence == 0 {
			return events.Earliest()
		}
		return events.AfterSequence(s.Sequence - 1)
	case Offset:
		return events.AfterOffset(s.Offset)
	default:
		return events.Latest()
	}
}

// NeedsPartition tells whether the start makes sense in one partition only, and which was not said.
func (s Start) NeedsPartition() bool {
	return (s.Kind == Sequence || s.Kind == Offset) && s.Partition == ""
}
