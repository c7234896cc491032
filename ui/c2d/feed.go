package c2d

import (
	"context"
	"encoding/json"
	"sync"

	"hubscope/hub/events"
	"hubscope/hub/wire"
)

// Feedback is what the hub tells of messages: *events.SharedQueue. Each record goes to one receiver, so that all of this
// program share one.
type Feedback interface {
	// Listen tells what is read for others, and whether it is read. It must not block.
	Listen(events.Sink) (stop func())
	// Read has it read until the context ends.
	Read(context.Context) error
}

// mostRecords bounds what waits to be looked at; the oldest go.
const mostRecords = 10_000

// feed takes records on the goroutines of the reader and hands them to the event loop.
type feed struct {
	mu      sync.Mutex
	records []wire.FeedbackRecord // guarded by mu
	state   events.PartitionState // guarded by mu
	news    chan struct{}         // has one when there is something to be taken
}

func newFeed() *feed {
	return &feed{news: make(chan struct{}, 1), state: events.PartitionState{Phase: events.Stopped}}
}

// Events implements events.Sink.
func (f *feed) Events(batch []events.Event) {
	f.mu.Lock()
	for _, e := range batch {
		var r wire.FeedbackRecord
		if json.Unmarshal(e.Body, &r) == nil && r.OriginalMessageID != "" {
			f.records = append(f.records, r)
		}
	}
	if over := len(f.records) - mostRecords; over > 0 {
		f.records = append(f.records[:0], f.records[over:]...)
	}
	f.mu.Unlock()
	f.tell()
}

// State implements events.Sink.
func (f *feed) State(s events.PartitionState) {
	f.mu.Lock()
	f.state = s
	f.mu.Unlock()
	f.tell()
}

func (f *feed) tell() {
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// feedbackMsg is what came since the one before.
type feedbackMsg struct {
	records []wire.FeedbackRecord
	state   events.PartitionState
}

// next waits for something; false when ctx has ended.
func (f *feed) next(ctx context.Context) (feedbackMsg, bool) {
	select {
	case <-ctx.Done():
		return feedbackMsg{}, false
	case <-f.news:
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m := feedbackMsg{f.records, f.state}
	f.records = nil
	return m, true
}
