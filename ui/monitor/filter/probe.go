package filter

import (
	"time"
	"unsafe"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/unpack"
)

// probe is an event that is being looked at.
type probe struct {
	e     *history.Event
	now   func() time.Time
	given []byte // the body unpacked; nil when nobody did
	read  bool
	plain []byte
	lacks bool // the body was asked for, and is not unpacked

	// The last types that needed nothing undone: the next event has mostly the same.
	plainType, plainEncoding string
	known                    bool
}

func (p *probe) at(e *history.Event, body []byte) {
	p.e, p.given, p.read, p.plain, p.lacks = e, body, false, nil, false
}

// body is the body with what its sender packed or compressed undone. When that was not done it is none, and the probe
// lacks it.
func (p *probe) body() []byte {
	if p.read {
		p.lacks = p.lacks || p.plain == nil && len(p.e.Body) > 0
		return p.plain
	}
	p.read = true
	switch {
	case p.isPlain():
		p.plain = p.e.Body
	case p.given != nil:
		p.plain = p.given
	default:
		p.lacks = true
	}
	return p.plain
}

func (p *probe) isPlain() bool {
	e := p.e
	if len(e.Body) == 0 {
		return true
	}
	zipped := len(e.Body) > 1 && e.Body[0] == 0x1f && e.Body[1] == 0x8b
	if p.known && !zipped && e.ContentType == p.plainType && e.ContentEncoding == p.plainEncoding {
		return true
	}
	if !payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body) {
		return false
	}
	p.known, p.plainType, p.plainEncoding = true, e.ContentType, e.ContentEncoding
	return true
}

// bodyText is the body as text, good for as long as the event is: bodies that are kept are never written to again.
func (p *probe) bodyText() string {
	b := p.body()
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// age is how long the event has been in the hub, in seconds.
func (p *probe) age() float64 { return p.now().Sub(p.e.Enqueued).Seconds() }

// anywhere tries the texts of an event beside its body.
func anywhere(e *history.Event, is func(string) bool) bool {
	return is(e.DeviceID) || is(e.ModuleID) || is(e.MessageID) || is(e.CorrelationID) || e.AnyProperty(is)
}

// Find tells whether a mark is anywhere in an event: what the search looks for.
type Find struct {
	mark  Mark
	probe probe
}

// NewFind looks for a mark.
func NewFind(m Mark) *Find { return &Find{mark: m} }

// Test tells whether the event holds it. It is a history.Test.
func (f *Find) Test(e *history.Event, body []byte) history.Verdict {
	f.probe.at(e, body)
	switch in := f.mark.in(&f.probe); {
	case in:
		return history.Passes
	case f.probe.lacks:
		return history.Unread
	}
	return history.Hides
}

// Unpack gives what a test is to look at of a body that is packed. It takes as long as it takes: never do it where keys
// wait.
func Unpack(e *history.Event) []byte { return unpack.Head(e.ContentType, e.ContentEncoding, e.Body) }
