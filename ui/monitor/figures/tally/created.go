package tally

import (
	"time"

	"hubscope/ui/monitor/history"
)

// creationTime is when the device made the message, by its own clock. protocol 7.8
const creationTime = "iothub-creation-time-utc"

// created reads it: a timestamp, or text.
func created(e *history.Event) (time.Time, bool) {
	for i := range e.Annotations {
		a := &e.Annotations[i]
		if a.Name != creationTime {
			continue
		}
		switch v := a.Value.(type) {
		case time.Time:
			return v, true
		case string:
			t, err := time.Parse(time.RFC3339Nano, v)
			return t, err == nil
		}
		break
	}
	return time.Time{}, false
}
