package frame

// State is the state of a delivery: Received, or one of the outcomes Accepted,
// Rejected, Released and Modified; Described for any other.
type State any

// The delivery states of protocol 8.1.
type (
	// Accepted is the outcome of a message that was taken.
	Accepted struct{}
	// Rejected is the outcome of a message that is not valid.
	Rejected struct{ Error *Error }
	// Released is the outcome of a message that was not looked at.
	Released struct{}
	// Modified is Released with changes to be made to the message.
	Modified struct {
		DeliveryFailed    bool
		UndeliverableHere bool
		Annotations       Map
	}
	// Received tells how much of a message has come; it is no outcome.
	Received struct {
		Section uint32
		Offset  uint64
	}
)

// Terminal tells whether a state is an outcome.
func Terminal(s State) bool {
	switch s.(type) {
	case nil, Received:
		return false
	}
	return true
}

func readState(f *fields) State {
	if f.left > 0 && len(f.in.buf) > 0 && f.in.buf[0] == codeDescribed {
		if s, known := knownState(f); known {
			return s
		}
	}
	return f.any()
}

func knownState(f *fields) (State, bool) {
	before := *f
	descriptor, in, ok := nestedAny(f)
	if !ok {
		*f = before
		return nil, false
	}
	var s State
	switch descriptor {
	case descAccepted:
		s = Accepted{}
	case descReleased:
		s = Released{}
	case descRejected:
		s = Rejected{Error: readError(in)}
	case descModified:
		s = Modified{
			DeliveryFailed:    read[bool](in).Value,
			UndeliverableHere: read[bool](in).Value,
			Annotations:       read[Map](in).Value,
		}
	case descReceived:
		s = Received{Section: read[uint32](in).Value, Offset: read[uint64](in).Value}
	default:
		*f = before
		return nil, false
	}
	f.adopt(in)
	return s, true
}

func (w *writer) state(s State) {
	switch t := s.(type) {
	case nil:
		w.null()
	case Accepted:
		w.outcome(descAccepted)
	case Released:
		w.outcome(descReleased)
	case Rejected:
		w.buf = appendOnlyError(w.buf, descRejected, t.Error)
		w.keep()
	case Modified:
		in := begin(w.buf, descModified)
		in.flag(t.DeliveryFailed)
		in.flag(t.UndeliverableHere)
		in.pairs(t.Annotations)
		w.buf = in.end()
		w.keep()
	case Received:
		in := begin(w.buf, descReceived)
		in.uint(t.Section)
		in.put(t.Offset)
		w.buf = in.end()
		w.keep()
	default:
		w.put(s)
	}
}

// outcome appends a state that has no fields.
func (w *writer) outcome(descriptor byte) {
	w.buf = append(w.buf, codeDescribed, codeSmallUlong, descriptor, codeList0)
	w.keep()
}
