package monitor

import (
	"time"

	"hubscope/hub/events"
)

// seen knows the last event of each partition, so that a stream that is started again from before its end shows
// nothing twice.
type seen map[string]mark

type mark struct {
	sequence int64
	enqueued time.Time
}

// again tells whether the event was there before, and remembers it. A lower number that was enqueued later is not the
// same event: the hub was made anew and counts from the start.
func (s seen) again(e *events.Event) bool {
	last, known := s[e.Partition]
	if known && e.Sequence <= last.sequence && !e.Enqueued.After(last.enqueued) {
		return true
	}
	s[e.Partition] = mark{e.Sequence, e.Enqueued}
	return false
}
