package sim

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"hubscope/device"
)

// patient is a fleet whose messages may wait, as those of hubscope simulate.
func patient(h *hubSide) *Fleet {
	o := h.options()
	o.Device.MessageTimeout = 10 * time.Minute
	return NewFleet(FleetOptions{Options: o})
}

// A hub that takes 15 messages a second of the 60 that are sent, first in one way and then in the other.
func TestAllSlowDownWhenTheHubThrottles(t *testing.T) {
	for name, closes := range map[string]bool{"it closes connections": true, "it confirms later": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hubSide{takes: rate.NewLimiter(15, 150), closes: closes} // it shapes bursts first
				f := patient(h)
				if _, err := f.StartMany(t.Context(), identities(60), StartOptions{}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute)
				s := f.Summary()
				if s.SlowedTo <= 0 || s.SlowedTo > 30 {
					t.Errorf("after two minutes slowed to %v", s.SlowedTo)
				}
				before := s
				time.Sleep(8 * time.Minute)
				s = f.Summary()
				confirmed := float64(s.Confirmed-before.Confirmed) / 480
				if confirmed < 10 || confirmed > 15.5 {
					t.Errorf("%v messages a second confirmed, of 15 that the hub takes", confirmed)
				}
				if s.States[Failed] != 0 || s.Failed != 0 || s.Waiting > 150 {
					t.Errorf("%+v", s)
				}
				t.Logf("%d sent again; %d wait, of %d; slowed to %.0f", s.Resent, s.Waiting, s.Accepted, s.SlowedTo)
				h.mu.Lock()
				h.takes.SetLimit(rate.Inf)
				h.mu.Unlock()
				time.Sleep(5 * time.Minute)
				if s := f.Summary(); s.SlowedTo != 0 || s.Rate < 57 || s.States[Sending] != 60 {
					t.Errorf("five minutes after the end of it: %+v", s)
				}
				closeFleet(t, f)
			})
		})
	}
}

// A hub that is far away confirms late, and as many as are sent.
func TestALongWayIsNoThrottling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := patient(&hubSide{far: 3 * time.Second})
		if _, err := f.StartMany(t.Context(), identities(50), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			time.Sleep(2 * time.Second)
			if s := f.Summary(); s.SlowedTo != 0 {
				t.Fatalf("slowed to %v", s.SlowedTo)
			}
		}
		if s := f.Summary(); s.RTTp50 < 2*time.Second || s.Confirmed < 5500 {
			t.Errorf("%+v", s)
		}
		closeFleet(t, f)
	})
}

// A hub that ends all connections at once, twice, is one that restarts.
func TestARestartIsNoThrottling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{delay: 200 * time.Millisecond}
		f := patient(h)
		if _, err := f.StartMany(t.Context(), identities(100), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			time.Sleep(30*time.Second + 100*time.Millisecond)
			h.cut()
			for range 20 {
				time.Sleep(time.Second)
				if s := f.Summary(); s.SlowedTo != 0 {
					t.Fatalf("slowed to %v", s.SlowedTo)
				}
			}
		}
		closeFleet(t, f)
	})
}

func TestSignsOfThrottling(t *testing.T) {
	one, other := &Simulated{}, &Simulated{}
	cases := []struct {
		name string
		play func(th *throttle, now time.Time) // for one window
		want bool                              // after two of them
	}{
		{"nothing", func(*throttle, time.Time) {}, false},
		{"closed while they wait", func(th *throttle, now time.Time) {
			for _, s := range []*Simulated{one, other, one} {
				th.onClosed(s, true, now)
			}
		}, true},
		{"one device alone", func(th *throttle, now time.Time) {
			for range 9 {
				th.onClosed(one, true, now)
			}
		}, false},
		{"closed while they wait for nothing: others have their identities", func(th *throttle, now time.Time) {
			for _, s := range []*Simulated{one, other, one} {
				th.onClosed(s, true, now)
				th.onClosed(s, false, now)
			}
		}, false},
		{"a few of very many", func(th *throttle, now time.Time) {
			for range 1000 {
				th.onSent(now)
				th.onConfirmed(time.Millisecond, now)
			}
			for _, s := range []*Simulated{one, other, one} {
				th.onClosed(s, true, now)
			}
		}, false},
		{"late and fewer", func(th *throttle, now time.Time) {
			for i := range 100 {
				th.onSent(now)
				if i%2 == 0 {
					th.onConfirmed(3*time.Second, now)
				}
			}
		}, true},
		{"late", func(th *throttle, now time.Time) {
			for range 100 {
				th.onSent(now)
				th.onConfirmed(3*time.Second, now)
			}
		}, false},
		{"fewer", func(th *throttle, now time.Time) {
			for i := range 100 {
				th.onSent(now)
				if i%2 == 0 {
					th.onConfirmed(time.Second, now)
				}
			}
		}, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			th, now := newThrottle(), time.Unix(1e9, 0)
			for range 2 {
				th.onSent(now)
				tc.play(th, now)
				if th.strained() {
					t.Fatal("slowed down after one window")
				}
				now = now.Add(throttleWindow)
			}
			th.onSent(now)
			if th.strained() != tc.want {
				t.Errorf("slowed to %v", th.slowedTo())
			}
			now = now.Add(24 * time.Hour)
			th.onSent(now)
			if th.strained() {
				t.Errorf("a day later still slowed to %v", th.slowedTo())
			}
		})
	}
}

// While the hub throttles, no device is called thrown off.
func TestThrottledDevicesSuspectNobody(t *testing.T) {
	th := newThrottle()
	now := time.Unix(1e9, 0)
	two := []*Simulated{{}, {}}
	for range 3 {
		for range 2 {
			for _, s := range two {
				th.onClosed(s, true, now)
			}
		}
		now = now.Add(throttleWindow)
	}
	o := Options{gate: &company{throttle: th}}.withDefaults()
	s := newSimulated(identity("d"), &o, newScheduler(), &logRoom{limit: 10})
	for range 100 {
		now = now.Add(time.Second)
		th.onClosed(two[0], true, now)
		th.onClosed(two[1], true, now)
		st := device.State{Phase: device.Reconnecting, RetryIn: time.Second, Err: takenOver()}
		st.Err = s.lost(st, now)
		if s.rival.wins(st, now, 0) || !errors.Is(st.Err, device.ErrHubClosed) || errors.Is(st.Err, device.ErrTakenOver) {
			t.Fatalf("it gives way, or says %v", st.Err)
		}
	}
}
