// Package filter decides which events the monitor shows.
package filter

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"

	"hubscope/ui/monitor/history"
)

// Filter decides which events are shown. All its terms must hold:
//
//	text        somewhere in the body, an id or a property, upper and lower case alike
//	wind-*      device id, with * and ? (also device:wind-1)
//	"a b"       text with spaces, * or ?
//	-text       not this one
//
// The zero Filter shows everything.
type Filter struct {
	Text  string // as typed
	terms []term
}

type term struct {
	exclude bool
	text    string // in lower case; "" for a device term
	glob    string
	known   map[string]bool // devices that the glob was tried on
}

// maxKnown bounds what a glob remembers of devices.
const maxKnown = 20_000

var errOpenQuote = errors.New(`the quote is not closed: end it with "`)

// Parse reads a filter as typed; its errors are sentences.
func Parse(text string) (*Filter, error) {
	words, err := splitWords(text)
	if err != nil {
		return nil, err
	}
	f := &Filter{Text: strings.TrimSpace(text)}
	for _, w := range words {
		t, err := w.term()
		if err != nil {
			return nil, err
		}
		if t.text != "" || t.glob != "" {
			f.terms = append(f.terms, t)
		}
	}
	return f, nil
}

// word is a part of a filter as typed; a quoted one is text whatever is in it.
type word struct {
	text            string
	quoted, exclude bool
}

func (w word) term() (term, error) {
	id, isDevice := strings.CutPrefix(w.text, "device:")
	if w.quoted || !isDevice && !strings.ContainsAny(w.text, "*?") {
		return term{exclude: w.exclude, text: LowerASCII(w.text)}, nil
	}
	if _, err := path.Match(id, ""); err != nil {
		return term{}, fmt.Errorf("%q is not a device pattern: use * and ?, or put it in quotes to find text", w.text)
	}
	return term{exclude: w.exclude, glob: id, known: map[string]bool{}}, nil
}

func splitWords(text string) ([]word, error) {
	var words []word
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return words, nil
		}
		var w word
		if rest, found := strings.CutPrefix(text, "-"); found && rest != "" && rest[0] != ' ' {
			w.exclude, text = true, rest
		}
		if rest, found := strings.CutPrefix(text, `"`); found {
			inside, after, closed := strings.Cut(rest, `"`)
			if !closed {
				return nil, errOpenQuote
			}
			w.text, w.quoted, text = inside, true, after
		} else {
			end := strings.IndexFunc(text, unicode.IsSpace)
			if end < 0 {
				end = len(text)
			}
			w.text, text = text[:end], text[end:]
		}
		words = append(words, w)
	}
}

// Shows tells whether the event passes.
func (f *Filter) Shows(e *history.Event) bool {
	if f == nil {
		return true
	}
	for i := range f.terms {
		if f.terms[i].holds(e) == f.terms[i].exclude {
			return false
		}
	}
	return true
}

// Empty tells whether the filter shows everything.
func (f *Filter) Empty() bool { return f == nil || len(f.terms) == 0 }

// Marks are the texts that the filter looks for, to be marked in the rows.
func (f *Filter) Marks() []string {
	if f == nil {
		return nil
	}
	var texts []string
	for _, t := range f.terms {
		if t.text != "" && !t.exclude {
			texts = append(texts, t.text)
		}
	}
	return texts
}

func (t *term) holds(e *history.Event) bool {
	if t.glob != "" {
		return t.isDevice(e.DeviceID)
	}
	return IndexFold(e.Body, t.text) >= 0 || IndexFold(e.DeviceID, t.text) >= 0 || IndexFold(e.ModuleID, t.text) >= 0 ||
		IndexFold(e.MessageID, t.text) >= 0 || IndexFold(e.CorrelationID, t.text) >= 0 || inProperties(e.Application, t.text)
}

func (t *term) isDevice(id string) bool {
	is, found := t.known[id]
	if found {
		return is
	}
	is, _ = path.Match(t.glob, id) // the pattern was checked
	if len(t.known) < maxKnown {
		t.known[id] = is
	}
	return is
}

func inProperties(properties []history.Attribute, text string) bool {
	for _, p := range properties {
		if IndexFold(p.Name, text) >= 0 || IndexFold(p.Text(), text) >= 0 {
			return true
		}
	}
	return false
}

// IndexFold finds lower in s, ASCII letters of both cases alike, and gives its place or -1. lower is in lower case.
// It allocates nothing: it runs over all that is kept when a filter changes.
func IndexFold[T string | []byte](s T, lower string) int {
	if lower == "" {
		return 0
	}
	first := lower[0]
	for i := 0; i+len(lower) <= len(s); i++ {
		if lowerByte(s[i]) == first && equalFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

func equalFold[T string | []byte](s T, lower string) bool {
	for i := range len(lower) {
		if lowerByte(s[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// LowerASCII makes ASCII letters small and leaves the rest.
func LowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lowerByte(c)
	}
	return string(b)
}
