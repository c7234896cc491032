package provision

import (
	"context"
	"iter"

	"hubscope/hub"
)

// Entry is one identity of a long list.
type Entry struct {
	// Line is where it stands in a file, from 1; 0 when it is not from one.
	Line int
	// Change is what to make. Its Mode is set by the run.
	Change hub.Change
}

// batch is how many identities of a long list are held at a time.
const batch = 10_000

// Each is [Run] for a list of any length, of which it holds a part at a time. The ids of entries must be different, as
// must be made sure of before; total is how many there are, for the progress. Sink gets what became of each, in order; an
// error of it ends the run, and is the error then. When a run is stopped or cannot go on, sink gets the rest as Untried.
func Each(ctx context.Context, registry Registry, entries iter.Seq[Entry], total int, o Options, sink func(Entry, Item) error) (Counts, error) {
	e := &each{ctx: ctx, registry: registry, o: o, sink: sink, counts: Counts{Total: total, Untried: total}}
	for entry := range entries {
		e.held = append(e.held, entry)
		if len(e.held) == batch && !e.flush() {
			return e.counts, e.err
		}
	}
	e.flush()
	return e.counts, e.err
}

type each struct {
	ctx      context.Context
	registry Registry
	o        Options
	sink     func(Entry, Item) error

	held   []Entry
	counts Counts
	err    error // why it does not go on
}

// flush makes what is held, or passes it on when nothing is made any more. It is false when there is nobody to tell.
func (e *each) flush() bool {
	var items []Item
	if e.err == nil {
		items = e.run()
	}
	for i, entry := range e.held {
		item := Item{DeviceID: entry.Change.Device.DeviceID}
		if items != nil {
			item = items[i]
		}
		if err := e.sink(entry, item); err != nil {
			e.err = err
			return false
		}
	}
	clear(e.held)
	e.held = e.held[:0]
	return true
}

func (e *each) run() []Item {
	ids := make([]string, len(e.held))
	changes := make(map[string]hub.Change, len(e.held))
	for i, entry := range e.held {
		ids[i] = entry.Change.Device.DeviceID
		changes[ids[i]] = entry.Change
	}
	o, before := e.o, e.counts
	o.New = func(id string) hub.Change { return changes[id] }
	if tell := e.o.Progress; tell != nil {
		o.Progress = func(p Progress) {
			p.Counts = before.plus(p.Counts)
			tell(p)
		}
	}
	r, err := Run(e.ctx, e.registry, ids, o)
	e.counts, e.err = before.plus(r.Counts), err
	return r.Items
}

// plus are the counts of a whole with those of a part that was untried before.
func (c Counts) plus(part Counts) Counts {
	c.Found += part.Found
	c.Created += part.Created
	c.WouldCreate += part.WouldCreate
	c.Missing += part.Missing
	c.Failed += part.Failed
	c.Untried = c.Total - c.Found - c.Created - c.WouldCreate - c.Missing - c.Failed
	return c
}
