package monitor

import (
	"cmp"
	"slices"

	"hubscope/hub/events"
)

// record is an event as it is kept. Most of what an event holds is said again by the next one: names of properties,
// annotations that belong to the device. The two maps of an event become lists, and what is repeated is kept once;
// that halves the memory.
type record struct {
	events.Event // its maps are nil
	properties   []attribute
	system       []attribute
}

// attribute is a property with its value; lists of them are in order of their names.
type attribute struct {
	name  string
	value any
}

// pool keeps one of each text that comes again and again.
type pool map[string]any

const (
	maxPooled     = 20_000 // texts; then it starts again
	maxPooledText = 256    // bytes
)

// value gives the one of the pool that is like text, as it is stored in an attribute.
func (p pool) value(text string) any {
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

func (p pool) text(text string) string {
	if text == "" {
		return ""
	}
	return p.value(text).(string)
}

// record makes an event ready to be kept.
func (p pool) record(e *events.Event) record {
	// One piece of memory for both lists.
	both := make([]attribute, 0, len(e.Properties)+len(e.System))
	both = p.attributes(both, e.Properties, false)
	split := len(both)
	both = p.attributes(both, e.System, true)
	r := record{Event: *e, properties: both[:split:split], system: both[split:len(both):len(both)]}
	r.Properties, r.System = nil, nil
	r.Partition, r.DeviceID, r.ModuleID = p.text(e.Partition), p.text(e.DeviceID), p.text(e.ModuleID)
	r.ContentType, r.ContentEncoding, r.Source = p.text(e.ContentType), p.text(e.ContentEncoding), p.text(e.Source)
	return r
}

// attributes appends a map as a list. Values of annotations come again; those of properties may be different each time.
func (p pool) attributes(to []attribute, from map[string]any, again bool) []attribute {
	start := len(to)
	for name, value := range from {
		if text, ok := value.(string); ok && again {
			value = p.value(text)
		}
		to = append(to, attribute{p.text(name), value})
	}
	if added := to[start:]; len(added) > 1 {
		slices.SortFunc(added, func(a, b attribute) int { return cmp.Compare(a.name, b.name) })
	}
	return to
}

// attributeMap is the reverse, for an event that leaves the program.
func attributeMap(list []attribute) map[string]any {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]any, len(list))
	for _, a := range list {
		out[a.name] = a.value
	}
	return out
}

// memory is what a record holds, about: itself, its lists, and texts of its own.
func memory(r record) int {
	const fixed, entry, block = 288, 32, 16
	n := fixed + len(r.Body) + len(r.MessageID) + len(r.CorrelationID) + len(r.Offset) + 3*block
	n += (entry + block) * (len(r.properties) + len(r.system))
	for _, a := range r.properties {
		switch v := a.value.(type) {
		case string:
			n += len(v) + block
		case []byte:
			n += len(v) + block
		}
	}
	return n
}

// waitingMemory is about what an event holds before it is a record.
func waitingMemory(e events.Event) int {
	const fixed, entry = 900, 80
	return fixed + len(e.Body) + entry*(len(e.Properties)+len(e.System))
}
