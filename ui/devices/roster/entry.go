package roster

import "time"

// Entry is what is kept of a device.
type Entry struct {
	ID       string
	Activity time.Time // to the millisecond; zero: never
	Queue    int       // messages waiting; more than 255 are kept as 255
	Disabled bool
	Online   bool
	Auth     Auth
	Edge     bool
	Values   []string // of the chosen columns
}

// Auth is how a device proves itself, in the order of the names that people see.
type Auth uint8

// The values of Auth.
const (
	SymmetricKey Auth = iota
	OwnCertificate
	Authority
	NoAuth
)

// word is an entry without its id and values: the activity in milliseconds, the queue and the flags.
type word uint64

const (
	disabled word = 1 << iota
	online
	edge
	gone
	authShift  = 4
	queueShift = 12
	timeShift  = 20
)

func (e Entry) word() word {
	w := word(min(max(e.Queue, 0), 255))<<queueShift | word(e.Auth&3)<<authShift
	if !e.Activity.IsZero() {
		w |= word(max(0, e.Activity.UnixMilli())) << timeShift
	}
	for _, f := range []struct {
		set  bool
		flag word
	}{{e.Disabled, disabled}, {e.Online, online}, {e.Edge, edge}} {
		if f.set {
			w |= f.flag
		}
	}
	return w
}

func (w word) queue() int     { return int(w >> queueShift & 255) }
func (w word) auth() Auth     { return Auth(w >> authShift & 3) }
func (w word) seconds() int64 { return int64(w>>timeShift) / 1000 }

func (w word) activity() time.Time {
	ms := int64(w >> timeShift)
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (w word) entry(id string, values []string) Entry {
	return Entry{
		ID: id, Activity: w.activity(), Queue: w.queue(), Auth: w.auth(), Values: values,
		Disabled: w&disabled != 0, Online: w&online != 0, Edge: w&edge != 0,
	}
}
