package profile

import "time"

// Profile is what a simulated device is like. It does not change after Parse, and is safe for concurrent use: all devices
// of a fleet share one.
type Profile struct {
	// Name is shown to people and chosen by: that of the file without its ending unless the file says otherwise.
	Name string
	// Description is one line for a list of profiles.
	Description string
	// File is the name that Parse was given; "wind.toml" and the like for what is built in.
	File string
	// Source is the text of the file.
	Source string
	// Messages are the kinds of messages, at least one. The first is the main one: an interval from outside is about it.
	Messages []Kind
	// Methods are the direct methods that the device knows, in the order of the file, each name once.
	Methods []Method
	// Settle is what becomes of cloud-to-device messages.
	Settle Settle

	values       []*variable
	recipes      []recipe // as Messages
	replies      []reply  // a method may have several
	reported     *template
	acknowledge  string
	intervalUnit string
}

// Kind is one kind of message.
type Kind struct {
	// Name tells the kinds of a profile apart.
	Name string
	// Interval is the time between two messages of this kind, or two looks at its condition; at least MinInterval.
	Interval time.Duration
	// Jitter is how much later than due a message may go; see Device.Jitter.
	Jitter time.Duration
	// Conditional is set when not every look at its time makes a message; see ErrNotNow.
	Conditional bool
}

// Method is a direct method that the device knows.
type Method struct {
	Name, Description string
}

// MinInterval is the shortest time between two messages.
const MinInterval = time.Millisecond

// Settle is what a device does with a cloud-to-device message. MQTT knows no more than these (protocol 4.3).
type Settle uint8

// Settlements.
const (
	Complete Settle = iota // the hub is told that it was received
	Leave                  // the hub is told nothing: it comes again with the next connection
)
