package d2c

import "time"

// Encoder encodes the messages of one sender. It does not change and may be
// used concurrently.
type Encoder struct {
	// annotations are those that are the same in all messages of the sender.
	annotations []byte
	count       int
	modelID     string
}

// NewEncoder returns the encoder for a sender.
func NewEncoder(o Origin) *Encoder {
	e := &Encoder{modelID: o.ModelID}
	e.add("iothub-connection-device-id", o.DeviceID)
	e.add("iothub-connection-module-id", o.ModuleID)
	e.add("iothub-connection-auth-method", o.AuthMethod)
	e.add("iothub-connection-auth-generation-id", o.GenerationID)
	e.add("dt-dataschema", o.ModelID)
	return e
}

func (e *Encoder) add(key, value string) {
	if value == "" {
		return
	}
	e.annotations = appendString(appendSymbol(e.annotations, key), value)
	e.count += 2
}

// Encode encodes m, but for what the log will stamp. Arrived is the annotation
// iothub-enqueuedtime. Nothing of m is kept.
func (e *Encoder) Encode(m *Message, arrived time.Time) Draft {
	buf := make([]byte, headroom, headroom+len(e.annotations)+sizeHint(m))
	buf = append(buf, e.annotations...)
	buf, count := appendAnnotations(buf, m, arrived)
	d := Draft{annotations: len(buf) - headroom, count: e.count + count}
	buf = appendProperties(buf, m)
	buf = appendApplicationProperties(buf, m.Properties)
	buf = appendSection(buf, sectionData)
	d.buf = appendBinary(buf, m.Body)
	return d
}

// sizeHint is a little more than what Encode appends.
func sizeHint(m *Message) int {
	const perMessage, perProperty = 160, 10
	extra := 0
	for _, annotation := range [...]string{m.Subject, m.InterfaceID, m.DataSchema, m.CreationTime} {
		if annotation != "" {
			extra += 32
		}
	}
	return m.Size() + len(m.Source) + perMessage + extra + perProperty*len(m.Properties)
}

// appendAnnotations appends the annotations that differ from message to message.
func appendAnnotations(b []byte, m *Message, arrived time.Time) ([]byte, int) {
	b = appendTimestamp(appendSymbol(b, "iothub-enqueuedtime"), arrived.UnixMilli())
	source := m.Source
	if source == "" {
		source = SourceTelemetry
	}
	b = appendString(appendSymbol(b, "iothub-message-source"), source)
	count := 4
	for _, a := range [...]struct{ key, value string }{
		{"dt-subject", m.Subject},
		{"iothub-interface-id", m.InterfaceID},
		{"iothub-message-schema", m.DataSchema},
		{"iothub-creation-time-utc", m.CreationTime},
	} {
		if a.value != "" {
			b = appendString(appendSymbol(b, a.key), a.value)
			count += 2
		}
	}
	return b, count
}

// appendProperties appends the properties section: a list whose fields have
// fixed places (protocol 8.1), up to the last one that is set.
func appendProperties(b []byte, m *Message) []byte {
	last := lastProperty(m)
	if last == 0 {
		return b
	}
	b = appendSection(b, sectionProperties)
	return appendCompound(b, codeList32, func(b []byte) ([]byte, int) {
		for field := 1; field <= last; field++ {
			b = appendProperty(b, m, field)
		}
		return b, last
	})
}

// The places of the fields in the properties section, counted from 1.
const (
	fieldMessageID       = 1
	fieldUserID          = 2
	fieldTo              = 3
	fieldCorrelationID   = 6
	fieldContentType     = 7
	fieldContentEncoding = 8
	fieldExpiry          = 9
)

func lastProperty(m *Message) int {
	switch {
	case !m.Expiry.IsZero():
		return fieldExpiry
	case m.ContentEncoding != "":
		return fieldContentEncoding
	case m.ContentType != "":
		return fieldContentType
	case m.CorrelationID != "":
		return fieldCorrelationID
	case m.To != "":
		return fieldTo
	case m.UserID != "":
		return fieldUserID
	case m.MessageID != "":
		return fieldMessageID
	}
	return 0
}

func appendProperty(b []byte, m *Message, field int) []byte {
	switch {
	case field == fieldMessageID && m.MessageID != "":
		return appendString(b, m.MessageID)
	case field == fieldUserID && m.UserID != "":
		return appendBinary(b, m.UserID)
	case field == fieldTo && m.To != "":
		return appendString(b, m.To)
	case field == fieldCorrelationID && m.CorrelationID != "":
		return appendString(b, m.CorrelationID)
	case field == fieldContentType && m.ContentType != "":
		return appendSymbol(b, m.ContentType)
	case field == fieldContentEncoding && m.ContentEncoding != "":
		return appendSymbol(b, m.ContentEncoding)
	case field == fieldExpiry && !m.Expiry.IsZero():
		return appendTimestamp(b, m.Expiry.UnixMilli())
	}
	return append(b, codeNull)
}

// appendApplicationProperties appends a map of strings; a map must not have a
// key twice, so the last of a name counts.
func appendApplicationProperties(b []byte, properties []Property) []byte {
	if len(properties) == 0 {
		return b
	}
	b = appendSection(b, sectionApplicationProperties)
	return appendCompound(b, codeMap32, func(b []byte) ([]byte, int) {
		count := 0
		for i, p := range properties {
			if overridden(properties[i+1:], p.Name) {
				continue
			}
			b = appendString(appendString(b, p.Name), p.Value)
			count += 2
		}
		return b, count
	})
}

func overridden(later []Property, name string) bool {
	for i := range later {
		if later[i].Name == name {
			return true
		}
	}
	return false
}
