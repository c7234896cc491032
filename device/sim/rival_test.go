package sim

import (
	"fmt"
	"testing"
	"time"

	"hubscope/device"
)

func takenOver() error { return fmt.Errorf("%w, %w", device.ErrHubClosed, device.ErrTakenOver) }

func TestWhenADeviceGivesWay(t *testing.T) {
	type step struct {
		after time.Duration // since the step before
		state device.State
	}
	up := func(after time.Duration) step { return step{after, device.State{Phase: device.Connected}} }
	off := func(after time.Duration) step {
		return step{after, device.State{Phase: device.Reconnecting, RetryIn: time.Second, Err: takenOver()}}
	}
	failed := func(after time.Duration) step {
		return step{after, device.State{Phase: device.Reconnecting, RetryIn: time.Second, Err: device.ErrNetwork}}
	}
	trying := step{0, device.State{Phase: device.Reconnecting, Err: takenOver()}}
	repeat := func(n int, steps ...step) (all []step) {
		for range n {
			all = append(all, steps...)
		}
		return all
	}
	join := func(parts ...[]step) (all []step) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	rounds := repeat(6, up(9*time.Second), off(time.Second), trying) // 51 seconds from the first to the last
	more := repeat(1, up(9*time.Second), off(time.Second))
	cases := []struct {
		name  string
		steps []step
		want  bool
	}{
		{"not before a minute", rounds, false},
		{"after a minute", join(rounds, more), true},
		{"tries that fail do not begin it anew", join(rounds, repeat(3, failed(time.Second)), more), true},
		{"nor are they times", join(repeat(1, up(0), off(time.Second)), repeat(300, failed(time.Second)), more), false},
		{"a stay that is too short", join(rounds, repeat(1, up(0), failed(59*time.Second)), more), true},
		{"a stay of a minute begins it anew", join(rounds, repeat(1, up(0), failed(time.Minute)), more), false},
		{"also one that ends like the others", join(rounds, repeat(1, up(0), off(time.Minute)), more), false},
		{"and then it takes a minute again", join(rounds, repeat(1, up(0), failed(time.Minute)), rounds, more), true},
		{"long ago", join(repeat(1, up(0), off(time.Second)), repeat(1, up(time.Second), off(time.Hour)), more), false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var r rival
			now, won := time.Unix(1e9, 0), false
			for _, s := range tc.steps {
				now = now.Add(s.after)
				won = r.wins(s.state, now, 0)
			}
			if won != tc.want {
				t.Errorf("gives way: %v; suspected for %v, %d times", won, now.Sub(r.suspected), r.times)
			}
		})
	}
}
