package sim

import "time"

// Direction is the way that an entry of the log went.
type Direction uint8

// Directions of entries.
const (
	Sent      Direction = iota + 1 // device to hub
	Received                       // hub to device
	Connected                      // of the connection itself
)

// Sign is the arrow to show for the direction.
func (d Direction) Sign() string {
	switch d {
	case Sent:
		return "→"
	case Received:
		return "←"
	default:
		return "↻"
	}
}

// Entry is one line of a simulated device's log.
type Entry struct {
	Time      time.Time
	Direction Direction
	// Text is what happened, such as "message_7 correlation_7 Property=PropMsg_7 (as text, 40 B)".
	Text string
	// Outcome is what became of it, such as "acked in 3 ms"; empty while that is open.
	Outcome string
	// Err is set when the outcome is a failure.
	Err error
}

// journal keeps the last entries. Its memory grows to its bound with what is written, not before.
type journal struct {
	entries []Entry
	limit   int
	written int // entries ever written
}

// write appends an entry and returns its number, by which it can be completed.
func (j *journal) write(e Entry) int {
	number := j.written
	j.written++
	if len(j.entries) < j.limit {
		j.grow()
		j.entries = append(j.entries, e)
		return number
	}
	j.entries[number%j.limit] = e
	return number
}

// grow makes room by doubling as append does, but never beyond the limit: there may be ten thousand
// journals.
func (j *journal) grow() {
	if len(j.entries) < cap(j.entries) {
		return
	}
	entries := make([]Entry, len(j.entries), min(max(8, 2*cap(j.entries)), j.limit))
	copy(entries, j.entries)
	j.entries = entries
}

// complete sets the outcome of an entry unless it has fallen out.
func (j *journal) complete(number int, outcome string, err error) {
	if number < 0 || number < j.written-len(j.entries) {
		return
	}
	e := &j.entries[number%j.limit]
	e.Outcome, e.Err = outcome, err
}

// all gives a copy of the entries, oldest first.
func (j *journal) all() []Entry {
	out := make([]Entry, 0, len(j.entries))
	first := j.written - len(j.entries)
	for n := first; n < j.written; n++ {
		out = append(out, j.entries[n%j.limit])
	}
	return out
}
