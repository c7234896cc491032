package sim

import (
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
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
	// seen to its own bookkeeping. What it has for cloud-to-device messages, methods and the twin is not used: the
	// device sees to these.
	Device device.Options
	// Profile is what the device is like: the built-in wind by default.
	Profile *profile.Profile
	// Interval is the time between two messages of the profile's main kind: the profile's by default, at least MinInterval.
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
	// Count is after how many messages the device stops, as if it was asked to; 0: it does not. Skipped ones count.
	Count int
	// Faults are those that the device has from its start; see Inject for later ones.
	Faults FaultPlan
	// UnknownMethods is how methods that the profile does not know are answered.
	UnknownMethods UnknownMethods
	// Settle is what becomes of cloud-to-device messages: what the profile says by default.
	Settle Settle
	// TelemetryOnly makes a device that listens to nothing: no cloud-to-device messages, methods or twin. It costs the
	// hub and this process less.
	TelemetryOnly bool

	generate func(deviceID string) generator // instead of the profile's; for tests
	gate     gate                            // of the fleet; nil lets everything through
}

// UnknownMethods is how a device answers methods that its profile does not know.
type UnknownMethods uint8

// Answers to unknown methods.
const (
	NotFound UnknownMethods = iota // status 404
	Echo                           // status 200 and the payload of the call
)

// Settle is what a device does with cloud-to-device messages. MQTT can say no more than these: there is no reject and no
// abandon (protocol 4.3).
type Settle uint8

// Settlements.
const (
	ByProfile Settle = iota
	Complete         // the hub is told that it was received
	Leave            // the hub is told nothing: it comes again with the next connection
)

func (o Options) withDefaults() Options {
	if o.Profile == nil {
		o.Profile, _ = profile.Builtin("wind")
	}
	if o.LogSize <= 0 {
		o.LogSize = DefaultLogSize
	}
	if o.StopTimeout <= 0 {
		o.StopTimeout = DefaultStopTimeout
	}
	return o
}
