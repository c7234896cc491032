package sim

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/device/sim/profile"
	"hubscope/hub/connstr"
)

func TestDevicesOfOneFleetDiffer(t *testing.T) {
	pump, ok := profile.Builtin("pump")
	if !ok {
		t.Fatal("there is no pump")
	}
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := newFleet(h)
		defer f.Close(context.Background())
		if err := f.StartAs(identity("own"), Settings{Profile: pump, Interval: 3 * time.Second, NoProof: true}); err != nil {
			t.Fatal(err)
		}
		f.Use(Settings{Interval: 2 * time.Second})
		if err := f.Start(identity("usual")); err != nil {
			t.Fatal(err)
		}
		many := Settings{Profile: pump, UnknownMethods: Echo, Settle: Leave, WebSocket: false}
		refused, err := f.StartMany(t.Context(), []connstr.Device{identity("m1"), identity("m2")}, StartOptions{Settings: &many})
		if err != nil || len(refused) > 0 {
			t.Fatal(refused, err)
		}
		time.Sleep(time.Second)
		for id, want := range map[string]struct {
			profile  string
			interval time.Duration
		}{"own": {"pump", 3 * time.Second}, "usual": {"wind", 2 * time.Second}, "m1": {"pump", pump.Messages[0].Interval}, "m2": {"pump", pump.Messages[0].Interval}} {
			d, _ := f.Device(id)
			if st := d.Status(); st.Profile != want.profile || st.Interval != want.interval {
				t.Errorf("%s is a %s each %v, want %+v", id, st.Profile, st.Interval, want)
			}
		}
		if s, err := f.Settings("m2"); err != nil || s.UnknownMethods != Echo || s.Settle != Leave || s.NoProof {
			t.Errorf("settings %+v, %v", s, err)
		}
		if f.Usual().Interval != 2*time.Second {
			t.Errorf("the usual settings: %+v", f.Usual())
		}
	})
}

func TestRestartWithOtherSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := newFleet(h)
		defer f.Close(context.Background())
		if err := f.Start(identity("a")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4500 * time.Millisecond)
		s, err := f.Settings("a")
		if err != nil {
			t.Fatal(err)
		}
		s.Interval = time.Minute
		if err := f.Restart(t.Context(), "a", s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		d, _ := f.Device("a")
		if st := d.Status(); st.Interval != time.Minute || st.Confirmed != 1 || st.State != Sending {
			t.Errorf("after the restart: %+v", st)
		}
		if err := f.Restart(t.Context(), "b", s); !errors.Is(err, ErrUnknown) {
			t.Errorf("one that never ran: %v", err)
		}
	})
}
