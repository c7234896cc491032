package topic

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrBag says that a property bag is malformed. IoT Hub closes the connection of a device that
// publishes one (protocol 4.1).
var ErrBag = errors.New("malformed property bag")

// System keys of a property bag (protocol 4.2). Every other key names an application property.
const (
	MessageID          = "$.mid"
	CorrelationID      = "$.cid"
	UserID             = "$.uid"
	To                 = "$.to"
	ContentType        = "$.ct"
	ContentEncoding    = "$.ce"
	Expiry             = "$.exp"
	CreationTime       = "$.ctime"
	Subject            = "$.sub"
	InterfaceID        = "$.ifid"
	OutputName         = "$.on"
	Schema             = "$.schema"
	ConnectionDeviceID = "$.cdid"
	ConnectionModuleID = "$.cmid"
	DiagnosticID       = "$.diagid"
	DiagnosticContext  = "$.diagctx"

	// RequestID and Version belong to twin and method topics.
	RequestID = "$rid"
	Version   = "$version"
)

// Property is one member of a property bag, decoded.
type Property struct {
	Key, Value string
	// HasValue tells an empty value ("key=") from a null one ("key").
	HasValue bool
}

// Bag is a property bag in the order in which it was written. A key may stand in it twice.
type Bag []Property

// ParseBag reads a property bag: members joined by "&", each side of the first "=" percent-encoded
// on its own, "+" standing for itself (protocol 4.2). A leading "?" and empty members are passed
// over. Characters that should have been encoded are taken as they are. The error is ErrBag,
// wrapped: a percent sign without two hex digits, an empty key, text that is not UTF-8.
func ParseBag(text string) (Bag, error) {
	text = strings.TrimPrefix(text, "?")
	if text == "" {
		return nil, nil
	}
	bag := make(Bag, 0, strings.Count(text, "&")+1)
	for member := range strings.SplitSeq(text, "&") {
		if member == "" {
			continue
		}
		p, err := parseProperty(member)
		if err != nil {
			return nil, err
		}
		bag = append(bag, p)
	}
	return bag, nil
}

func parseProperty(member string) (Property, error) {
	rawKey, rawValue, hasValue := strings.Cut(member, "=")
	key, err := unescape(rawKey)
	if err != nil {
		return Property{}, err
	}
	if key == "" {
		return Property{}, fmt.Errorf("%w: a member without a key", ErrBag)
	}
	value, err := unescape(rawValue)
	if err != nil {
		return Property{}, err
	}
	return Property{Key: key, Value: value, HasValue: hasValue}, nil
}

// Encode writes the bag for the end of a topic. Everything but letters, digits and "-_.!~*'()" is
// percent-encoded in keys and values, so that no "/" ends the bag early and no "+" or "#" makes the
// topic a filter (protocol 4.2). A null value is written as its key alone.
func (b Bag) Encode() string {
	if len(b) == 0 {
		return ""
	}
	var out strings.Builder
	out.Grow(b.size())
	for i, p := range b {
		if i > 0 {
			out.WriteByte('&')
		}
		escape(&out, p.Key)
		if p.HasValue || p.Value != "" {
			out.WriteByte('=')
			escape(&out, p.Value)
		}
	}
	return out.String()
}

// size is a little more than most bags need when encoded.
func (b Bag) size() int {
	n := 0
	for _, p := range b {
		n += len(p.Key) + len(p.Value) + 8
	}
	return n
}

// Get returns the value of the first member with this key and whether there is one.
func (b Bag) Get(key string) (string, bool) {
	for _, p := range b {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Add appends a member with a value, which may be empty.
func (b *Bag) Add(key, value string) {
	*b = append(*b, Property{Key: key, Value: value, HasValue: true})
}

// AddIfSet appends a member unless its value is empty.
func (b *Bag) AddIfSet(key, value string) {
	if value != "" {
		b.Add(key, value)
	}
}

const upperHex = "0123456789ABCDEF"

func escape(out *strings.Builder, s string) {
	start := 0
	for i := range len(s) {
		c := s[i]
		if isPlain(c) {
			continue
		}
		out.WriteString(s[start:i])
		out.WriteByte('%')
		out.WriteByte(upperHex[c>>4])
		out.WriteByte(upperHex[c&15])
		start = i + 1
	}
	out.WriteString(s[start:])
}

func isPlain(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	default:
		return strings.IndexByte("-_.!~*'()", c) >= 0
	}
}

// unescape undoes percent-encoding. Unlike url.QueryUnescape it leaves "+" alone, and unlike
// url.PathUnescape it insists on UTF-8, since the text ends in AMQP strings.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return checkUTF8(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return "", fmt.Errorf("%w: a percent sign without two hex digits", ErrBag)
		}
		out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
		i += 2
	}
	return checkUTF8(string(out))
}

func checkUTF8(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: text that is not UTF-8", ErrBag)
	}
	return s, nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
