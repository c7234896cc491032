package provision

import (
	"fmt"
	"time"

	"hubscope/hub"
	"hubscope/hub/connstr"
)

// Outcome is what became of an id.
type Outcome uint8

// The outcomes. Untried is that of an id to which a run that was cut short did not come.
const (
	Untried Outcome = iota
	Found
	Created
	WouldCreate
	Missing
	Failed
	outcomes
)

// String names the outcome as one would say it in a list.
func (o Outcome) String() string {
	switch o {
	case Untried:
		return "not tried"
	case Found:
		return "found"
	case Created:
		return "created"
	case WouldCreate:
		return "would be created"
	case Missing:
		return "missing"
	case Failed:
		return "failed"
	default:
		return fmt.Sprintf("outcome %d", uint8(o))
	}
}

// Item is what became of one id.
type Item struct {
	DeviceID string
	Outcome  Outcome
	// Device is the identity with its keys when it is Found or Created; of a created one, what was asked for.
	Device hub.Device
	// Err is why it Failed.
	Err error
	// Warning is what was not made in full, such as a device without its tags.
	Warning error
}

// Counts are how many ids have come to which outcome.
type Counts struct{ Total, Found, Created, WouldCreate, Missing, Failed, Untried int }

// Done is how many ids are settled.
func (c Counts) Done() int { return c.Total - c.Untried }

// String says the counts in words, leaving out those of which there are none: "3 found, 2 created".
func (c Counts) String() string {
	text := ""
	for _, part := range []struct {
		n    int
		word string
	}{
		{c.Found, "found"},
		{c.Created, "created"},
		{c.WouldCreate, "would be created"},
		{c.Missing, "missing"},
		{c.Failed, "failed"},
		{c.Untried, "not tried"},
	} {
		if part.n == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", part.n, part.word)
	}
	if text == "" {
		return "none"
	}
	return text
}

// Progress is how far a run has come.
type Progress struct {
	Counts
	// Until is when the hub is asked again, and Err why it has to wait; both zero when it does not.
	Until time.Time
	Err   error
}

// Result is what became of a list, in its order.
type Result struct {
	Items []Item
	Counts
}

// ConnectionStrings are those of the devices that were found or created, in order; s is the hub's own.
func (r Result) ConnectionStrings(s connstr.Service) []connstr.Device {
	list := make([]connstr.Device, 0, r.Found+r.Created)
	for _, item := range r.Items {
		if item.Outcome == Found || item.Outcome == Created {
			list = append(list, item.Device.ConnectionString(s))
		}
	}
	return list
}
