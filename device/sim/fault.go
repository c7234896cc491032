package sim

import (
	"errors"
	"fmt"
	"time"
)

// FaultKind is a trouble that a device can have.
type FaultKind uint8

// The kinds of faults. Those of messages are Skip, Duplicate, Delay and Reorder; the others are states of the device.
const (
	// Disconnect loses the network: the connection breaks without a word and no other can be made.
	Disconnect FaultKind = iota + 1
	// Skip loses a message in the device: it takes its number and is never sent.
	Skip
	// Duplicate sends a message twice, with the same number.
	Duplicate
	// Delay holds a message for Amount; those made later overtake it.
	Delay
	// Reorder holds a message until the next one has been sent.
	Reorder
	// Skew sets the device's clock off by Amount: the times in its messages, not those of its tokens.
	Skew
	// Battery is a slow death: over Amount the intervals stretch, then the device is silent.
	Battery
	// WrongKey makes the device connect with a key that the hub no longer takes, as after a rotation that did not
	// reach it.
	WrongKey
)

// FaultKinds are all kinds.
func FaultKinds() []FaultKind {
	return []FaultKind{Disconnect, Skip, Duplicate, Delay, Reorder, Skew, Battery, WrongKey}
}

var faultNames = [...]string{
	Disconnect: "disconnect", Skip: "skip", Duplicate: "duplicate", Delay: "delay", Reorder: "reorder",
	Skew: "skew", Battery: "battery", WrongKey: "wrong-key",
}

// String names the kind as ParseFaultKind reads it.
func (k FaultKind) String() string {
	if k == 0 || int(k) >= len(faultNames) {
		return "unknown"
	}
	return faultNames[k]
}

// ParseFaultKind reads the name of a kind.
func ParseFaultKind(name string) (FaultKind, error) {
	for _, k := range FaultKinds() {
		if k.String() == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("no kind of fault is named %q", name)
}

// ofMessages tells whether the fault is one that happens to messages.
func (k FaultKind) ofMessages() bool { return k >= Skip && k <= Reorder }

// Defaults of [Fault].
const (
	DefaultDisconnect  = 10 * time.Second
	DefaultDelay       = 5 * time.Second
	DefaultSkew        = time.Hour
	DefaultBatteryLife = time.Minute
)

// Fault is a trouble and when it occurs. The zero times mean: at once, and once.
type Fault struct {
	Kind FaultKind
	// Amount is how long a message is held (Delay, 5 s by default), how far the clock is off (Skew, 1 h by default,
	// negative for a clock that is slow), or how long a full battery lasts (Battery, 1 min by default).
	Amount time.Duration
	// For is how long an occurrence lasts. By default a fault of messages hits one message, Disconnect lasts 10 s, and
	// Skew, Battery and WrongKey last until they are cleared.
	For time.Duration
	// After is when it can first occur, counted from the first connection or from Inject.
	After time.Duration
	// Every is after how long it occurs again, counted from one begin to the next. 0: it does not.
	Every time.Duration
	// Probability, 0 to 1, makes chance decide at each message whether it occurs, instead of Every.
	Probability float64
}

// FaultPlan are the faults that a device has from its start.
type FaultPlan []Fault

// ErrBadFault is the kind of errors of Fault.Check.
var ErrBadFault = errors.New("bad fault")

// Check says what is wrong with the fault.
func (f Fault) Check() error {
	switch {
	case f.Kind == 0 || int(f.Kind) >= len(faultNames):
		return fmt.Errorf("%w: no kind is given", ErrBadFault)
	case !(f.Probability >= 0 && f.Probability <= 1):
		return fmt.Errorf("%w: %v: the probability must be from 0 to 1", ErrBadFault, f.Kind)
	case f.Probability > 0 && f.Every > 0:
		return fmt.Errorf("%w: %v: either a probability or a time to repeat it", ErrBadFault, f.Kind)
	case f.For < 0 || f.After < 0 || f.Every < 0:
		return fmt.Errorf("%w: %v: times must not be negative", ErrBadFault, f.Kind)
	case f.Amount < 0 && f.Kind != Skew:
		return fmt.Errorf("%w: %v: the amount must not be negative", ErrBadFault, f.Kind)
	case f.Every > 0 && f.For > f.Every:
		return fmt.Errorf("%w: %v: it lasts longer than the time after which it is repeated", ErrBadFault, f.Kind)
	}
	return nil
}

// Check says what is wrong with the first fault that is not good.
func (p FaultPlan) Check() error {
	for _, f := range p {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (f Fault) withDefaults() Fault {
	switch {
	case f.Kind == Disconnect && f.For == 0:
		f.For = DefaultDisconnect
	case f.Kind == Delay && f.Amount == 0:
		f.Amount = DefaultDelay
	case f.Kind == Skew && f.Amount == 0:
		f.Amount = DefaultSkew
	case f.Kind == Battery && f.Amount == 0:
		f.Amount = DefaultBatteryLife
	}
	return f
}

// ActiveFault is a fault that a device has, now or later.
type ActiveFault struct {
	Fault
	// On tells whether it occurs now, Since when, and Until when: zero for until cleared.
	On           bool
	Since, Until time.Time
	// Hits counts the messages that it hit, or its occurrences when it is none of messages.
	Hits uint64
}
