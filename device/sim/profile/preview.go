package profile

import (
	"errors"
	"time"

	"hubscope/device"
)

// Previewed is a message as Preview shows it.
type Previewed struct {
	At      time.Time
	Kind    string
	Message device.Message
}

// Bounds of a preview, so that it can be made at each key of an editor.
const (
	MaxPreview     = 1000
	maxPreviewSize = 4 << 20 // bytes of bodies
	looksAMessage  = 100     // looks at conditions for each message wanted
)

// Preview makes the next messages of a device that starts at a time, at most n and MaxPreview: fewer when conditions hold
// rarely or the messages are great. The error is a *RunError, and comes with the messages before it.
func (p *Profile) Preview(id string, seed uint64, from time.Time, n int) ([]Previewed, error) {
	d := p.NewDevice(id, seed)
	n = min(n, MaxPreview)
	looked := make([]int64, len(p.Messages))
	var all []Previewed
	size := 0
	for range n * looksAMessage {
		if len(all) >= n || size > maxPreviewSize {
			break
		}
		kind, at := d.nextDue(from, looked)
		looked[kind]++
		m, err := d.Next(kind, at)
		if errors.Is(err, ErrNotNow) {
			continue
		}
		if err != nil {
			return all, err
		}
		all = append(all, Previewed{At: at, Kind: p.Messages[kind].Name, Message: m})
		size += len(m.Text) + len(m.Body)
	}
	return all, nil
}

// nextDue is the kind whose time comes first, and that time.
func (d *Device) nextDue(from time.Time, looked []int64) (kind int, at time.Time) {
	for i := range d.profile.Messages {
		due := from.Add(time.Duration(looked[i])*d.profile.Messages[i].Interval + d.Jitter(i, looked[i]))
		if i == 0 || due.Before(at) {
			kind, at = i, due
		}
	}
	return kind, at
}
