// Package payload reads the bodies of messages: what a device packed, compressed or encoded becomes JSON or text again
// where that can be told from what it declared, and stays bytes where it cannot.
package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Form is how a body reads.
type Form uint8

// The forms.
const (
	Empty Form = iota
	JSON
	Text
	Binary
)

// String is the form as a word for people.
func (f Form) String() string { return [...]string{"empty", "JSON", "text", "binary"}[f] }

// MaxSize bounds what a body may grow to when it is decompressed: 64 times the largest message of IoT Hub.
const MaxSize = 16 << 20

// MaxDepth bounds the nesting of what is called JSON; deeper is text. Laid out it would grow with the square.
const MaxDepth = 100

// maxSteps bounds what a long list of encodings can cost: some make what they undo longer.
const maxSteps = 4

var errTooMany = errors.New("packed more than 4 times")

// A Payload is a body that was read.
type Payload struct {
	Form Form
	// Data is the JSON, the text in UTF-8, or the bytes. It may be the body itself: it is to be read only.
	Data []byte
	// Steps are what was undone, outermost first: "gzip", "deflate", "base64", "UTF-16", "CBOR", "MessagePack".
	Steps []string
	// Err is why a declared step could not be done; Data is what it could not be done to.
	Err error
}

// Decode reads a body by what its sender declared. A compressed body is known by its first bytes too. It costs
// nothing but a look for plain JSON and text.
func Decode(contentType, contentEncoding string, body []byte) Payload {
	p := undo(steps(contentType, contentEncoding, body), body, MaxSize)
	p.Form = FormOf(p.Data)
	return p
}

// Head is what Decode gives as Data, but no more of it than most bytes: it never takes long. Where a step in the
// middle passes that, what came before the step is given, as for a step that fails.
func Head(contentType, contentEncoding string, body []byte, most int) []byte {
	todo := steps(contentType, contentEncoding, body)
	if n := len(todo); n > 0 && todo[n-1].head != nil {
		p := undo(todo[:n-1], body, most)
		if p.Err == nil {
			if data, err := todo[n-1].head(p.Data, most); err == nil {
				p.Data = data
			}
		}
		return p.Data[:min(len(p.Data), most)]
	}
	p := undo(todo, body, most)
	return p.Data[:min(len(p.Data), most)]
}

// undo takes steps back, each to at most so many bytes.
func undo(todo []step, body []byte, most int) Payload {
	p := Payload{Data: body}
	for i, s := range todo {
		if i == maxSteps {
			p.Err = errTooMany
			break
		}
		out, err := s.undo(p.Data, most)
		if err == nil && len(out) > most {
			err = tooLong(most)
		}
		if err != nil {
			p.Err = &stepError{s.name, err}
			break
		}
		p.Data, p.Steps = out, append(p.Steps, s.name)
	}
	return p
}

// FormOf looks at the whole body, as it is.
func FormOf(body []byte) Form {
	switch {
	case len(body) == 0:
		return Empty
	case !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0:
		return Binary
	case json.Valid(body) && depth(body) <= MaxDepth:
		return JSON
	}
	return Text
}

// depth is how deep valid JSON is nested.
func depth(body []byte) (deepest int) {
	now, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// stepError says which step failed.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return "not " + e.step + ": " + e.err.Error() }

func (e *stepError) Unwrap() error { return e.err }

// IsPlain tells whether there is nothing to undo: the body reads as it was sent.
func IsPlain(contentType, contentEncoding string, body []byte) bool {
	return len(steps(contentType, contentEncoding, body)) == 0
}
