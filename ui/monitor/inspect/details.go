package inspect

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// gap is between a name and its value.
const gap = 2

// named is a field with the root of its path.
type named struct {
	history.Attribute
	root string // "properties", "system"; or else the whole path
}

// fieldsDocument shows fields one below the other, values aligned. A field without a root is a heading.
func fieldsDocument(fields []named, width int) *lines {
	widest := 0
	for _, f := range fields {
		if f.root != "" {
			widest = max(widest, ansi.StringWidth(safe.Line(f.Name, width)))
		}
	}
	widest = min(widest, max(8, width*2/5))
	d := &lines{}
	for _, f := range fields {
		if f.root == "" {
			d.say([]paint.Span{{Kind: paint.HeadingSpan, Text: safe.Line(f.Name, width)}}, width, 0)
			continue
		}
		name := widget.Fit(safe.Line(f.Name, widest), widest+gap)
		kind, text := valueSpan(f.Value)
		d.add(attributePoint(f.root, f.Attribute), []paint.Span{{Kind: paint.MutedSpan, Text: name}, {Kind: kind, Text: text}}, width, widest+gap)
	}
	return d
}

// attributePoint is what there is to point at in a property.
func attributePoint(root string, a history.Attribute) Point {
	path := field.Of(root)
	if root == "properties" || root == "system" {
		path = field.Of(root, a.Name)
	}
	return Point{Path: path, Value: plainText(a.Value), Number: isNumber(a.Value)}
}

// plainText is a value as it is copied.
func plainText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		if safe.IsText(v) {
			return string(v)
		}
		return hex.EncodeToString(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case *time.Time:
		if v != nil {
			return v.UTC().Format(time.RFC3339Nano)
		}
	}
	return fmt.Sprint(value)
}

// isNumber tells whether a chart can be made of a value: texts of properties often are numbers.
func isNumber(value any) bool {
	switch v := value.(type) {
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return true
	case string:
		_, err := strconv.ParseFloat(v, 64)
		return err == nil
	}
	return false
}

// valueSpan writes a value; its colour tells text from numbers and words.
func valueSpan(value any) (paint.SpanKind, string) {
	switch v := value.(type) {
	case string:
		return paint.PlainSpan, safe.Inline(v)
	case []byte:
		if safe.IsText(v) {
			return paint.PlainSpan, safe.Inline(string(v))
		}
		return paint.NumberSpan, fmt.Sprintf("%x", v)
	case time.Time:
		return paint.PlainSpan, v.UTC().Format("2006-01-02T15:04:05.000Z")
	case *time.Time:
		if v != nil {
			return paint.PlainSpan, v.UTC().Format("2006-01-02T15:04:05.000Z")
		}
	case bool, nil:
		return paint.WordSpan, fmt.Sprint(v)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return paint.NumberSpan, fmt.Sprint(v)
	}
	return paint.PlainSpan, safe.Inline(fmt.Sprint(value))
}

// applicationFields are those that the device gave.
func applicationFields(e *history.Event) []named {
	fields := make([]named, 0, len(e.Application))
	for _, a := range e.Application {
		fields = append(fields, named{a, "properties"})
	}
	return fields
}

// systemFields are the standard properties first, then where the event stands, then all annotations.
func systemFields(e *history.Event) []named {
	fields := []named{}
	add := func(name, path string, value any) {
		if value != "" && value != (time.Time{}) {
			fields = append(fields, named{history.Attribute{Name: name, Value: value}, path})
		}
	}
	add("device id", "device", e.DeviceID)
	add("module id", "module", e.ModuleID)
	add("message id", "messageId", e.MessageID)
	add("correlation id", "correlationId", e.CorrelationID)
	add("content type", "contentType", e.ContentType)
	add("content encoding", "contentEncoding", e.ContentEncoding)
	add("message source", "source", e.Source)
	if e.Partition != "" { // feedback and file notifications are in none
		add("partition", "partition", e.Partition)
		add("sequence number", "sequence", e.Sequence)
		add("offset", "offset", e.Offset)
	}
	add("enqueued", "enqueued", e.Enqueued)
	add("received", "received", e.Received)
	if len(e.Annotations) > 0 {
		fields = append(fields, named{Attribute: history.Attribute{Name: "ANNOTATIONS"}})
	}
	for _, a := range e.Annotations {
		fields = append(fields, named{a, "system"})
	}
	return fields
}

