package sim

import (
	"time"

	"hubscope/device"
)

// Manners bound what the devices of a fleet do together. The zero value bounds nothing, as long as the hub takes all that is
// sent: when it throttles, the devices slow down together (see Summary.SlowedTo).
type Manners struct {
	// MessagesPerSecond is how many messages all devices send together; 0: no bound. Devices whose turn has not come wait
	// for it in the order in which they asked.
	MessagesPerSecond float64
	// ConnectsPerSecond is how many connections are made together, first ones and later ones; 0: no bound, as long as
	// the hub refuses none.
	ConnectsPerSecond float64
	// Quota is what the hub takes in a day. The zero value: not known.
	Quota Quota
}

// apply makes the options of the devices keep to the manners.
func (c *company) apply(o *Options) {
	o.gate = c
	toldState, toldReceipt, admit := o.Device.OnState, o.Device.OnReceipt, o.Device.Admit
	o.Device.OnState = func(st device.State) {
		c.connects.told(st)
		if toldState != nil {
			toldState(st)
		}
	}
	o.Device.OnReceipt = func(r *device.Receipt) {
		if r.Err() == nil {
			c.confirmed.add(1)
			c.throttle.onConfirmed(r.RoundTrip(), time.Now())
		}
		if toldReceipt != nil {
			toldReceipt(r)
		}
	}
	if admit == nil {
		o.Device.Admit = c.connects.admit
	}
}
