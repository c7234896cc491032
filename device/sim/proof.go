package sim

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"hubscope/device"
)

// The application properties that let whoever receives the messages of a simulated device prove that none is lost,
// twice or out of order: which run of the device sent the message, and its number in that run, counted from 1.
const (
	RunProperty      = "hubscope-run"
	SequenceProperty = "hubscope-seq"
)

// newRun names a run. Chance of its own: two runs with the same seed are still two.
func newRun() string { return fmt.Sprintf("%08x", rand.Uint32()) }

// prove adds the number of the message, and by the device's clock when it was made.
func prove(m device.Message, run string, n int, now time.Time) device.Message {
	properties := make([]device.Property, 0, len(m.Properties)+2)
	properties = append(properties, m.Properties...)
	m.Properties = append(properties,
		device.Property{Key: RunProperty, Value: run}, device.Property{Key: SequenceProperty, Value: strconv.Itoa(n)})
	if m.Created.IsZero() {
		m.Created = now
	}
	return m
}