// latency is one leg of an event's way: to where, and how long it took.
type latency struct {
	to   string
	took time.Duration
}

// latencies are the legs that the event's times tell of: device to IoT Hub by the device's own clock, IoT Hub to its
// event hub, and from there to here by this machine's clock. protocol 7.8
func latencies(e *history.Event) []latency {
	var legs []latency
	arrived, hasArrived := timeIn(e.Annotations, "iothub-enqueuedtime")
	if created, has := timeIn(e.Annotations, "iothub-creation-time-utc"); has {
		end := e.Enqueued
		if hasArrived {
			end = arrived
		}
		legs = append(legs, latency{"hub", end.Sub(created)})
	}
	if hasArrived && !e.Enqueued.IsZero() {
		legs = append(legs, latency{"stream", e.Enqueued.Sub(arrived)})
	}
	if !e.Enqueued.IsZero() && !e.Received.IsZero() {
		legs = append(legs, latency{"here", e.Received.Sub(e.Enqueued)})
	}
	return legs
}

// timeIn reads a time that is a timestamp or text.
func timeIn(system []history.Attribute, name string) (time.Time, bool) {
	at, found := slices.BinarySearchFunc(system, name, func(a history.Attribute, name string) int { return cmp.Compare(a.Name, name) })
	if !found {
		return time.Time{}, false
	}
	switch v := system[at].Value.(type) {
	case time.Time:
		return v, true
	case *time.Time:
		if v != nil {
			return *v, true
		}
	case string:
		t, err := time.Parse(time.RFC3339Nano, v)
		return t, err == nil
	}
	return time.Time{}, false
}

// Took writes a latency; clocks may differ, so it can be below zero.
func Took(d time.Duration) string {
	if d > -10*time.Second && d < 10*time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	if d < 0 {
		return "-" + widget.Span(-d)
	}
	return widget.Span(d)
}

// since is Took for what lies between two events, which nobody reads in thousands of milliseconds: whole seconds are
// told as such, and else tenths of them.
func since(d time.Duration) string {
	if d < time.Second || d >= 10*time.Second {
		return Took(d)
	}
	tenths := d.Round(100 * time.Millisecond)
	if tenths == 10*time.Second {
		return Took(tenths)
	}
	return strconv.FormatFloat(tenths.Seconds(), 'g', -1, 64) + " s"
}

// wayText reads like a way: "to hub 12 ms → stream 3 ms → here 38 ms".
func wayText(legs []latency) string {
	texts := make([]string, len(legs))
	for i, leg := range legs {
		texts[i] = leg.to + " " + Took(leg.took)
	}
	return "to " + strings.Join(texts, " → ")
}

// skewText says whose clock cannot be right: nothing arrives before it was sent. "" when all can be.
func skewText(legs []latency) string {
	for _, leg := range legs {
		switch {
		case leg.took >= 0:
		case leg.to == "hub":
			return "device ahead of the hub, " + Took(-leg.took) + " or more"
		case leg.to == "here":
			return "this machine behind the hub, " + Took(-leg.took) + " or more"
		}
	}
	return ""
}

// factLines are the lines above the document: when, on which ways, under which name.
func factLines(ctx *page.Context, e *history.Event) []history.Attribute {
	var facts []history.Attribute
	if !e.Enqueued.IsZero() {
		local := ctx.Zoned(e.Enqueued).Format("2006-01-02 15:04:05.000 MST") + "  " + widget.Ago(ctx.Time(), e.Enqueued)
		facts = append(facts, history.Attribute{Name: "Enqueued", Value: local})
	}
	legs := latencies(e)
	if skew := skewText(legs); skew != "" {
		facts = append(facts, history.Attribute{Name: skewFact, Value: skew})
	}
	if !e.Enqueued.IsZero() {
		facts = append(facts, history.Attribute{Name: "UTC", Value: e.Enqueued.UTC().Format("2006-01-02T15:04:05.000Z")})
	}
	if len(legs) > 0 {
		facts = append(facts, history.Attribute{Name: "Latency", Value: wayText(legs)})
	}
	if e.MessageID != "" {
		facts = append(facts, history.Attribute{Name: "Message id", Value: e.MessageID})
	}
	return facts
}

// skewFact is the name of the fact that is a warning.
const skewFact = "Clock skew"
