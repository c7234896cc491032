package events

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"
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
	if o.EventHub != nil && o.EventHub.EntityPath == "" {
		return nil, errors.New("events: the connection string of the endpoint needs EntityPath, the name of the event hub")
	}
	return &Monitor{o: o.withDefaults()}, nil
}

// Run reads until ctx ends, then returns nil. It ends by itself only with an error that waiting cannot
// mend, an [*Error] that says which. It owns its goroutines: when it returns all have ended.
//
// Each Run begins at Options.Start.
func (m *Monitor) Run(ctx context.Context, sink Sink) error {
	r := &run{o: m.o, sink: sink}
	r.whole = newPartition("", 0, m.o.Start, sink, m.o.Logger)
	err := r.loop(ctx)
	r.each(func(p *partition) { p.stopped(err) })
	return err
}

// A run is one [Monitor.Run]. Its fields belong to the goroutine of Run; those that it starts for a connection
// read them and end before they change.
type run struct {
	o          Options
	sink       Sink
	whole      *partition   // stands for the hub until partitions are known
	partitions []*partition // of the wanted ones; empty until the first connection
	endpoint   *Endpoint    // as discovered; nil: to be discovered
}

// errRenew ends a connection whose token is about to end.
var errRenew = errors.New("the token is replaced")

func (r *run) loop(ctx context.Context) error {
	wait := r.backoff()
	for attempt := 1; ; attempt++ {
		r.each(func(p *partition) { p.connecting(attempt) })
		rediscover := r.endpoint != nil && r.o.EventHub == nil
		lived, err := r.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		ever, worked := r.history()
		if worked {
			attempt = 0 // what comes is the first attempt of a new row
		}
		if lived > r.o.RetryMax {
			wait.Reset()
		}
		if errors.Is(err, errRenew) {
			continue
		}
		if lived == 0 {
			r.endpoint = nil // it may have moved
		}
		var failed *Error
		if errors.As(err, &failed) && failed.fatal() && !failed.passing(ever, lived) {
			moved := failed.Kind == ErrUnauthorized || failed.Kind == ErrHubNotFound
			if !moved || !rediscover {
				return failed
			}
			r.endpoint = nil // ask the hub where it is, once more, before giving up
			continue
		}
		pause := wait.NextBackOff()
		r.each(func(p *partition) { p.retrying(attempt+1, err, pause) })
		r.o.Logger.Info("connection to the hub ended", "error", err, "next try in", pause)
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// history tells whether any receiver has worked in this run, and on the last connection.
func (r *run) history() (ever, last bool) {
	r.each(func(p *partition) {
		proven, now := p.history()
		ever, last = ever || proven, last || now
	})
	return ever, last
}

// follow makes a connection and reads on it until that ends. It returns how long it stood; 0 when it never did.
func (r *run) follow(ctx context.Context) (lived time.Duration, err error) {
	if r.endpoint == nil {
		found, err := Discover(ctx, r.o)
		if err != nil {
			return 0, err
		}
		r.endpoint = &found
	}
	c, err := open(ctx, r.o, *r.endpoint)
	if err != nil {
		return 0, err
	}
	defer c.close()
	r.know(c)
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	defer c.limitFarewell(ctx)()
	for _, p := range r.partitions {
		group.Go(func() error { return r.receive(ctx, c, p) })
	}
	group.Go(func() error { return r.watch(ctx, c) })
	err = group.Wait()
	return time.Since(began), err
}

// know takes the wanted partitions, once: their number never changes.
func (r *run) know(c *connection) {
	if len(r.partitions) > 0 {
		return
	}
	for _, id := range c.wanted {
		p := newPartition(id, c.total, r.o.start(id), r.sink, r.o.Logger)
		p.connecting(1)
		r.partitions = append(r.partitions, p)
	}
}

// each does it for every partition, or for the hub as a whole while they are not known.
func (r *run) each(do func(*partition)) {
	if len(r.partitions) == 0 {
		do(r.whole)
		return
	}
	for _, p := range r.partitions {
		do(p)
	}
}

func (r *run) backoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = r.o.RetryMin
	b.MaxInterval = r.o.RetryMax
	b.Multiplier = 2
	b.Reset()
	return b
}
