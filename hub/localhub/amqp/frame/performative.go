package frame

// Performative is the body of a frame: one of Open, Begin, Attach, Flow,
// Transfer, Disposition, Detach, End, Close and the SASL ones.
type Performative interface {
	encoder
	decode(f *fields)
}

// The descriptors of protocol 8.1.
const (
	descOpen        = 0x10
	descBegin       = 0x11
	descAttach      = 0x12
	descFlow        = 0x13
	descTransfer    = 0x14
	descDisposition = 0x15
	descDetach      = 0x16
	descEnd         = 0x17
	descClose       = 0x18
	descError       = 0x1d
	descReceived    = 0x23
	descAccepted    = 0x24
	descRejected    = 0x25
	descReleased    = 0x26
	descModified    = 0x27
	descSource      = 0x28
	descTarget      = 0x29
	descMechanisms  = 0x40
	descInit        = 0x41
	descChallenge   = 0x42
	descResponse    = 0x43
	descOutcome     = 0x44
)

// symbolic has the names that may stand for the numbers.
var symbolic = map[Symbol]uint64{
	"amqp:open:list":            descOpen,
	"amqp:begin:list":           descBegin,
	"amqp:attach:list":          descAttach,
	"amqp:flow:list":            descFlow,
	"amqp:transfer:list":        descTransfer,
	"amqp:disposition:list":     descDisposition,
	"amqp:detach:list":          descDetach,
	"amqp:end:list":             descEnd,
	"amqp:close:list":           descClose,
	"amqp:error:list":           descError,
	"amqp:received:list":        descReceived,
	"amqp:accepted:list":        descAccepted,
	"amqp:rejected:list":        descRejected,
	"amqp:released:list":        descReleased,
	"amqp:modified:list":        descModified,
	"amqp:source:list":          descSource,
	"amqp:target:list":          descTarget,
	"amqp:sasl-mechanisms:list": descMechanisms,
	"amqp:sasl-init:list":       descInit,
	"amqp:sasl-challenge:list":  descChallenge,
	"amqp:sasl-response:list":   descResponse,
	"amqp:sasl-outcome:list":    descOutcome,
}

func blank(descriptor uint64) (Performative, string) {
	switch descriptor {
	case descOpen:
		return new(Open), "open"
	case descBegin:
		return new(Begin), "begin"
	case descAttach:
		return new(Attach), "attach"
	case descFlow:
		return new(Flow), "flow"
	case descTransfer:
		return new(Transfer), "transfer"
	case descDisposition:
		return new(Disposition), "disposition"
	case descDetach:
		return new(Detach), "detach"
	case descEnd:
		return new(End), "end"
	case descClose:
		return new(Close), "close"
	case descMechanisms:
		return new(Mechanisms), "sasl-mechanisms"
	case descInit:
		return new(Init), "sasl-init"
	case descChallenge:
		return new(Challenge), "sasl-challenge"
	case descResponse:
		return new(Response), "sasl-response"
	case descOutcome:
		return new(Outcome), "sasl-outcome"
	}
	return nil, ""
}

// Decode reads the performative of a frame body. The payload is what follows
// it and shares the body's memory.
func Decode(body []byte) (p Performative, payload []byte, err error) {
	descriptor, f, payload, err := composite(body)
	if err != nil {
		return nil, nil, err
	}
	p, f.name = blank(descriptor)
	if p == nil {
		return nil, nil, malformed("performative 0x%02x", descriptor)
	}
	p.decode(&f)
	return p, payload, f.end()
}
