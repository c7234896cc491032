package events

import (
	"context"
	"errors"
	"slices"
	"sync"
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
	watching, stop := context.WithCancel(ctx)
	var sentry sync.WaitGroup
	sentry.Go(func() { r.sentry.watch(watching, m.o.clocks, m.o.clockTick) })
	err := r.loop(ctx)
	stop()
	sentry.Wait()
	r.each(func(p *partition) { p.stopped(err) })
	return err
}

// A run is one [Monitor.Run]. Its fields belong to the goroutine of Run; those that it starts for a connection
// read them and end before they change.
type run struct {
	o          Options
	sink       Sink
	sentry     sentry
	whole      *partition   // stands for the hub until partitions are known
	partitions []*partition // of the wanted ones; empty until the first connection
	endpoint   *Endpoint    // as discovered; nil: to be discovered
	before     *Endpoint    // the one that was discovered last
}

// errRenew ends a connection whose token is about to end.
var errRenew = errors.New("the token is replaced")

func (r *run) loop(ctx context.Context) error {
	wait := r.backoff()
	for attempt := 1; ; attempt++ {
		awake, done := r.sentry.guard(ctx)
		worked, err := r.attempt(awake, attempt, wait)
		span, asleep := slept(awake)
		done()
		switch {
		case ctx.Err() != nil:
			return nil
		case asleep:
			r.whole.notify(Notice{Kind: Slept, Span: span})
			wait.Reset()
			attempt = 0
		case err != nil:
			return err
		case worked:
			attempt = 0 // what comes is the first attempt of a new row
		}
	}
}

// attempt makes a connection, reads on it until it ends, and waits until it is time for the next. It returns an error
// where waiting does not help. worked tells whether any receiver did work.
func (r *run) attempt(ctx context.Context, n int, wait *backoff.ExponentialBackOff) (worked bool, fatal error) {
	r.each(func(p *partition) { p.connecting(n) })
	rediscover := r.endpoint != nil && r.o.EventHub == nil
	lived, err := r.follow(ctx)
	if ctx.Err() != nil {
		return false, nil
	}
	ever, worked := r.history()
	if worked {
		n = 0
	}
	if lived > r.o.RetryMax {
		wait.Reset()
	}
	if errors.Is(err, errRenew) {
		return worked, nil
	}
	if lived == 0 {
		r.endpoint = nil // it may have moved
	}
	var failed *Error
	if errors.As(err, &failed) && failed.fatal() && !failed.passing(ever, worked) {
		moved := failed.Kind == ErrUnauthorized || failed.Kind == ErrHubNotFound
		if !moved || !rediscover {
			return worked, failed
		}
		r.endpoint = nil // ask the hub where it is, once more, before giving up
		return worked, nil
	}
	pause := wait.NextBackOff()
	r.each(func(p *partition) { p.retrying(n+1, err, pause) })
	r.o.Logger.Info("connection to the hub ended", "error", err, "next try in", pause)
	sleep(ctx, pause)
	return worked, nil
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
		if err := r.discover(ctx); err != nil {
			return 0, err
		}
	}
	c, err := open(ctx, r.o, *r.endpoint)
	if err != nil {
		return 0, err
	}
	defer c.close()
	defer context.AfterFunc(ctx, func() {
		if _, asleep := slept(ctx); asleep {
			c.cut() // nobody is there to be polite to
		}
	})()
	if err := r.know(c); err != nil {
		return 0, err
	}
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	defer c.limitFarewell(ctx)()
	for _, p := range r.partitions {
		if !p.givenUp() {
			group.Go(func() error { return r.receive(ctx, c, p) })
		}
	}
	group.Go(func() error { return r.watch(ctx, c) })
	err = group.Wait()
	return time.Since(began), err
}

// discover finds the endpoint and tells when it is another one than before.
func (r *run) discover(ctx context.Context) error {
	found, err := Discover(ctx, r.o)
	if err != nil {
		return err
	}
	if r.before != nil && (r.before.EventHub.Host != found.EventHub.Host || r.before.EventHub.EntityPath != found.EventHub.EntityPath) {
		r.whole.notify(Notice{Kind: Moved, Host: found.EventHub.Host})
	}
	r.endpoint, r.before = &found, &found
	return nil
}

// know takes the wanted partitions. Their number never changes, but where a hub is made anew.
func (r *run) know(c *connection) error {
	start := r.o.start
	if len(r.partitions) > 0 {
		start = func(string) Position { return Earliest() }
	}
	for _, id := range c.wanted {
		if slices.ContainsFunc(r.partitions, func(p *partition) bool { return p.id == id }) {
			continue
		}
		p := newPartition(id, c.total, start(id), r.sink, r.o.Logger)
		p.connecting(1)
		r.partitions = append(r.partitions, p)
	}
	for _, p := range r.partitions {
		if !slices.Contains(c.wanted, p.id) && !p.givenUp() {
			if err := r.giveUp(p, &Error{Kind: ErrPartition, Subject: p.id, Partition: p.id}); err != nil {
				return err
			}
		}
	}
	return nil
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
