package sim

import (
	"math/rand/v2"
	"time"

	"hubscope/device"
)

// Profile is what a simulated device is like.
type Profile struct {
	// Name is shown to people.
	Name string
	// Interval is the time between two messages unless an option says otherwise.
	Interval time.Duration
	// Next makes message n, counted from 1, of a device. All chance in it comes from r, so that
	// a run with the same seed is the same run. It is called by one goroutine a device.
	Next func(n int, deviceID string, r *rand.Rand) device.Message
}
