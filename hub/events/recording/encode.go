package recording

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"hubscope/hub/events"
	"hubscope/hub/events/payload"
)

// maxReadable bounds what a packed body may grow to when it is written beside its bytes, to be read.
const maxReadable = 1 << 20

// Append appends an event as one line of JSON without the line break.
func Append(to []byte, e *events.Event) []byte { return appendEvent(to, e, false) }

// AppendFirst is Append for the first event of a file: it says the version of the format.
func AppendFirst(to []byte, e *events.Event) []byte { return appendEvent(to, e, true) }

func appendEvent(to []byte, e *events.Event, first bool) []byte {
	o := object{append(to, '{')}
	if first {
		o.name("formatVersion")
		o.out = strconv.AppendInt(o.out, Version, 10)
	}
	o.text("deviceId", e.DeviceID)
	o.text("moduleId", e.ModuleID)
	o.text("partition", e.Partition)
	if e.Partition != "" || e.Sequence != 0 {
		o.name("sequenceNumber")
		o.out = strconv.AppendInt(o.out, e.Sequence, 10)
	}
	o.text("offset", e.Offset)
	o.time("enqueuedTime", e.Enqueued)
	o.time("receivedTime", e.Received)
	o.text("messageSource", e.Source)
	o.text("messageId", e.MessageID)
	o.text("correlationId", e.CorrelationID)
	o.text("contentType", e.ContentType)
	o.text("contentEncoding", e.ContentEncoding)
	o.properties("applicationProperties", "applicationPropertyTypes", e.Properties)
	o.properties("systemProperties", "systemPropertyTypes", e.System)
	o.body(e)
	return append(o.out, '}')
}

// object is JSON that is being written.
type object struct{ out []byte }

func (o *object) name(name string) {
	if o.out[len(o.out)-1] != '{' {
		o.out = append(o.out, ',')
	}
	o.out = append(o.out, '"')
	o.out = append(o.out, name...)
	o.out = append(o.out, '"', ':')
}

func (o *object) text(name, text string) {
	if text == "" {
		return
	}
	o.name(name)
	o.out = appendText(o.out, text)
}

func (o *object) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	o.name(name)
	o.out = appendTime(o.out, t)
}

func (o *object) properties(name, types string, m map[string]any) {
	if len(m) == 0 {
		return
	}
	o.name(name)
	o.out = appendMap(o.out, m)
	if t := typesOf(m); t != nil {
		o.name(types)
		o.out = appendMap(o.out, t)
	}
}

// body writes what can be read, and the bytes where that does not tell them.
func (o *object) body(e *events.Event) {
	if len(e.Body) == 0 {
		return
	}
	readable := payload.Payload{Data: e.Body}
	if payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body) {
		readable.Form = payload.FormOf(e.Body)
	} else {
		readable = payload.Decode(e.ContentType, e.ContentEncoding, e.Body)
	}
	same := len(readable.Steps) == 0
	switch {
	case !same && len(readable.Data) > maxReadable:
	case readable.Form == payload.JSON && same && isVerbatim(e.Body):
		o.name("body")
		o.out = append(o.out, e.Body...)
		return
	case readable.Form == payload.JSON:
		o.name("body")
		o.out = appendJSON(o.out, readable.Data)
	case readable.Form == payload.Text:
		o.name("body")
		o.out = appendText(o.out, string(readable.Data))
		if same {
			return
		}
	}
	o.name("bodyBase64")
	o.out = appendBytes(o.out, e.Body)
}

// isVerbatim tells whether JSON can stand in a line as it is and be told from text.
func isVerbatim(body []byte) bool {
	if body[0] == '"' || body[0] == ' ' || body[len(body)-1] == ' ' {
		return false
	}
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case c >= ' ' && c < 0x7f:
			i++
			continue
		case c < utf8.RuneSelf:
			return false
		}
		r, size := utf8.DecodeRune(body[i:])
		if obeyed(r) {
			return false
		}
		i += size
	}
	return true
}

// appendJSON writes valid JSON without line breaks and what a terminal could obey, which stands in its texts only.
func appendJSON(to, data []byte) []byte {
	var line bytes.Buffer
	if json.Compact(&line, data) != nil {
		return append(to, "null"...) // not reached: what is called JSON is valid
	}
	for _, r := range line.String() {
		if obeyed(r) {
			to = appendRune(to, r)
			continue
		}
		to = utf8.AppendRune(to, r)
	}
	return to
}
