package tally

import "time"

// Flow is how much came from somewhere, and how late.
type Flow struct {
	Events, Bytes  uint64
	Rate, ByteRate float64 // a second, smoothed
	LastSeen       time.Time
	Here           Latencies // from the hub to here
	Clock          Latencies // from the device's clock to the hub, where the device tells when a message was made
	count, size    uint32    // in the second that is being counted
	measured       bool      // a first second has been counted
}

func (f *Flow) add(size int, received time.Time) {
	f.Events++
	f.Bytes += uint64(size)
	f.count++
	f.size += uint32(size)
	f.LastSeen = received
}

// Of what comes faster than this, every so many-th event is enough to know latencies by.
const (
	slow  = 64 // events a second
	every = 8
)

func (f *Flow) sampled() bool { return f.count < slow || f.count%every == 0 }

// turn ends a stretch of counting of so many seconds. Rates are smoothed: one a second must not read 0, 2, 1, 0.
func (f *Flow) turn(seconds float64) {
	now, size := float64(f.count)/seconds, float64(f.size)/seconds
	f.count, f.size = 0, 0
	if !f.measured {
		f.measured, f.Rate, f.ByteRate = true, now, size
		return
	}
	f.Rate, f.ByteRate = smooth(f.Rate, now), smooth(f.ByteRate, size)
}

func smooth(before, now float64) float64 {
	const least = 0.05
	if after := (3*before + now) / 4; after >= least {
		return after
	}
	return 0
}

func (f *Flow) forget() {
	f.Here.turn()
	f.Clock.turn()
}
