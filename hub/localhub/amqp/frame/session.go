package frame

import "math"

// Begin begins a session.
type Begin struct {
	RemoteChannel  Opt[uint16] // set in the answer
	NextOutgoingID uint32
	IncomingWindow uint32
	OutgoingWindow uint32
	HandleMax      uint32 // 4294967295 when absent
	Properties     Map
}

func (b *Begin) decode(f *fields) {
	b.RemoteChannel = read[uint16](f)
	b.NextOutgoingID = must[uint32](f)
	b.IncomingWindow = must[uint32](f)
	b.OutgoingWindow = must[uint32](f)
	b.HandleMax = read[uint32](f).Or(math.MaxUint32)
	f.any() // offered-capabilities
	f.any() // desired-capabilities
	b.Properties = read[Map](f).Value
}

func (b *Begin) appendTo(dst []byte) []byte {
	w := begin(dst, descBegin)
	opt(&w, b.RemoteChannel)
	w.uint(b.NextOutgoingID)
	w.uint(b.IncomingWindow)
	w.uint(b.OutgoingWindow)
	w.uint(b.HandleMax)
	w.null()
	w.null()
	w.pairs(b.Properties)
	return w.end()
}

// Flow tells windows of a session and, with a handle, the credit of a link.
type Flow struct {
	NextIncomingID Opt[uint32]
	IncomingWindow uint32
	NextOutgoingID uint32
	OutgoingWindow uint32
	Handle         Opt[uint32]
	DeliveryCount  Opt[uint32]
	LinkCredit     Opt[uint32]
	Available      Opt[uint32]
	Drain          bool
	Echo           bool
	Properties     Map
}

func (fl *Flow) decode(f *fields) {
	fl.NextIncomingID = read[uint32](f)
	fl.IncomingWindow = must[uint32](f)
	fl.NextOutgoingID = must[uint32](f)
	fl.OutgoingWindow = must[uint32](f)
	fl.Handle = read[uint32](f)
	fl.DeliveryCount = read[uint32](f)
	fl.LinkCredit = read[uint32](f)
	fl.Available = read[uint32](f)
	fl.Drain = read[bool](f).Value
	fl.Echo = read[bool](f).Value
	fl.Properties = read[Map](f).Value
}

func (fl *Flow) appendTo(dst []byte) []byte {
	w := begin(dst, descFlow)
	opt(&w, fl.NextIncomingID)
	w.uint(fl.IncomingWindow)
	w.uint(fl.NextOutgoingID)
	w.uint(fl.OutgoingWindow)
	opt(&w, fl.Handle)
	opt(&w, fl.DeliveryCount)
	opt(&w, fl.LinkCredit)
	opt(&w, fl.Available)
	w.flag(fl.Drain)
	w.flag(fl.Echo)
	w.pairs(fl.Properties)
	return w.end()
}

// Disposition tells the state of deliveries.
type Disposition struct {
	Receiver bool // role: true when the receiver of the deliveries speaks
	First    uint32
	Last     uint32 // First when absent
	Settled  bool
	State    State
}

func (d *Disposition) decode(f *fields) {
	d.Receiver = must[bool](f)
	d.First = must[uint32](f)
	d.Last = read[uint32](f).Or(d.First)
	d.Settled = read[bool](f).Value
	d.State = readState(f)
	f.any() // batchable
}

func (d *Disposition) appendTo(dst []byte) []byte {
	w := begin(dst, descDisposition)
	w.bool(d.Receiver)
	w.uint(d.First)
	if d.Last == d.First {
		w.null()
	} else {
		w.uint(d.Last)
	}
	w.flag(d.Settled)
	w.state(d.State)
	return w.end()
}

// End ends a session.
type End struct{ Error *Error }

func (e *End) decode(f *fields)           { e.Error = readError(f) }
func (e *End) appendTo(dst []byte) []byte { return appendOnlyError(dst, descEnd, e.Error) }
