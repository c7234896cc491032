// Package monitor is the page of device-to-cloud events: the Monitor tab, and the event pane under the Devices tab.
// They are one [Page] in two sizes, so that what is followed, filtered and paused in one is so in the other.
//
//	receivers -> stream.Buffer -> one message a frame -> stream.Ring -> the rows that can be seen
//
// The stream runs for as long as the page is open, seen or not. Filters hide events and never drop them; pausing
// holds the view still and not the stream.
package monitor

import (
	"context"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

// Source is a stream of events. *events.Monitor is one.
type Source interface {
	// Run hands events and states to the sink until ctx ends, then returns nil. It ends by itself only with an error
	// that waiting cannot mend. When it returns, nothing is handed to the sink any more.
	Run(ctx context.Context, sink events.Sink) error
}

// Options of the page.
type Options struct {
	// Open makes the source that begins at a position; called again at each restart. It must not block.
	Open func(start events.Position) (Source, error)
	// ConsumerGroup is the name of the consumer group, for people to read. Empty: $Default.
	ConsumerGroup string
	// Keep bounds the history. A zero field takes its default: 100,000 events, 128 MB.
	Keep stream.Limit
}

const (
	defaultGroup = "$Default"
	defaultItems = 100_000
	defaultBytes = 128 << 20
)

func (o Options) withDefaults() Options {
	if o.ConsumerGroup == "" {
		o.ConsumerGroup = defaultGroup
	}
	if o.Keep.Items == 0 {
		o.Keep.Items = defaultItems
	}
	if o.Keep.Bytes == 0 {
		o.Keep.Bytes = defaultBytes
	}
	return o
}
