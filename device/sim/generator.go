package sim

import (
	"encoding/json"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
)

// generator makes what one device sends and answers. A *profile.Device is one. It is safe for concurrent use.
type generator interface {
	Next(kind int, now time.Time) (device.Message, error)
	Jitter(kind int, n int64) time.Duration
	Method(name string, payload json.RawMessage, now time.Time) (answer profile.Answer, known bool, err error)
	Reported(now time.Time) (json.RawMessage, error)
	SetTwin(desired json.RawMessage) error
	Apply(desired json.RawMessage, version int64, full bool, now time.Time) (profile.Applied, error)
}

func (o *Options) newGenerator(deviceID string) generator {
	if o.generate != nil {
		return o.generate(deviceID)
	}
	d := o.Profile.NewDevice(deviceID, o.Seed)
	d.SetInterval(0, o.Interval)
	return d
}

// kinds are those of the profile, at the intervals that the options want.
func (o *Options) kinds() []kind {
	kinds := make([]kind, len(o.Profile.Messages))
	for i, m := range o.Profile.Messages {
		kinds[i] = kind{name: m.Name, interval: max(m.Interval, MinInterval)}
	}
	if len(kinds) > 0 && o.Interval > 0 {
		kinds[0].interval = max(o.Interval, MinInterval)
	}
	return kinds
}
