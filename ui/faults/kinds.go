package faults

import (
	"time"

	"hubscope/hub"
)

// kind is one of the faults with what the form knows of it.
type kind struct {
	kind    hub.FaultKind
	does    string
	strikes string // how often, unless the user says otherwise
	// figure names the time that only this kind has; empty: none.
	figure    string
	otherwise time.Duration
	set       func(f *hub.Fault, figure time.Duration)
}

var kinds = []kind{
	{
		kind: hub.FaultThrottle, strikes: "10 %", figure: "Retry after", otherwise: time.Second,
		does: "Refused with 429001. AMQP links get its error condition, event readers server-busy, MQTT connections are closed.",
		set:  func(f *hub.Fault, d time.Duration) { f.RetryAfter = d },
	},
	{
		kind: hub.FaultLatency, strikes: "always", figure: "Delay", otherwise: 500 * time.Millisecond,
		does: "Waits first. What comes after it on the connection waits too.",
		set:  func(f *hub.Fault, d time.Duration) { f.Delay = d },
	},
	{
		kind: hub.FaultDrop, strikes: "always",
		does: "Closes connections of devices, those that are there now and those that do what is in the scope later; with the operation events, those of readers.",
	},
	{
		kind: hub.FaultRefuse, strikes: "always",
		does: "Lets nobody connect. Requests over HTTPS get 503001, also those of this screen unless the operation is connect.",
	},
	{
		kind: hub.FaultCut, strikes: "10 %",
		does: "The next thing that the hub writes ends in its middle, and the connection with it.",
	},
	{
		kind: hub.FaultExpire, strikes: "always", figure: "Tokens last", otherwise: 10 * time.Second,
		does: "Tokens end early, and what they allowed with them. Requests over HTTPS get 401003 unless the operation is connect.",
		set:  func(f *hub.Fault, d time.Duration) { f.After = d },
	},
	{
		kind: hub.FaultQuota, strikes: "always",
		does: "Refused with 403002, as when the messages of the day are used up.",
	},
}
