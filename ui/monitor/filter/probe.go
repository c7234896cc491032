package filter

import (
	"time"
	"unsafe"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
)

// probe is an event that is being looked at: what is read of it is read once.
type probe struct {
	e     *history.Event
	now   func() time.Time
	read  bool
	plain []byte

	// The last types that needed nothing undone: the next event has mostly the same.
	plainType, plainEncoding string
	known                    bool
}

func (p *probe) at(e *history.Event) { p.e, p.read, p.plain = e, false, nil }

// body is the body with what its sender packed or compressed undone.
func (p *probe) body() []byte {
	if p.read {
		return p.plain
	}
	e := p.e
	p.read, p.plain = true, e.Body
	zipped := len(e.Body) > 1 && e.Body[0] == 0x1f && e.Body[1] == 0x8b
	if p.known && !zipped && e.ContentType == p.plainType && e.ContentEncoding == p.plainEncoding {
		return p.plain
	}
	if payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body) {
		p.known, p.plainType, p.plainEncoding = true, e.ContentType, e.ContentEncoding
		return p.plain
	}
	p.plain = payload.Decode(e.ContentType, e.ContentEncoding, e.Body).Data
	return p.plain
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
	if is(e.DeviceID) || is(e.ModuleID) || is(e.MessageID) || is(e.CorrelationID) {
		return true
	}
	for _, a := range e.Application {
		if is(a.Name) || is(a.Text()) {
			return true
		}
	}
	return false
}

// Find tells whether a mark is anywhere in an event: what the search looks for.
type Find struct {
	mark  Mark
	probe probe
}

// NewFind looks for a mark.
func NewFind(m Mark) *Find { return &Find{mark: m} }

// In tells whether the event holds it.
func (f *Find) In(e *history.Event) bool {
	f.probe.at(e)
	return f.mark.in(&f.probe)
}
