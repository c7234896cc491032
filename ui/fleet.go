package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hubscope/device/sim"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// Fleet is what the screen needs of the simulated devices; FleetOf makes one of
// a sim.Fleet. Only Stop, StopAll, StartMany and Restart
// may block.
type Fleet interface {
	Start(cs connstr.Device) error
	StartAs(cs connstr.Device, s sim.Settings) error
	// Stop waits until the device has ended, or until ctx does.
	Stop(ctx context.Context, deviceID string) error
	StopAll(ctx context.Context) error
	SetInterval(deviceID string, every time.Duration) error
	SetRate(perSecond float64)
	StartMany(ctx context.Context, list []connstr.Device, o sim.StartOptions) ([]sim.Refusal, error)
	Forget(deviceID string) error
	Settings(deviceID string) (sim.Settings, error)
	Usual() sim.Settings
	Use(s sim.Settings)
	Restart(ctx context.Context, deviceID string, s sim.Settings) error
	// SetKey gives a device another key, for connections from now on.
	SetKey(deviceID string, key secret.Text) error
	// Inject and Clear give and take the faults of a device; of all devices when the id is empty.
	Inject(deviceID string, fault sim.Fault) error
	Clear(deviceID string, kind sim.FaultKind) error
	// IDs are those of all simulated devices, in order; the slice is another one when they have changed.
	IDs() []string
	// States and Summary are snapshots of all, Worst of those that do not do well. None blocks, but for thousands of
	// devices Summary and Worst take milliseconds.
	States() sim.States
	Summary() sim.Summary
	Worst(n int) []sim.Ailing
	// One is the status of one device; false when there is none with this id.
	One(deviceID string) (sim.Status, bool)
	// Log is what a device did, oldest first.
	Log(deviceID string) []sim.Entry
}

// FleetOf gives the screen a fleet. The caller still owns and closes it.
func FleetOf(f *sim.Fleet) Fleet { return simFleet{f} }

type simFleet struct{ *sim.Fleet }

func (f simFleet) Stop(ctx context.Context, id string) error {
	if err := f.Fleet.Stop(id); err != nil {
		return err
	}
	if err := f.Wait(ctx, id); err != nil {
		return fmt.Errorf("wait for the end of %q: %w", id, err)
	}
	return nil
}

func (f simFleet) StopAll(ctx context.Context) error {
	f.Fleet.StopAll()
	var errs []error
	for _, id := range f.IDs() {
		if err := f.Wait(ctx, id); err != nil {
			errs = append(errs, fmt.Errorf("wait for the end of %q: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

func (f simFleet) One(id string) (sim.Status, bool) {
	s, ok := f.Device(id)
	if !ok {
		return sim.Status{}, false
	}
	return s.Status(), true
}

func (f simFleet) Log(id string) []sim.Entry {
	s, ok := f.Device(id)
	if !ok {
		return nil
	}
	return s.Log()
}

// reviveIn starts a device of a fleet again with the settings that it had.
func reviveIn(f Fleet) func(ctx context.Context, deviceID string) error {
	return func(ctx context.Context, id string) error {
		s, err := f.Settings(id)
		if err != nil {
			return err
		}
		return f.Restart(ctx, id, s)
	}
}

// running is how many devices are connected or mean to be.
func running(f Fleet) int {
	states := f.States()
	return states.Running()
}
