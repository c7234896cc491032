package recording

import (
	"hubscope/hub/events"
	"hubscope/hub/events/payload"
)

// AppendPlain writes text for a line that is read by people: what a terminal could obey, and what is no text, is escaped
// as in JSON.
func AppendPlain(to []byte, text string) []byte {
	start := len(to)
	to = appendText(to, text)
	inside := to[start+1 : len(to)-1]
	out := to[:start]
	for i := 0; i < len(inside); i++ {
		if inside[i] == '\\' && (inside[i+1] == '"' || inside[i+1] == '\\') {
			i++
		}
		out = append(out, inside[i])
	}
	return out
}

// AppendPlainValue writes the value of a property likewise.
func AppendPlainValue(to []byte, value any) []byte {
	if text, ok := value.(string); ok {
		return AppendPlain(to, text)
	}
	return appendValue(to, value)
}

// AppendBody writes a body likewise: decoded, JSON on one line; bytes that are no text as base64.
func AppendBody(to []byte, e *events.Event) []byte {
	p := payload.Decode(e.ContentType, e.ContentEncoding, e.Body)
	switch p.Form {
	case payload.JSON:
		return appendJSON(to, p.Data)
	case payload.Binary:
		b := appendBytes(nil, e.Body)
		return append(to, b[1:len(b)-1]...)
	}
	return AppendPlain(to, string(p.Data))
}
