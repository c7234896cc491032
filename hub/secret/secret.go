// Package secret holds text that must not be seen by accident: keys and tokens.
//
// A Text prints, logs and marshals as three stars; its real text comes out of
// [Text.Reveal] only, so that every place which shows or sends a key can be
// found by that name.
package secret

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"unique"
)

// Mask is what a non-empty Text shows instead of itself.
const Mask = "***"

// Text is a key or a token. The zero value is the empty text. Texts compare
// with ==, and may be copied and used by any number of goroutines.
type Text struct {
	// A handle and not a string: fmt cannot call methods on an unexported field
	// of somebody's struct and would print a plain string that sits in one.
	h unique.Handle[string]
}

// New makes a Text of s. New("") is the zero value.
func New(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{unique.Make(s)}
}

// Reveal gives the real text. Call it only to compute with a key, to send it,
// or because the user asked to see it.
func (t Text) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return t.h.Value()
}

// IsZero says whether the text is empty.
func (t Text) IsZero() bool { return t == Text{} }

// Equal says whether both hold the same text. It is not constant in time: to
// check a signature or a password that came from outside use crypto/subtle.
func (t Text) Equal(other Text) bool { return t == other }

// String gives the mask, or nothing for the empty text.
func (t Text) String() string {
	if t.IsZero() {
		return ""
	}
	return Mask
}

// GoString gives the mask also for %#v.
func (t Text) GoString() string { return `secret.New("` + t.String() + `")` }

// Format prints the mask whatever the verb.
func (t Text) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('#'):
		_, _ = io.WriteString(f, t.GoString())
	case verb == 'q':
		_, _ = io.WriteString(f, strconv.Quote(t.String()))
	default:
		_, _ = io.WriteString(f, t.String())
	}
}

// LogValue gives the mask to log/slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText gives the mask.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the real text.
func (t *Text) UnmarshalText(text []byte) error {
	*t = New(string(text))
	return nil
}
