package amqp

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// The annotations and application properties of devices that are no property of
// the user (protocol 5.1, 7.8).
const (
	keySubject      = "dt-subject"
	keyInterface    = "iothub-interface-id"
	keySchema       = "iothub-message-schema"
	keyCreationTime = "iothub-creation-time-utc"
)

// telemetry makes the message of a device one of the hub. Names are those of its
// application properties. Errors: 400004.
func telemetry(m *goamqp.Message, names []string) (core.Message, error) {
	body, err := bodyOf(m)
	if err != nil {
		return core.Message{}, err
	}
	out := core.Message{
		Subject:     annotation(m, keySubject),
		InterfaceID: annotation(m, keyInterface),
		Body:        body,
	}
	if p := m.Properties; p != nil {
		out.MessageID, out.CorrelationID = idText(p.MessageID), idText(p.CorrelationID)
		out.UserID, out.To = string(p.UserID), orEmpty(p.To)
		out.ContentType, out.ContentEncoding = orEmpty(p.ContentType), orEmpty(p.ContentEncoding)
		out.Expiry = orZero(p.AbsoluteExpiryTime)
		if p.CreationTime != nil {
			out.CreationTime = timeText(*p.CreationTime)
		}
	}
	for _, name := range names {
		value := valueText(m.ApplicationProperties[name])
		switch name {
		case keySchema:
			out.DataSchema = value
		case keyCreationTime:
			out.CreationTime = value
		default:
			out.Properties = append(out.Properties, core.Property{Name: validText(name), Value: value})
		}
	}
	return out, nil
}

// bodyOf joins the data sections; text and bytes are taken as a value too.
func bodyOf(m *goamqp.Message) ([]byte, error) {
	switch v := m.Value.(type) {
	case nil, goamqp.Null:
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	default:
		return nil, core.NewError(core.CodeArgumentInvalid, "The body is an AMQP value of type %T; bytes or text are taken.", v)
	}
	if len(m.Sequence) > 0 {
		return nil, core.NewError(core.CodeArgumentInvalid, "The body is an AMQP sequence; bytes or text are taken.")
	}
	if len(m.Data) == 1 {
		return m.Data[0], nil
	}
	return slices.Concat(m.Data...), nil
}

func annotation(m *goamqp.Message, name string) string {
	return valueText(m.Annotations[name])
}

// sortedNames gives properties an order that is the same each time: maps of Go
// have none.
func sortedNames(properties map[string]any) []string {
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// idText is a message-id or correlation-id as text: AMQP allows ulong, uuid and
// binary as well, and a uuid has its canonical form (protocol 0, fact 14).
func idText(v any) string { return valueText(v) }

// valueText is any simple AMQP value as text; properties are text on all other
// protocols.
func valueText(v any) string {
	switch t := v.(type) {
	case nil, goamqp.Null:
		return ""
	case string:
		return validText(t)
	case goamqp.Symbol:
		return validText(string(t))
	case goamqp.UUID:
		return strings.ToLower(t.String())
	case []byte:
		return binaryText(t)
	case time.Time:
		return timeText(t)
	case float32:
		return strconv.FormatFloat(float64(t), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(t, 'g', -1, 64)
	}
	return fmt.Sprint(v) // booleans and integers
}

// binaryText keeps bytes that are text, and encodes others.
func binaryText(b []byte) string {
	if utf8.Valid(b) && !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c == 0x7f }) {
		return string(b)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// timeText is a time in the form of the service's headers and properties.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return validText(*s)
}

// validText replaces what is not UTF-8, as the event log does: otherwise
// no client could decode the message.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// orNil is a field that is absent when it is empty.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
