package sim

import (
	"time"

	"hubscope/device"
)

// Defaults and bounds of [Options].
const (
	DefaultLogSize     = 100
	DefaultStopTimeout = 5 * time.Second
	MinInterval        = time.Millisecond
)

// Options of a simulated device.
type Options struct {
	// Device is how to connect. Its OnState and OnReceipt are called after the simulated device has
	// seen to its own bookkeeping.
	Device device.Options
	// Profile is what the device is like: Wind by default.
	Profile Profile
	// Interval is the time between two messages: the profile's by default, at least MinInterval.
	Interval time.Duration
	// Seed starts the chance of the profile, together with the device id; the same seed gives the
	// same messages. 0 is a seed like any other.
	Seed uint64
	// LogSize is how many entries the log keeps: 100 by default.
	LogSize int
	// StopTimeout is how long a stop waits for confirmations when nobody waits for less: 5 s by default.
	StopTimeout time.Duration
	// NoProof leaves out what each message carries for proof: RunProperty, SequenceProperty and the time it was made.
	NoProof bool
}

func (o Options) withDefaults() Options {
	if o.Profile.Next == nil {
		o.Profile = Wind()
	}
	if o.Interval == 0 {
		o.Interval = o.Profile.Interval
	}
	o.Interval = max(o.Interval, MinInterval)
	if o.LogSize <= 0 {
		o.LogSize = DefaultLogSize
	}
	if o.StopTimeout <= 0 {
		o.StopTimeout = DefaultStopTimeout
	}
	return o
}
