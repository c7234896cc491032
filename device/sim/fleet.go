package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hubscope/hub/connstr"
)

// Errors of [Fleet].
var (
	ErrRunning = errors.New("the simulated device is running already")
	ErrUnknown = errors.New("no such simulated device")
	ErrClosed  = errors.New("the fleet is closed")
)

// FleetOptions are those of every device of a fleet.
type FleetOptions struct {
	Options
	// Manners bound what they do together.
	Manners Manners
}

// Fleet runs simulated devices, one for each device id. Those that stopped stay listed until they are
// started again or forgotten. It is safe for concurrent use.
type Fleet struct {
	o     *Options
	sched *scheduler
	logs  *logRoom

	ramps   ramps
	company *company

	mu      sync.Mutex
	devices map[string]*Simulated // guarded by mu
	closed  bool                  // guarded by mu
	ids     []string              // guarded by mu; nil: to be made anew

	usual        Settings // guarded by mu; of devices without settings of their own
	usualOptions *Options // guarded by mu; nil: o
}

// NewFleet makes an empty fleet.
func NewFleet(o FleetOptions) *Fleet {
	options := o.Options.withDefaults()
	company := newCompany(o.Manners)
	company.apply(&options)
	return &Fleet{
		company: company,
		o:       &options, sched: newScheduler(), logs: &logRoom{limit: options.LogSize},
		devices: make(map[string]*Simulated),
	}
}

// Start starts a device; how it goes is told by Status. Errors: ErrRunning when it runs or is still
// stopping, ErrClosed.
func (f *Fleet) Start(cs connstr.Device) error {
	return f.begin(cs, f.usually())
}

// usually are the options of devices without settings of their own.
func (f *Fleet) usually() *Options {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.usualOptions != nil {
		return f.usualOptions
	}
	return f.o
}

func (f *Fleet) begin(cs connstr.Device, o *Options) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return ErrClosed
	}
	if s := f.devices[cs.DeviceID]; s != nil && !s.ended() {
		return fmt.Errorf("start %q: %w", cs.DeviceID, ErrRunning)
	}
	if _, again := f.devices[cs.DeviceID]; !again {
		f.ids = nil
	}
	f.devices[cs.DeviceID] = start(cs, o, f.sched, f.logs)
	return nil
}

func (s *Simulated) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Stop asks a device to stop and returns at once; Wait waits for it. The error is ErrUnknown.
func (f *Fleet) Stop(id string) error {
	s, ok := f.Device(id)
	if !ok {
		return fmt.Errorf("stop %q: %w", id, ErrUnknown)
	}
	s.RequestStop()
	return nil
}

// StopAll asks all devices to stop and returns at once. A start of many that is under way ends.
func (f *Fleet) StopAll() {
	f.ramps.stop(ErrStopped)
	for _, s := range f.all() {
		s.RequestStop()
	}
}

// Wait waits until the device has stopped or failed, at once when there is none, or until ctx ends.
func (f *Fleet) Wait(ctx context.Context, id string) error {
	s, ok := f.Device(id)
	if !ok {
		return nil
	}
	select {
	case <-s.Done():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Forget takes a device that has stopped or failed off the list. Errors: ErrUnknown, ErrRunning.
func (f *Fleet) Forget(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.devices[id]
	if !ok {
		return fmt.Errorf("forget %q: %w", id, ErrUnknown)
	}
	if !s.ended() {
		return fmt.Errorf("forget %q: %w", id, ErrRunning)
	}
	delete(f.devices, id)
	f.ids = nil
	return nil
}

// SetInterval changes the interval of a device that runs; a new start begins with the fleet's again.
func (f *Fleet) SetInterval(id string, d time.Duration) error {
	s, ok := f.Device(id)
	if !ok {
		return fmt.Errorf("set the interval of %q: %w", id, ErrUnknown)
	}
	s.SetInterval(d)
	return nil
}

// Device gives the simulated device of an id.
func (f *Fleet) Device(id string) (*Simulated, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.devices[id]
	return s, ok
}

// Status is a snapshot of every device, by id.
func (f *Fleet) Status() []Status {
	all := f.all()
	out := make([]Status, len(all))
	for i, s := range all {
		out[i] = s.Status()
	}
	slices.SortFunc(out, func(a, b Status) int { return cmp.Compare(a.DeviceID, b.DeviceID) })
	return out
}

func (f *Fleet) all() []*Simulated {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]*Simulated, 0, len(f.devices))
	for _, s := range f.devices {
		out = append(out, s)
	}
	return out
}

// Close takes no more starts, stops all devices together and waits until every one has ended. The error
// is ctx's when that ended first; messages that were on their way then are counted as failed.
func (f *Fleet) Close(ctx context.Context) error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.ramps.stop(ErrClosed)
	all := f.all()
	for _, s := range all {
		s.RequestStop()
	}
	defer context.AfterFunc(ctx, func() {
		for _, s := range all {
			s.hurry()
		}
	})()
	late := 0
	for _, s := range all {
		if s.Stop(ctx) != nil {
			late++
		}
	}
	if late > 0 {
		return fmt.Errorf("close the fleet with %d of %d devices not stopped in time: %w", late, len(all), ctx.Err())
	}
	return nil
}
