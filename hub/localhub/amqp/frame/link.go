package frame

// The settle modes of protocol 8.1.
const (
	SenderUnsettled uint8 = 0
	SenderSettled   uint8 = 1
	SenderMixed     uint8 = 2 // default
	ReceiverFirst   uint8 = 0 // default
	ReceiverSecond  uint8 = 1
)

// Attach opens a link.
type Attach struct {
	Name                 string
	Handle               uint32
	Receiver             bool // role: true when the attaching peer receives
	SenderSettleMode     Opt[uint8]
	ReceiverSettleMode   Opt[uint8]
	Source               *Source
	Target               *Target
	InitialDeliveryCount Opt[uint32]
	MaxMessageSize       uint64 // 0 = no limit
	Offered, Desired     []Symbol
	Properties           Map
}

func (a *Attach) decode(f *fields) {
	a.Name = must[string](f)
	a.Handle = must[uint32](f)
	a.Receiver = must[bool](f)
	a.SenderSettleMode = read[uint8](f)
	a.ReceiverSettleMode = read[uint8](f)
	a.Source = readSource(f)
	a.Target = readTarget(f)
	f.any() // unsettled: nothing is resumed here
	f.any() // incomplete-unsettled
	a.InitialDeliveryCount = read[uint32](f)
	a.MaxMessageSize = read[uint64](f).Value
	a.Offered = f.symbols()
	a.Desired = f.symbols()
	a.Properties = read[Map](f).Value
}

func (a *Attach) appendTo(dst []byte) []byte {
	w := begin(dst, descAttach)
	w.string(a.Name)
	w.uint(a.Handle)
	w.bool(a.Receiver)
	opt(&w, a.SenderSettleMode)
	opt(&w, a.ReceiverSettleMode)
	w.source(a.Source)
	w.target(a.Target)
	w.null() // unsettled
	w.null() // incomplete-unsettled
	opt(&w, a.InitialDeliveryCount)
	if a.MaxMessageSize == 0 {
		w.null()
	} else {
		w.put(a.MaxMessageSize)
	}
	w.symbols(a.Offered)
	w.symbols(a.Desired)
	w.pairs(a.Properties)
	return w.end()
}

// Detach closes a link.
type Detach struct {
	Handle uint32
	Closed bool
	Error  *Error
}

func (d *Detach) decode(f *fields) {
	d.Handle = must[uint32](f)
	d.Closed = read[bool](f).Value
	d.Error = readError(f)
}

func (d *Detach) appendTo(dst []byte) []byte {
	w := begin(dst, descDetach)
	w.uint(d.Handle)
	w.flag(d.Closed)
	w.error(d.Error)
	return w.end()
}

// Source is where a link takes its messages from.
type Source struct {
	Address               string
	Durable               uint32
	ExpiryPolicy          string
	Timeout               uint32 // seconds
	Dynamic               bool
	DynamicNodeProperties Map
	DistributionMode      string
	Filter                Map
	DefaultOutcome        any
	Outcomes              []Symbol
	Capabilities          []Symbol
}

func readSource(f *fields) *Source {
	in, ok := nested(f, descSource)
	if !ok {
		return nil
	}
	s := &Source{
		Address:               in.text(),
		Durable:               read[uint32](in).Value,
		ExpiryPolicy:          in.text(),
		Timeout:               read[uint32](in).Value,
		Dynamic:               read[bool](in).Value,
		DynamicNodeProperties: read[Map](in).Value,
		DistributionMode:      in.text(),
		Filter:                read[Map](in).Value,
		DefaultOutcome:        in.any(),
		Outcomes:              in.symbols(),
		Capabilities:          in.symbols(),
	}
	f.adopt(in)
	return s
}

func (s *Source) appendTo(dst []byte) []byte {
	w := begin(dst, descSource)
	w.terminus(s.Address, s.Durable, s.ExpiryPolicy, s.Timeout, s.Dynamic, s.DynamicNodeProperties)
	w.symbolOrNull(s.DistributionMode)
	w.pairs(s.Filter)
	w.put(s.DefaultOutcome)
	w.symbols(s.Outcomes)
	w.symbols(s.Capabilities)
	return w.end()
}

// Target is where a link brings its messages to.
type Target struct {
	Address               string
	Durable               uint32
	ExpiryPolicy          string
	Timeout               uint32 // seconds
	Dynamic               bool
	DynamicNodeProperties Map
	Capabilities          []Symbol
}

func readTarget(f *fields) *Target {
	in, ok := nested(f, descTarget)
	if !ok {
		return nil
	}
	t := &Target{
		Address:               in.text(),
		Durable:               read[uint32](in).Value,
		ExpiryPolicy:          in.text(),
		Timeout:               read[uint32](in).Value,
		Dynamic:               read[bool](in).Value,
		DynamicNodeProperties: read[Map](in).Value,
		Capabilities:          in.symbols(),
	}
	f.adopt(in)
	return t
}

func (t *Target) appendTo(dst []byte) []byte {
	w := begin(dst, descTarget)
	w.terminus(t.Address, t.Durable, t.ExpiryPolicy, t.Timeout, t.Dynamic, t.DynamicNodeProperties)
	w.symbols(t.Capabilities)
	return w.end()
}

// terminus appends the fields that a source and a target begin with.
func (w *writer) terminus(address string, durable uint32, policy string, timeout uint32, dynamic bool, props Map) {
	if address == "" {
		w.null()
	} else {
		w.string(address)
	}
	w.orNull(durable)
	w.symbolOrNull(policy)
	w.orNull(timeout)
	w.flag(dynamic)
	w.pairs(props)
}

// orNull appends a number whose default is 0.
func (w *writer) orNull(v uint32) {
	if v == 0 {
		w.null()
		return
	}
	w.uint(v)
}

func (w *writer) source(s *Source) {
	if s == nil {
		w.null()
		return
	}
	w.put(s)
}

func (w *writer) target(t *Target) {
	if t == nil {
		w.null()
		return
	}
	w.put(t)
}
