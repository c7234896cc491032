package monitor

import (
	"time"

	"hubscope/hub/events"
	"hubscope/ui/page"
)

// flows are the figures of each partition, by its id.
type flows struct {
	of   map[string]*flow
	last *flow // of the event before: events come in runs of one partition
	id   string
	// notices are what happened to the stream, oldest first, and missing how many events it has missed for good.
	notices []events.Notice
	missing int64
}

type flow struct {
	sequence int64
	enqueued time.Time
	total    uint64
	count    int // in the second that is being counted
	rate     float64
	errors   int
	err      error // the last one
	errAt    time.Time
}

func newFlows() flows { return flows{of: map[string]*flow{}} }

func (f *flows) get(id string) *flow {
	if f.last != nil && f.id == id {
		return f.last
	}
	one, known := f.of[id]
	if !known {
		one = &flow{}
		f.of[id] = one
	}
	f.last, f.id = one, id
	return one
}

func (f *flows) add(e *events.Event) {
	one := f.get(e.Partition)
	one.sequence, one.enqueued = e.Sequence, e.Enqueued
	one.total++
	one.count++
}

// turn ends a second of counting that took span.
func (f *flows) turn(span time.Duration) {
	if span <= 0 {
		return
	}
	for _, one := range f.of {
		now := float64(one.count) / span.Seconds()
		one.count = 0
		one.rate = (3*one.rate + now) / 4 // one a second must not read 0, 2, 1, 0
		if one.rate < 0.05 {
			one.rate = 0
		}
	}
}

// maxNotices bounds what is remembered of the past of a stream.
const maxNotices = 50

// state takes what a partition says, as far as it is a failure or a notice.
func (f *flows) state(s events.PartitionState, now time.Time) {
	if s.Err != nil && (s.Phase == events.Retrying || s.Phase == events.Stopped) {
		one := f.get(s.Partition)
		one.errors++
		one.err, one.errAt = s.Err, now
	}
	if s.Notice == nil {
		return
	}
	f.notices = append(f.notices, *s.Notice)
	if len(f.notices) > maxNotices {
		f.notices = f.notices[1:]
	}
	f.missing += s.Notice.Missing()
}

// tellNotice says what has happened to the stream: for a while in the status line, for good in the journal.
func tellNotice(n *events.Notice) page.Report {
	r := page.Report{Severity: page.Info, Text: n.String(), Next: "i shows the partitions"}
	if n.Kind == events.Gap {
		r.Severity = page.Warning
	}
	return r
}
