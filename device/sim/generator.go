package sim

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"hubscope/device"
)

// generator makes what one device sends and answers. It is not for concurrent use.
type generator interface {
	// Next makes the next message of a kind by the device's clock.
	Next(kind int, now time.Time) (device.Message, error)
	// SetTwin gives the desired properties as a whole.
	SetTwin(desired json.RawMessage)
	// Method answers a call after a delay; known tells whether the profile has the method.
	Method(name string, payload json.RawMessage, now time.Time) (status int, answer json.RawMessage, delay time.Duration, known bool)
	// Reported are the first reported properties; empty for none.
	Reported(now time.Time) json.RawMessage
}

func (o *Options) newGenerator(deviceID string) generator {
	return &plain{profile: o.Profile, deviceID: deviceID, random: newRandom(o.Seed, deviceID)}
}

func (o *Options) kinds() []kind {
	return []kind{{name: o.Profile.Name, interval: o.Interval}}
}

// plain is the generator of a profile that only sends.
type plain struct {
	profile  Profile
	deviceID string
	n        int
	random   *rand.Rand
}

func (p *plain) Next(_ int, _ time.Time) (device.Message, error) {
	p.n++
	return p.profile.Next(p.n, p.deviceID, p.random), nil
}

func (p *plain) SetTwin(json.RawMessage) {}

func (p *plain) Method(string, json.RawMessage, time.Time) (int, json.RawMessage, time.Duration, bool) {
	return 0, nil, 0, false
}

func (p *plain) Reported(time.Time) json.RawMessage { return nil }
