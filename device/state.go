package device

import "time"

// Phase is where the connection of a device stands.
type Phase uint8

// The phases of a connection. Only Connected carries messages; the others keep them.
const (
	Disconnected Phase = iota // not asked to connect, or closed
	Connecting                // the first connection is being made
	Connected                 // the hub accepted the device
	Reconnecting              // the connection was lost, or its token is being renewed
)

// String names the phase in lower case.
func (p Phase) String() string {
	switch p {
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Reconnecting:
		return "reconnecting"
	default:
		return "disconnected"
	}
}

// State is where the connection stands and why.
type State struct {
	Phase Phase
	// Attempt counts the tries since the last connection that held, from 1; 0 when Connected.
	Attempt int
	// RetryIn is how long the client waits from Since before its next try; 0 while it tries.
	RetryIn time.Duration
	// Err is why the last connection ended or the last try failed; nil in a fresh client, when
	// Connected, and while a token is renewed. See [Lasting].
	Err error
	// Since is when this state began.
	Since time.Time
}
