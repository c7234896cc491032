package history

import (
	"cmp"
	"fmt"
	"slices"

	"hubscope/hub/events"
)

// Event is an event out of the history: the two maps of an event are lists here.
type Event struct {
	events.Event             // its maps are nil
	Application  []Attribute // Properties of the event
	Annotations  []Attribute // System of the event

	closed closed
}

// Attribute is a property with its value; lists of them are in order of their names.
type Attribute struct {
	Name  string
	Value any
}

// Pool keeps one of each text that comes again and again. The zero Pool must be made: Pool{}.
type Pool map[string]any

const (
	maxPooled     = 20_000 // texts; then it starts again
	maxPooledText = 256    // bytes
)

// value gives the one of the pool that is like text, as it is stored in an attribute.
func (p Pool) value(text string) any {
	if v, found := p[text]; found {
		return v
	}
	if len(text) > maxPooledText {
		return text
	}
	if len(p) >= maxPooled {
		clear(p)
	}
	var v any = text
	p[text] = v
	return v
}

func (p Pool) text(text string) string {
	if text == "" {
		return ""
	}
	return p.value(text).(string)
}

// Keep makes such an event of one that came, with lists of its own.
func (p Pool) Keep(e *events.Event) Event {
	// One piece of memory for both lists.
	both := make([]Attribute, 0, len(e.Properties)+len(e.System))
	both = p.attributes(both, e.Properties, false)
	split := len(both)
	both = p.attributes(both, e.System, true)
	r := Event{Event: *e, Application: both[:split:split], Annotations: both[split:len(both):len(both)]}
	r.Properties, r.System = nil, nil
	r.Partition, r.DeviceID, r.ModuleID = p.text(e.Partition), p.text(e.DeviceID), p.text(e.ModuleID)
	r.ContentType, r.ContentEncoding, r.Source = p.text(e.ContentType), p.text(e.ContentEncoding), p.text(e.Source)
	return r
}

// attributes appends a map as a list. Values of annotations come again; those of properties may be different each time.
func (p Pool) attributes(to []Attribute, from map[string]any, again bool) []Attribute {
	start := len(to)
	for name, value := range from {
		if text, ok := value.(string); ok && again {
			value = p.value(text)
		}
		to = append(to, Attribute{p.text(name), value})
	}
	if added := to[start:]; len(added) > 1 {
		slices.SortFunc(added, func(a, b Attribute) int { return cmp.Compare(a.Name, b.Name) })
	}
	return to
}

// Map is the reverse of the lists, for an event that leaves the program.
func Map(list []Attribute) map[string]any {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]any, len(list))
	for _, a := range list {
		out[a.Name] = a.Value
	}
	return out
}

// Text is the value as text.
func (a Attribute) Text() string {
	switch v := a.Value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return fmt.Sprint(a.Value)
}

// Name is who an event is from: the device id, with the module id behind it.
func (e *Event) Name() string {
	if e.ModuleID == "" {
		return e.DeviceID
	}
	return e.DeviceID + "/" + e.ModuleID
}

// outputs are the annotations that have the name of the output of a module that a message left by, where a service or
// a gateway hands it on. protocol 4.2 ($.on), 5.1
var outputs = []string{"x-opt-output-name", "iothub-outputname"}

// Output is the output of the module that the event left by; "" mostly.
func (e *Event) Output() string {
	if e.ModuleID == "" {
		return ""
	}
	for _, a := range e.Annotations {
		if slices.Contains(outputs, a.Name) {
			return a.Text()
		}
	}
	return ""
}
