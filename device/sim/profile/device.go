package profile

import (
	"encoding/json"
	"sync"
	"time"

	"hubscope/device"
)

// Device is one device of a profile: the state of its values. It is safe for concurrent use.
type Device struct {
	profile *Profile
	id      string
	seed    uint64
	mu      sync.Mutex
}

// NewDevice makes the device of an id. It costs little memory: ten thousand devices may share a profile.
func (p *Profile) NewDevice(id string, seed uint64) *Device {
	return &Device{profile: p, id: id, seed: seed}
}

// Next makes the next message of a kind (an index of Profile.Messages) that is due now. Errors: ErrNotNow when the
// condition of the kind does not hold, a *RunError when the message cannot be made; a later one may be.
func (d *Device) Next(kind int, now time.Time) (device.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return device.Message{}, ErrNotNow
}

// Jitter is how much later than due the message of a kind goes that is due for the n-th time: less than the kind's
// jitter, and always the same for the same seed, device, kind and n.
func (d *Device) Jitter(kind int, n int64) time.Duration { return 0 }

// Answer is how a device answers a direct method.
type Answer struct {
	Status  int
	Payload json.RawMessage
	// Delay is what the device takes to answer; the caller waits.
	Delay time.Duration
	// Report is a patch of reported properties that the call brings about; nil for none.
	Report json.RawMessage
}

// Method answers a call; known is false for a method that the profile does not know. The error is a *RunError; the
// answer then is one with status 500 that says so.
func (d *Device) Method(name string, payload json.RawMessage, now time.Time) (answer Answer, known bool, err error) {
	return Answer{}, false, nil
}

// Reported is the patch of reported properties that a device sends when it starts; nil for none. The error is a *RunError.
func (d *Device) Reported(now time.Time) (json.RawMessage, error) { return nil, nil }

// SetTwin gives the device its desired properties as a whole, without applying them: values that refer to them change.
func (d *Device) SetTwin(desired json.RawMessage) error { return nil }

// Applied is what a change of desired properties brings about.
type Applied struct {
	// Report is the patch of reported properties by which the device tells that it took them; nil for none.
	Report json.RawMessage
	// Intervals are the new intervals of kinds of messages, by index.
	Intervals map[int]time.Duration
}

// Apply applies desired properties: a patch, or all of them when full is set, since patches may have been missed.
func (d *Device) Apply(desired json.RawMessage, version int64, full bool, now time.Time) (Applied, error) {
	return Applied{}, nil
}
