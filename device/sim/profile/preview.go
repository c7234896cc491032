package profile

import (
	"time"

	"hubscope/device"
)

// Previewed is a message as Preview shows it.
type Previewed struct {
	At      time.Time
	Kind    string
	Message device.Message
}

// Preview makes the next messages of a device that starts at a time, at most n: fewer when conditions hold rarely or the
// messages are great. It is quick enough to be called at each key of an editor. The error is a *RunError, and comes with
// the messages before it.
func (p *Profile) Preview(id string, seed uint64, from time.Time, n int) ([]Previewed, error) {
	return nil, nil
}
