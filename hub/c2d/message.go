package c2d

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The limits of a message (protocol 9).
const (
	// MaxSize bounds body, system property values, and names and values of application properties, together, in bytes.
	MaxSize = 64 << 10
	// MaxQueue is how many messages can wait for one device.
	MaxQueue = 50
	// DefaultTTL is how long a message waits for its device unless told, on a hub that was not set otherwise.
	DefaultTTL = time.Hour
	// MaxTTL is the longest wait that a hub takes.
	MaxTTL = 48 * time.Hour
	// maxID bounds message and correlation ids, in bytes.
	maxID = 128
)

// Ack says which fates of a message the hub tells by its feedback (protocol 6.3).
type Ack string

// The values of Ack.
const (
	AckNone     Ack = "none"     // as is ""
	AckPositive Ack = "positive" // the device completed it
	AckNegative Ack = "negative" // it expired, was rejected, purged or delivered too often
	AckFull     Ack = "full"     // both
)

// Asks tells whether the hub will tell anything.
func (a Ack) Asks() bool { return a != "" && a != AckNone }

// Property is an application property.
type Property struct{ Name, Value string }

// Message is a cloud-to-device message. Empty fields are absent.
type Message struct {
	Body []byte
	// MessageID is made when empty: a GUID. Feedback names the message by it.
	MessageID, CorrelationID string
	UserID                   string
	Ack                      Ack
	// Expiry is when the message is given up. TTL is the same, counted from the moment of sending. At most one of
	// them is set; with neither it is up to the hub: [DefaultTTL] unless it was set otherwise.
	Expiry time.Time
	TTL    time.Duration
	// ContentType and ContentEncoding are what the device is told of the body, such as application/json and utf-8.
	ContentType, ContentEncoding string
	// Properties are the application properties, each name once.
	Properties []Property
}

// Size is what counts against [MaxSize] in a message to this device.
func (m *Message) Size(to To) int {
	n := len(m.Body) + len(to.address())
	for _, v := range [...]string{m.MessageID, m.CorrelationID, m.UserID, m.ContentType, m.ContentEncoding} {
		n += len(v)
	}
	for _, p := range m.Properties {
		n += len(p.Name) + len(p.Value)
	}
	return n
}

// A FieldError says what of a message no hub takes.
type FieldError struct {
	// Field is what is wrong, such as "message id".
	Field string
	// Reason goes on after the field: "has more than 128 characters".
	Reason string
}

func (e *FieldError) Error() string { return "the " + e.Field + " " + e.Reason }

// Explain implements hub.Explainer.
func (e *FieldError) Explain() (sentence, next string) {
	return e.Error(), "correct it, then send again"
}

// Check tells what is wrong with the message, as far as it can be known before it is sent: a [*FieldError].
func (m *Message) Check(to To, now time.Time) error {
	if err := CheckID(m.MessageID); err != nil {
		return &FieldError{"message id", err.Error()}
	}
	if len(m.CorrelationID) > maxID {
		return &FieldError{"correlation id", fmt.Sprintf("has more than %d bytes", maxID)}
	}
	for field, text := range map[string]string{"content type": m.ContentType, "content encoding": m.ContentEncoding} {
		if strings.ContainsFunc(text, notPrintable) {
			return &FieldError{field, "has a character that is not printable ASCII"}
		}
	}
	if err := m.checkAck(); err != nil {
		return err
	}
	if err := m.checkExpiry(now); err != nil {
		return err
	}
	if err := CheckProperties(m.Properties); err != nil {
		return err
	}
	if size := m.Size(to); size > MaxSize {
		return &FieldError{"message", fmt.Sprintf("has %d bytes with its properties, and a hub takes %d", size, MaxSize)}
	}
	return nil
}

func (m *Message) checkAck() error {
	switch m.Ack {
	case "", AckNone, AckPositive, AckNegative, AckFull:
		return nil
	}
	return &FieldError{"acknowledgement", "is not none, positive, negative or full"}
}

func (m *Message) checkExpiry(now time.Time) error {
	switch {
	case !m.Expiry.IsZero() && m.TTL != 0:
		return &FieldError{"expiry", "is given twice, as a time and as a time to live"}
	case m.TTL < 0, !m.Expiry.IsZero() && !m.Expiry.After(now):
		return &FieldError{"expiry", "is over already"}
	}
	return nil
}

// CheckProperties tells what is wrong with application properties: a [*FieldError]. The official documentation, "Create
// and read IoT Hub messages", has the characters.
func CheckProperties(all []Property) error {
	seen := make(map[string]bool, len(all))
	for _, p := range all {
		field := fmt.Sprintf("property %.40q", p.Name)
		switch {
		case p.Name == "":
			return &FieldError{"property", "has no name"}
		case strings.EqualFold(p.Name, ackProperty):
			return &FieldError{field, "is the hub's own: it is the acknowledgement"}
		case seen[p.Name]:
			return &FieldError{field, "is there twice"}
		case strings.ContainsFunc(p.Name, notOfProperty):
			return &FieldError{field, "has a character that a name may not have: " + propertyRule}
		case strings.ContainsFunc(p.Value, notOfProperty):
			return &FieldError{field, "has a character that a value may not have: " + propertyRule}
		}
		seen[p.Name] = true
	}
	return nil
}

// CheckID tells what is wrong with a message id; "" is right. The rule is that of the official documentation, "Create and
// read IoT Hub messages".
func CheckID(id string) error {
	switch {
	case len(id) > maxID:
		return fmt.Errorf("has more than %d characters", maxID)
	case strings.ContainsFunc(id, notOfID):
		return errors.New("has a character that it may not have: letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ ' are allowed")
	}
	return nil
}

const propertyRule = "letters, digits and ! # $ % & ' * + - . ^ _ ` | ~ are allowed"

func notOfProperty(r rune) bool {
	return !alphanumeric(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func notOfID(r rune) bool { return !alphanumeric(r) && !strings.ContainsRune("-:.+%_#*?!(),=@;$'", r) }

func notPrintable(r rune) bool { return r < ' ' || r > '~' }

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
