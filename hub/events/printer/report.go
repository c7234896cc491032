package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/events/recording"
)

const (
	// quietAfter is how long nothing may come after the connection before that is explained.
	quietAfter = 15 * time.Second
	// behindEvery is how often it is said how far behind a partition is.
	behindEvery = 5 * time.Second
)

// report says what the stream does, one sentence a line and no sentence twice in a row.
type report struct {
	o   Options
	say io.Writer

	mu       sync.Mutex // guards all below
	phases   map[string]events.Phase
	last     string
	live     bool // it was said that all partitions are live
	behind   time.Time
	received int
	liveAt   chan struct{} // closed when first live
}

func newReport(say io.Writer, o Options) *report {
	return &report{o: o, say: say, phases: map[string]events.Phase{}, liveAt: make(chan struct{})}
}

// tell says a sentence; mu must be held.
func (r *report) tell(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text == r.last {
		return
	}
	r.last = text
	fmt.Fprintf(r.say, "hubscope: %s\n", recording.AppendPlain(nil, text))
}

func (r *report) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell("connecting to %s, to read %s", r.o.From, r.o.Start)
}

// came counts what has come, printed or not.
func (r *report) came() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.received++
}

// state says what is new about a partition.
func (r *report) state(s events.PartitionState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.Partition != "" {
		r.phases[s.Partition] = s.Phase
	}
	if s.Notice != nil {
		r.tell("%s", s.Notice)
	}
	switch s.Phase {
	case events.Live:
		r.tellLive(s.Total)
	case events.CatchingUp:
		if s.Behind > 0 && time.Since(r.behind) >= behindEvery {
			r.behind = time.Now()
			r.tell("partition %s has %d events more to bring", s.Partition, s.Behind)
		}
	case events.Retrying:
		r.live = false
		sentence, _ := hub.Explain(s.Err)
		r.tell("%s, next try in %s", sentence, s.RetryIn.Round(100*time.Millisecond))
	case events.Stopped:
		if s.Err != nil && s.Partition != "" {
			sentence, next := hub.Explain(s.Err)
			r.tell("partition %s is not read any more: %s: %s", s.Partition, sentence, next)
		}
	}
}

// tellLive says once that all partitions that are read are live.
func (r *report) tellLive(total int) {
	for _, phase := range r.phases {
		if phase != events.Live {
			return
		}
	}
	if r.live || len(r.phases) < r.wanted(total) {
		return
	}
	r.live = true
	r.tell("connected to %s, %d of %d partitions, reading %s", r.o.From, len(r.phases), max(total, len(r.phases)), r.o.Start)
	select {
	case <-r.liveAt:
	default:
		close(r.liveAt)
	}
}

// wanted is how many partitions are read.
func (r *report) wanted(total int) int {
	if r.o.Partitions > 0 {
		return r.o.Partitions
	}
	return total
}

// silence explains a stream that is connected and brings nothing, once.
func (r *report) silence(ctx context.Context) {
	select {
	case <-r.liveAt:
	case <-ctx.Done():
		return
	}
	timer := time.NewTimer(quietAfter)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.received == 0 {
		r.tell("no event has come yet: nothing was sent %s, or a route of the hub takes the messages elsewhere; --start-time beginning prints what the hub has kept", r.o.Start)
	}
}

// end says how it ended.
func (r *report) end(printed int, why, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if failed != nil {
		return // whoever called says that
	}
	reason := "interrupted"
	switch {
	case errors.Is(why, context.DeadlineExceeded):
		reason = "the duration is over"
	case errors.Is(why, errEnough), errors.Is(why, errUnread), errors.Is(why, errUnwritten):
		reason = why.Error()
	}
	hidden := ""
	if n := r.received - printed; n > 0 {
		hidden = fmt.Sprintf(", %d not asked for", n)
	}
	unit := "events"
	if printed == 1 {
		unit = "event"
	}
	r.tell("%s: %d %s printed%s", reason, printed, unit, hidden)
}
