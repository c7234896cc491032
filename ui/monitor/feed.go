package monitor

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

const (
	// frame is how long events are gathered for one drawing of a page that can be seen.
	frame = 33 * time.Millisecond
	// hiddenFrame is that of a page that cannot: each message makes the program draw, whichever page is seen.
	hiddenFrame = 500 * time.Millisecond
	// stateFrame gathers changes of partitions, which come many at once.
	stateFrame = 50 * time.Millisecond
)

// waiting bounds what may wait between receivers and screen: a sixth of a second of a full stream, some 14 MB as events
// are before they are packed. What is more waits in the hub: receivers are held up, and nothing is dropped.
var waiting = stream.Limit{Items: 8192, Bytes: 32 << 20}

// feed is one run of a source: the sink that its receivers fill, and the commands that empty it.
type feed struct {
	events *stream.Buffer[events.Event]
	states *stream.Buffer[events.PartitionState]
	done   chan struct{} // closed when Run has returned
}

func newFeed() *feed {
	return &feed{
		events: stream.NewBuffer(waiting, waitingMemory),
		// States are never dropped in practice: a partition has a few a minute.
		states: stream.NewBuffer[events.PartitionState](stream.Limit{Items: 100_000}, nil),
		done:   make(chan struct{}),
	}
}

// A sink is the feed for as long as a context lives, so that receivers which are held up end with it.
type sink struct {
	*feed
	ctx context.Context
}

// Events implements events.Sink.
func (s sink) Events(batch []events.Event) { _ = s.events.PutWait(s.ctx, batch) }

// State implements events.Sink.
func (f *feed) State(s events.PartitionState) { f.states.Put([]events.PartitionState{s}) }

type (
	// batchMsg brings the events of one frame.
	batchMsg struct {
		events  []events.Event
		dropped uint64
	}
	// statesMsg brings what partitions have to say.
	statesMsg struct{ states []events.PartitionState }
	// endedMsg says that the stream has ended by itself, and why.
	endedMsg struct{ err error }
)

// run opens the source and reads it to its end. Its answer is the one that may not be lost.
func (f *feed) run(ctx context.Context, open func(Reading) (Source, error), what Reading) tea.Cmd {
	return func() tea.Msg {
		defer close(f.done)
		defer f.states.Close()
		defer f.events.Close()
		source, err := open(what)
		if err != nil {
			return endedMsg{err}
		}
		return endedMsg{source.Run(ctx, sink{f, ctx})}
	}
}

// next waits for the events of one frame. It answers nothing once the feed has ended.
func (f *feed) next(ctx context.Context, window time.Duration) tea.Cmd {
	return func() tea.Msg {
		batch, dropped, err := f.events.Next(ctx, window)
		if err != nil {
			return nil
		}
		return batchMsg{batch, dropped}
	}
}

// nextStates waits for changes of partitions.
func (f *feed) nextStates(ctx context.Context) tea.Cmd {
	return func() tea.Msg {
		states, _, err := f.states.Next(ctx, stateFrame)
		if err != nil {
			return nil
		}
		return statesMsg{states}
	}
}

// waitingMemory is about what an event holds before it is kept.
func waitingMemory(e events.Event) int {
	const fixed, entry = 900, 80
	return fixed + len(e.Body) + entry*(len(e.Properties)+len(e.System))
}
