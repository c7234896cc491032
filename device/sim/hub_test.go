package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/secret"
)

// The tests in this file use the real local hub over TLS.

func create(t testing.TB, h *localhub.Hub, id string) connstr.Device {
	t.Helper()
	s := station.On(t, h)
	return s.ConnectionString(s.Device(id))
}

func newFleet(t testing.TB, h *localhub.Hub, interval time.Duration) *sim.Fleet {
	t.Helper()
	f := sim.NewFleet(sim.FleetOptions{Options: sim.Options{
		Device:   device.Options{MQTTAddr: h.Target().MQTTAddr, TLS: h.Target().TLS},
		Interval: interval,
	}})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := f.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return f
}

// until polls until the status of a device is as wanted, for half a minute at most.
func until(t testing.TB, f *sim.Fleet, id string, wanted func(sim.Status) bool) sim.Status {
	t.Helper()
	s, ok := f.Device(id)
	if !ok {
		t.Fatalf("no device %q", id)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if st := s.Status(); wanted(st) {
			return st
		}
	}
	t.Fatalf("device %q stays %+v", id, s.Status())
	return sim.Status{}
}

func TestFleetAtTheLocalHub(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	f := newFleet(t, h, 20*time.Millisecond)
	const devices = 10
	for i := range devices {
		if err := f.Start(create(t, h, fmt.Sprint("wind-", i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range devices {
		until(t, f, fmt.Sprint("wind-", i), func(st sim.Status) bool { return st.Confirmed >= 20 })
	}
	f.StopAll()
	for i := range devices {
		st := until(t, f, fmt.Sprint("wind-", i), func(st sim.Status) bool { return st.State == sim.Stopped })
		if st.Accepted != st.Confirmed || st.Failed != 0 || st.RTTp50 <= 0 || st.RTTp99 < st.RTTp50 {
			t.Errorf("status %+v", st)
		}
	}
}

func TestUnwelcomeDevicesStop(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	f := newFleet(t, h, 10*time.Millisecond)
	cs := create(t, h, "disabled-later")
	wrong := create(t, h, "wrong-key")
	wrong.Key = secret.New("b3RoZXIga2V5IG90aGVyIGtleSBvdGhlciBrZXkgMTI=")
	unknown := wrong
	unknown.DeviceID = "unknown"
	for _, cs := range []connstr.Device{cs, wrong, unknown} {
		if err := f.Start(cs); err != nil {
			t.Fatal(err)
		}
	}
	failed := func(st sim.Status) bool { return st.State == sim.Failed && errors.Is(st.Err, device.ErrUnauthorized) }
	until(t, f, "wrong-key", failed)
	until(t, f, "unknown", failed)
	until(t, f, "disabled-later", func(st sim.Status) bool { return st.Confirmed > 5 })
	client := station.On(t, h).Service
	d, err := client.Device(t.Context(), "disabled-later")
	if err != nil {
		t.Fatal(err)
	}
	d.Status = hub.Disabled
	if _, err := client.UpdateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	st := until(t, f, "disabled-later", failed)
	if st.Accepted != st.Confirmed+st.Failed {
		t.Errorf("status %+v", st)
	}
}

func TestHubRestart(t *testing.T) {
	dir := t.TempDir()
	h := station.StartHub(t, localhub.Options{StateDir: dir})
	f := newFleet(t, h, 10*time.Millisecond)
	if err := f.Start(create(t, h, "d")); err != nil {
		t.Fatal(err)
	}
	before := until(t, f, "d", func(st sim.Status) bool { return st.Confirmed > 20 })
	_, text, _ := net.SplitHostPort(h.Target().MQTTAddr)
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	station.CloseHub(t, h)
	until(t, f, "d", func(st sim.Status) bool { return st.State == sim.Retrying && st.Attempt > 1 })
	_ = station.StartHub(t, localhub.Options{StateDir: dir, MQTTPort: port})
	until(t, f, "d", func(st sim.Status) bool { return st.State == sim.Sending && st.Confirmed > before.Confirmed+50 })
	if err := f.Stop("d"); err != nil {
		t.Fatal(err)
	}
	st := until(t, f, "d", func(st sim.Status) bool { return st.State == sim.Stopped })
	if st.Failed != 0 || st.Accepted != st.Confirmed {
		t.Errorf("status %+v", st)
	}
}
