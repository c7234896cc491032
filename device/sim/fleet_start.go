package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hubscope/hub/connstr"
)

// ErrConnected is why a device is not started: somebody seems to be connected with its identity, and the hub would throw
// them off (protocol 4.1).
var ErrConnected = errors.New("somebody is connected with this identity, or was a moment ago, and would be thrown off")

// ErrStopped is why a start of many ended: the fleet was stopped meanwhile.
var ErrStopped = errors.New("the fleet was stopped while it was being started")

// Ramp says how the start of many devices is spread over time. The zero value starts all at once; how many of them
// then connect in a second is up to Manners.
type Ramp struct {
	// Over is the time from the first start to the last.
	Over time.Duration
	// PerSecond is how many start in a second instead.
	PerSecond float64
	// Jitter is how much later than its time each may start, by chance.
	Jitter time.Duration
}

// StartOptions are those of [Fleet.StartMany].
type StartOptions struct {
	Ramp Ramp
	// Connected says whether the hub calls a device connected: from the service's side, before the start. Such a
	// device is refused with ErrConnected, unless Force is set. Nil: nobody knows. It may be asked by one goroutine only.
	Connected func(deviceID string) bool
	Force     bool
	// Settings are those of all these devices; nil: the usual ones of the fleet.
	Settings *Settings
	// Certificate gives that of a device whose identity has X.509 authentication, or why there is none: the device is
	// refused then. Nil: that of the settings. It may be asked by one goroutine only.
	Certificate func(deviceID string) (*tls.Certificate, error)
	// Started is told after each device how many have been started or refused so far. It must not block.
	Started func(n int)
}

// Refusal is a device that was not started.
type Refusal struct {
	DeviceID string
	Err      error
}

// Error names the device and the reason.
func (r Refusal) Error() string { return fmt.Sprintf("start %q: %v", r.DeviceID, r.Err) }

// Unwrap gives the reason.
func (r Refusal) Unwrap() error { return r.Err }

// StartMany starts devices in the order of the list, spread as the ramp says, and returns when the last one was
// started; whether they connect is told by Summary and Status. Those that cannot be started are refused and
// do not hold up the others. The error says why it ended before the end of the list: ctx, ErrStopped or ErrClosed.
// Devices that were started by then go on.
func (f *Fleet) StartMany(ctx context.Context, list []connstr.Device, o StartOptions) ([]Refusal, error) {
	ctx, end := f.ramps.begin(ctx, len(list))
	left := len(list)
	defer func() { end(left) }()
	begin := f.beginner(o)
	var refused []Refusal
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n, at := range o.Ramp.times(len(list)) {
		if err := rest(ctx, timer, began.Add(at.after)); err != nil {
			return refused, fmt.Errorf("%d of %d devices were started: %w", n-len(refused), len(list), err)
		}
		cs := list[at.index]
		err := f.startOne(cs, o, begin)
		if errors.Is(err, ErrClosed) {
			return refused, fmt.Errorf("%d of %d devices were started: %w", n-len(refused), len(list), err)
		}
		if err != nil {
			refused = append(refused, Refusal{DeviceID: cs.DeviceID, Err: err})
		}
		left--
		f.ramps.planned.Add(-1)
		if o.Started != nil {
			o.Started(n + 1)
		}
	}
	return refused, nil
}

// beginner starts devices with the options that they share; those with a certificate of their own have their own.
func (f *Fleet) beginner(o StartOptions) func(connstr.Device) error {
	shared := f.usually()
	if o.Settings != nil {
		shared = f.with(*o.Settings)
	}
	var certified *Options
	var last *tls.Certificate
	return func(cs connstr.Device) error {
		if !cs.X509 || o.Certificate == nil {
			return f.begin(cs, shared)
		}
		certificate, err := o.Certificate(cs.DeviceID)
		if err != nil {
			return err
		}
		if certificate != last {
			one := *shared
			one.Device = Settings{Certificate: certificate}.device(shared.Device)
			certified, last = &one, certificate
		}
		return f.begin(cs, certified)
	}
}

func (f *Fleet) startOne(cs connstr.Device, o StartOptions, begin func(connstr.Device) error) error {
	if !o.Force && o.Connected != nil && o.Connected(cs.DeviceID) {
		return ErrConnected
	}
	return begin(cs)
}

// rest waits until a time, and gives why it did not.
func rest(ctx context.Context, timer *time.Timer, until time.Time) error {
	wait := time.Until(until)
	if wait <= 0 {
		return context.Cause(ctx)
	}
	timer.Reset(wait)
	select {
	case <-timer.C:
		return context.Cause(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// start is when a device of a list begins.
type startTime struct {
	index int
	after time.Duration
}

// times gives when n devices start, in the order of their times.
func (r Ramp) times(n int) []startTime {
	step := time.Duration(0)
	switch {
	case r.PerSecond > 0:
		step = time.Duration(float64(time.Second) / r.PerSecond)
	case r.Over > 0 && n > 1:
		step = r.Over / time.Duration(n-1)
	}
	times := make([]startTime, n)
	for i := range times {
		times[i] = startTime{index: i, after: time.Duration(i) * step}
		if r.Jitter > 0 {
			times[i].after += rand.N(r.Jitter)
		}
	}
	slices.SortStableFunc(times, func(a, b startTime) int { return int(a.after - b.after) })
	return times
}
