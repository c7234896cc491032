// Package fanout calls one direct method on many devices, some at a time, at the pace that the hub allows.
package fanout

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hubscope/hub"
	"hubscope/hub/pace"
)

// Invoker calls a direct method: *hub.Client is one.
type Invoker interface {
	InvokeMethod(ctx context.Context, deviceID string, m hub.MethodCall) (hub.MethodResult, error)
}

// Answer is what came of the call of one device.
type Answer struct {
	// Index is the place of the device in the list.
	Index    int
	DeviceID string
	// Result is the device's answer when Err is nil.
	Result hub.MethodResult
	Err    error
	// Took is how long the last try took, answer or not.
	Took time.Duration
	// Called says that the call was made: it is false when the run was cut short before.
	Called bool
}

// DefaultParallel is how many calls are under way at a time, unless told.
const DefaultParallel = 16

// Options of a run. Progress functions are called by one goroutine at a time and must not block.
type Options struct {
	// Parallel is how many calls are under way at a time: DefaultParallel when 0.
	Parallel int
	// Patience is how long a run goes on with a hub that is throttled: pace.DefaultPatience when 0.
	Patience time.Duration
	// Now tells the time; time.Now when nil.
	Now func() time.Time
	// Began is told of each call that is made. It may be told of a device again, after a wait.
	Began func(index int)
	// Answered is told what came of a call: once for each device to which the run came.
	Answered func(Answer)
	// Waiting is told when the hub is asked again that is throttled, and of the end of the wait by a zero time.
	Waiting func(until time.Time, err error)
}

// Run calls the method on each device and gives when all have ended. It goes on past failures, which Answered is told.
// A call is made again only when the hub was throttled or had no room for it, so that no device ran it. The error
// is set when the run was cut short: by the end of ctx, or by a hub that refuses the caller. To devices that
// were not called then Answered says nothing.
func Run(ctx context.Context, to Invoker, deviceIDs []string, call hub.MethodCall, o Options) error {
	r := &run{to: to, call: call, o: o.withDefaults()}
	r.gate = pace.New(pace.Options{Patience: o.Patience, Again: notRun, Waiting: r.waiting})
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.o.Parallel)
	for i, id := range deviceIDs {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return r.one(ctx, i, id) })
	}
	ended := ctx.Err()
	if err := group.Wait(); err != nil {
		return err
	}
	return ended
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Began == nil {
		o.Began = func(int) {}
	}
	if o.Answered == nil {
		o.Answered = func(Answer) {}
	}
	if o.Waiting == nil {
		o.Waiting = func(time.Time, error) {}
	}
	return o
}

type run struct {
	to   Invoker
	call hub.MethodCall
	o    Options
	gate *pace.Gate
	mu   sync.Mutex // one word of progress at a time
}

func (r *run) one(ctx context.Context, i int, id string) error {
	a := Answer{Index: i, DeviceID: id}
	a.Err = r.gate.Do(ctx, func() (err error) {
		r.began(i)
		start := r.o.Now()
		a.Result, err = r.to.InvokeMethod(hub.TryOnce(ctx), id, r.call)
		a.Took, a.Called = r.o.Now().Sub(start), true
		return err
	})
	if a.Err != nil && ctx.Err() != nil && !a.Called {
		return ctx.Err() // it was never called
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.o.Answered(a)
	if ctx.Err() != nil || hopeless(a.Err) {
		return a.Err
	}
	return nil
}

func (r *run) began(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.o.Began(i)
}

func (r *run) waiting(until time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.o.Waiting(until, err)
}

// notRun says whether the hub turned the call away before a device could run it, and might not the next time.
// Other errors of a gateway mean that the device got it, or may have.
func notRun(err error, _ bool) bool {
	var refusal *hub.Error
	return errors.As(err, &refusal) && (refusal.Status == 429 || refusal.Status == 503)
}

// hopeless says whether no other call would fare better: the hub does not take calls from this policy. A disabled device
// is refused for itself.
func hopeless(err error) bool {
	var refusal *hub.Error
	return errors.As(err, &refusal) && refusal.Name != "DeviceDisabled" &&
		(errors.Is(err, hub.ErrUnauthorized) || errors.Is(err, hub.ErrForbidden))
}
