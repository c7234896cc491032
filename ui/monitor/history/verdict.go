package history

// Verdict is what a test says of an event.
type Verdict uint8

// The verdicts.
const (
	Hides Verdict = iota
	Passes
	Unread // it asks for what is in the body, which is packed and was not unpacked yet
)

// A Test decides about an event, whose attributes are there after Open. Body is what the sender packed or compressed, unpacked; nil for as long as that was
// not done, which takes too long to be done here.
type Test func(e *Event, body []byte) Verdict

// Always makes a test of one that needs no body.
func Always(passes func(*Event) bool) Test {
	return func(e *Event, _ []byte) Verdict {
		e.Open()
		return verdictOf(passes(e))
	}
}

func verdictOf(passes bool) Verdict {
	if passes {
		return Passes
	}
	return Hides
}

// Body is the body of a kept event, unpacked.
type Body struct {
	N    uint64 // of the event
	Data []byte // never nil
}
