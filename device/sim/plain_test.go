package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
)

// plain is a generator that sends numbered messages and does nothing else.
type plain struct {
	deviceID string
	n        int
	random   *rand.Rand
}

func newPlain(seed uint64, deviceID string) *plain {
	return &plain{deviceID: deviceID, random: newRandom(seed, deviceID)}
}

func (p *plain) Next(int, time.Time) (device.Message, error) {
	p.n++
	return device.Message{
		MessageID: fmt.Sprint("message_", p.n), Text: fmt.Sprint(p.deviceID, " ", p.random.Uint64()),
	}, nil
}

func (p *plain) Jitter(int, int64) time.Duration { return 0 }

func (p *plain) Method(string, json.RawMessage, time.Time) (profile.Answer, bool, error) {
	return profile.Answer{}, false, nil
}

func (p *plain) Reported(time.Time) (json.RawMessage, error) { return nil, nil }

func (p *plain) SetTwin(json.RawMessage) error { return nil }

func (p *plain) Apply(json.RawMessage, int64, bool, time.Time) (profile.Applied, error) {
	return profile.Applied{}, nil
}
