package monitor

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/hub/events/startpos"
	"hubscope/ui/stream"
)

// Source is a stream of events. *events.Monitor is one.
type Source interface {
	// Run hands events and states to the sink until ctx ends, then returns nil. It ends by itself only with an error
	// that waiting cannot mend. When it returns, nothing is handed to the sink any more.
	Run(ctx context.Context, sink events.Sink) error
}

// Reading says what a source is to read, and how.
type Reading struct {
	// Start is where to begin, Starts where in single partitions in its place, by their ids.
	Start  events.Position
	Starts map[string]events.Position
	// Group is the consumer group, never empty.
	Group string
	// Partitions are the ids of those to read. Empty: all.
	Partitions []string
	// OwnerLevel is the epoch of the receivers. Nil: none.
	OwnerLevel *int64
	// WebSocket reads on port 443.
	WebSocket bool
}

// Options of the page.
type Options struct {
	// Open makes the source of a reading; called again at each restart. It must not block.
	Open func(Reading) (Source, error)
	// ConsumerGroup is the consumer group to read in at first. Empty: $Default.
	ConsumerGroup string
	// Groups are consumer groups that the hub is known to have, to choose from.
	Groups []string
	// Partitions are the ids of the partitions to read at first. Empty: all.
	Partitions []string
	// Start is where to begin at first. Zero: now.
	Start startpos.Start
	// WebSocket reads on port 443 from the first.
	WebSocket bool
	// OpenQueue makes the source of a queue. It must not block. Nil: there are none to be received.
	OpenQueue func(q events.Queue, webSocket bool) (Source, error)
	// Queues are received from the first: that takes what is in them away from others.
	Queues []events.Queue
	// Keep bounds the history. A zero field takes its default: 100,000 events, 128 MB.
	Keep stream.Limit
	// Filters is the file of the filters with names. Empty: they are not kept.
	Filters string

	// Record is the file to record to from the first. Empty: none. RecordBytes is the size from which a file of a
	// recording is closed and another begun, 0 for never, and RecordFiles how many of them are kept, 0 for all.
	Record      string
	RecordBytes int64
	RecordFiles int
	// Recording are files to show in place of a stream.
	Recording []string

	feedback, uploads bool // flags
}

const (
	defaultGroup = "$Default"
	// DefaultItems and DefaultBytes bound the history unless told otherwise.
	DefaultItems = 100_000
	DefaultBytes = 128 << 20
)

func (o Options) withDefaults() Options {
	if o.ConsumerGroup == "" {
		o.ConsumerGroup = defaultGroup
	}
	if o.Keep.Items == 0 {
		o.Keep.Items = DefaultItems
	}
	if o.Keep.Bytes == 0 {
		o.Keep.Bytes = DefaultBytes
	}
	return o
}

// Reading is what the options ask for at first, with where it begins in words such as "from now".
func (o Options) Reading(now time.Time) (what Reading, from string) {
	first := firstStart(o.Start, now)
	reads := newReading(o.withDefaults())
	return reads.at(first.position(now), nil), first.words
}

// reading is what is read now. Changing it takes effect when the stream is opened again.
type reading struct {
	group      string
	used       []string // consumer groups to choose from
	partitions []string // empty: all
	level      *int64
	webSocket  bool
}

func newReading(o Options) reading {
	r := reading{group: o.ConsumerGroup, partitions: o.Partitions, webSocket: o.WebSocket}
	for _, group := range append([]string{defaultGroup, o.ConsumerGroup}, o.Groups...) {
		r.use(group)
	}
	return r
}

// use remembers a consumer group.
func (r *reading) use(group string) {
	if !slices.Contains(r.used, group) {
		r.used = append(r.used, group)
	}
}

// at is the reading that begins at a position.
func (r *reading) at(start events.Position, starts map[string]events.Position) Reading {
	return Reading{
		Start: start, Starts: starts, Group: r.group, Partitions: r.partitions,
		OwnerLevel: r.level, WebSocket: r.webSocket,
	}
}

// resume opens the stream again where it ended, each partition where it was.
func (p *Page) resume() tea.Cmd {
	starts := make(map[string]events.Position, len(p.seen))
	for id, m := range p.seen {
		// By time and not by number: a hub that was made anew counts from its start, and its events would be taken for
		// old ones. What comes twice is left out.
		starts[id] = events.At(m.enqueued)
	}
	start := p.start.position(p.started)
	if one := p.start.partition; one != "" {
		// A number or an offset is that of one partition; others may be read by now.
		if _, read := starts[one]; !read {
			starts[one] = start
		}
		start = events.At(p.started)
	}
	return p.open(p.reads.at(start, starts))
}
