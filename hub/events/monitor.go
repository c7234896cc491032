package events

import (
	"context"
	"errors"
)

// A Monitor reads the events of one hub. It may be used by several goroutines; each [Monitor.Run] is a reader of its own.
type Monitor struct {
	o Options
}

// New checks the options and returns a Monitor. It connects to nothing.
func New(o Options) (*Monitor, error) {
	if o.EventHub == nil && o.Service.HostName == "" {
		return nil, errors.New("events: no hub to read from: a connection string is needed")
	}
	return &Monitor{o: o.withDefaults()}, nil
}

// Run reads until ctx ends, then returns nil. It ends by itself only with an error that waiting cannot
// mend, an [*Error] that says which. It owns its goroutines: when it returns all have ended.
func (m *Monitor) Run(ctx context.Context, sink Sink) error {
	return errors.New("events: not built yet")
}
