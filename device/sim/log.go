package sim

import (
	"sync/atomic"
	"time"
)

// Direction is the way that an entry of the log went.
type Direction uint8

// Directions of entries.
const (
	Sent      Direction = iota + 1 // device to hub
	Received                       // hub to device
	Connected                      // of the connection itself
	Suffered                       // a fault began or ended, or hit a message
)

// Sign is the arrow to show for the direction.
func (d Direction) Sign() string {
	switch d {
	case Sent:
		return "→"
	case Received:
		return "←"
	case Suffered:
		return "!"
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

// line is an entry as it is kept: the usual outcome is put into words only when somebody looks.
type line struct {
	at        int64 // Unix time in ns
	text      string
	other     *outcome // instead of the usual one
	acked     uint32   // µs and 1; 0: not
	direction Direction
}

type outcome struct {
	text string
	err  error
}

func (l *line) entry() Entry {
	e := Entry{Time: time.Unix(0, l.at), Direction: l.direction, Text: l.text}
	switch {
	case l.other != nil:
		e.Outcome, e.Err = l.other.text, l.other.err
	case l.acked > 0:
		e.Outcome = "acked in " + words(time.Duration(l.acked-1)*time.Microsecond)
	}
	return e
}

// journal keeps the last lines in a ring. Its memory grows with what is written, up to a bound that follows whether
// somebody looks.
type journal struct {
	room    *logRoom
	lines   []line
	head    int // of the oldest
	kept    int
	written int // lines ever written
	watched time.Time
}

// logRoom is what the logs of a fleet share.
type logRoom struct {
	limit   int          // entries of a device's log
	devices atomic.Int64 // that have one
}

const (
	// logsTogether is how many entries all logs of a fleet may have, as long as each has leastLog.
	logsTogether = 50_000
	leastLog     = 12
	// logWatched is for how long after a look a log is kept in full.
	logWatched = time.Minute
)

// bound is how many entries the log may have now.
func (j *journal) bound(now time.Time) int {
	if now.Before(j.watched) {
		return j.room.limit
	}
	share := logsTogether / max(1, int(j.room.devices.Load()))
	return min(j.room.limit, max(leastLog, share))
}

// write appends a line and returns its number, by which it can be completed.
func (j *journal) write(l line) int {
	j.makeRoom(j.bound(time.Unix(0, l.at)))
	j.lines[(j.head+j.kept)%len(j.lines)] = l
	j.kept++
	j.written++
	return j.written - 1
}

// makeRoom sees to it that one more line has a place, among as many as there may be.
func (j *journal) makeRoom(bound int) {
	for j.kept >= bound {
		j.lines[j.head] = line{}
		j.head = (j.head + 1) % len(j.lines)
		j.kept--
	}
	switch {
	case len(j.lines) > bound+bound/2+4:
		j.resize(bound)
	case j.kept == len(j.lines):
		j.resize(min(max(4, 2*len(j.lines)), bound))
	}
}

func (j *journal) resize(n int) {
	lines := make([]line, n)
	for i := range j.kept {
		lines[i] = j.lines[(j.head+i)%len(j.lines)]
	}
	j.lines, j.head = lines, 0
}

// at gives the line of a number, nil when it has fallen out.
func (j *journal) at(number int) *line {
	first := j.written - j.kept
	if number < first || number >= j.written {
		return nil
	}
	return &j.lines[(j.head+number-first)%len(j.lines)]
}

// complete sets the outcome of an entry unless it has fallen out.
func (j *journal) complete(number int, text string, err error) {
	if l := j.at(number); l != nil {
		l.other = &outcome{text, err}
	}
}

// ack sets the usual outcome of a message.
func (j *journal) ack(number int, took time.Duration) {
	if l := j.at(number); l != nil {
		l.acked = uint32(min(took.Microseconds(), 1<<31)) + 1
	}
}

// look gives a copy of the entries, oldest first, and keeps the log in full from now on for a while.
func (j *journal) look(now time.Time) []Entry {
	j.watched = now.Add(logWatched)
	out := make([]Entry, j.kept)
	for i := range out {
		out[i] = j.lines[(j.head+i)%len(j.lines)].entry()
	}
	return out
}
