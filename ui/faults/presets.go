package faults

import (
	"time"

	"hubscope/hub"
)

// ends is when a fault is over unless the user says otherwise: long enough to
// watch, short enough that a forgotten one does not spoil the next day.
const ends = 5 * time.Minute

// preset is a fault by one key, kept to devices: the screen is a service itself,
// and neither its calls nor its event reader shall fail with them. What services
// do too is scoped by an operation of devices alone, and a connection by a pattern
// for the device, which a service has none to match.
type preset struct {
	name, hint string
	fault      hub.Fault
}

const everyDevice = "*"

var presets = []preset{
	{"throttle 10 %", "of the messages of devices, for 5 min", hub.Fault{Kind: hub.FaultThrottle, Operation: "telemetry", Rate: 0.1, For: ends}},
	{"latency 500 ms", "before each of them, for 5 min", hub.Fault{Kind: hub.FaultLatency, Operation: "telemetry", Delay: 500 * time.Millisecond, For: ends}},
	{"drop every connection once", "of all devices, now", hub.Fault{Kind: hub.FaultDrop, For: time.Millisecond}},
	{"refuse connections", "of devices, for 30 s", hub.Fault{Kind: hub.FaultRefuse, Device: everyDevice, Operation: "connect", For: 30 * time.Second}},
	{"cut 5 % in mid-frame", "answers to telemetry, for 5 min", hub.Fault{Kind: hub.FaultCut, Operation: "telemetry", Rate: 0.05, For: ends}},
	{"expire tokens after 10 s", "of devices that connect, for 5 min", hub.Fault{Kind: hub.FaultExpire, Device: everyDevice, Operation: "connect", After: 10 * time.Second, For: ends}},
	{"message quota exceeded", "for telemetry, for 5 min", hub.Fault{Kind: hub.FaultQuota, Operation: "telemetry", For: ends}},
}
