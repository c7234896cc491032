package sim_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
)

// Two that are connected as one device throw each other off: one of them stops and says why, and the other one is left in
// peace.
func TestADeviceThatIsThrownOffAgainAndAgainStops(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "wind-1")
	one, other := impatientFleet(t, h), impatientFleet(t, h)
	for _, f := range []*sim.Fleet{one, other} {
		if err := f.Start(cs); err != nil {
			t.Fatal(err)
		}
		until(t, f, "wind-1", func(st sim.Status) bool { return st.Confirmed > 0 })
	}
	stopped := func(f *sim.Fleet) bool {
		d, _ := f.Device("wind-1")
		st := d.Status()
		return st.State == sim.Failed && errors.Is(st.Err, device.ErrTakenOver)
	}
	until(t, one, "wind-1", func(sim.Status) bool { return stopped(one) || stopped(other) })
	left := one
	if stopped(one) {
		left = other
	}
	if stopped(left) {
		t.Fatal("both have stopped")
	}
	before := until(t, left, "wind-1", func(st sim.Status) bool { return st.State == sim.Sending }).Confirmed
	until(t, left, "wind-1", func(st sim.Status) bool { return st.Confirmed > before+20 })
}

// impatientFleet tries again soon, so that the test need not wait for the usual back-off.
func impatientFleet(t *testing.T, h *localhub.Hub) *sim.Fleet {
	t.Helper()
	f := sim.NewFleet(sim.FleetOptions{Options: sim.Options{
		Device: device.Options{
			MQTTAddr: h.Target().MQTTAddr, TLS: h.Target().TLS,
			Backoff: device.Backoff{Min: 20 * time.Millisecond, Max: 200 * time.Millisecond},
		},
		Interval: 20 * time.Millisecond,
	}})
	t.Cleanup(func() {
		if err := f.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return f
}
