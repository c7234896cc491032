// Package values finds what the fields of events hold: how often each value of one occurs, and which fields there are.
package values

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
)

const (
	// MaxValues is how many different values are counted apart.
	MaxValues = 1000
	// maxText is how many bytes tell a value from others.
	maxText = 200
)

// Value is one value of a field.
type Value struct {
	Text string
	N    uint64
}

// Counts tells how often each value of a field occurs.
type Counts struct {
	Path field.Path
	// Total are the events with the field, Without those that do not have it, Others those with one of the values
	// beyond MaxValues.
	Total, Without, Others uint64

	of map[string]*Value
}

// NewCounts makes an empty count.
func NewCounts(path field.Path) *Counts { return &Counts{Path: path, of: map[string]*Value{}} }

// Add counts the value of an event; body is its body, unpacked.
func (c *Counts) Add(e *history.Event, body []byte) {
	text, found := Text(c.Path, e, body)
	if !found {
		c.Without++
		return
	}
	c.Total++
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	v, known := c.of[text]
	if !known {
		if len(c.of) >= MaxValues {
			c.Others++
			return
		}
		text = strings.Clone(text)
		v = &Value{Text: text}
		c.of[text] = v
	}
	v.N++
}

// Different is how many values are counted apart.
func (c *Counts) Different() int { return len(c.of) }

// All gives the values, the most frequent first.
func (c *Counts) All() []Value {
	all := make([]Value, 0, len(c.of))
	for _, v := range c.of {
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b Value) int { return cmp.Or(-cmp.Compare(a.N, b.N), cmp.Compare(a.Text, b.Text)) })
	return all
}

// Text gives the value of a field as text; body is the event's body, unpacked. It is good for as long as the event is.
func Text(path field.Path, e *history.Event, body []byte) (string, bool) {
	if path.NeedsBody() && len(path.Names()) > 0 {
		r := path.In(body)
		if r.Type == gjson.String {
			return r.Str, true
		}
		return r.Raw, r.Exists()
	}
	value, found := path.With(e, body)
	if !found {
		return "", false
	}
	switch v := value.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case nil:
		return "null", true
	case time.Time:
		return v.Format(time.RFC3339Nano), true
	case json.RawMessage:
		return string(v), true
	}
	return fmt.Sprint(value), true
}
