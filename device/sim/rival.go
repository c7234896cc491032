package sim

import (
	"cmp"
	"errors"
	"time"

	"hubscope/device"
)

// rival is another program that may be connected with the identity of the device, most likely the real one.
type rival struct {
	arrived   time.Time // when the connection that stands was made; zero: there is none
	suspected time.Time // since when there seems to be one; zero: not now
	times     int       // the device was thrown off since then
}

// A device that is thrown off again and again stops, since each return throws off the other one. A hub in trouble looks the
// same for a moment, so the first suspicion is not enough: it must last for so many of the longest waits, a minute with the
// usual ones, and come up as often. A connection that stays for as long ends it; tries that fail say nothing.
const (
	thrownOffTries = 6
	longestWait    = 10 * time.Second // of device.Backoff
)

// wins tells, at each change of the connection, whether the device is to give way.
func (r *rival) wins(st device.State, now time.Time, greatest time.Duration) bool {
	enough := thrownOffTries * cmp.Or(greatest, longestWait)
	if st.Phase == device.Connected {
		r.arrived = now
		return false
	}
	if !r.arrived.IsZero() && now.Sub(r.arrived) >= enough {
		r.suspected, r.times = time.Time{}, 0
	}
	r.arrived = time.Time{}
	if !errors.Is(st.Err, device.ErrTakenOver) || st.RetryIn == 0 {
		return false
	}
	if r.suspected.IsZero() {
		r.suspected = now
	}
	r.times++
	return r.times >= thrownOffTries && now.Sub(r.suspected) >= enough
}

// lost looks at the end of a connection with the eyes of the fleet: while the hub throttles, it closes those of many devices,
// and no other program is suspected. Needs mu.
func (s *Simulated) lost(st device.State, now time.Time) error {
	if s.o.gate == nil || st.RetryIn == 0 || !errors.Is(st.Err, device.ErrHubClosed) {
		return st.Err
	}
	s.o.gate.closed(s, s.record.waiting() > 0, now)
	if !s.o.gate.strained() {
		return st.Err
	}
	s.rival.suspected, s.rival.times = time.Time{}, 0
	return errSlowed
}
