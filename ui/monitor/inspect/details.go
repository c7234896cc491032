package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// gap is between a name and its value.
const gap = 2

// fieldsDocument shows fields one below the other, values aligned.
func fieldsDocument(fields []history.Attribute, width int) *paint.Text {
	widest := 0
	for _, f := range fields {
		widest = max(widest, ansi.StringWidth(safe.Inline(f.Name)))
	}
	widest = min(widest, max(8, width*2/5))
	d := &paint.Text{}
	for _, f := range fields {
		name := widget.Fit(safe.Line(f.Name, widest), widest+gap)
		kind, text := valueSpan(f.Value)
		d.Add([]paint.Span{{Kind: paint.MutedSpan, Text: name}, {Kind: kind, Text: text}}, width, widest+gap)
	}
	return d
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

// systemFields are the standard properties first, then where the event stands, then all annotations.
func systemFields(e *history.Event) []history.Attribute {
	fields := []history.Attribute{
		{Name: "device id", Value: e.DeviceID},
		{Name: "module id", Value: e.ModuleID},
		{Name: "message id", Value: e.MessageID},
		{Name: "correlation id", Value: e.CorrelationID},
		{Name: "content type", Value: e.ContentType},
		{Name: "content encoding", Value: e.ContentEncoding},
		{Name: "message source", Value: e.Source},
		{Name: "partition", Value: e.Partition},
		{Name: "sequence number", Value: e.Sequence},
		{Name: "offset", Value: e.Offset},
		{Name: "enqueued", Value: e.Enqueued},
		{Name: "received", Value: e.Received},
	}
	kept := fields[:0]
	for _, f := range fields {
		if f.Value != "" {
			kept = append(kept, f)
		}
	}
	return append(kept, e.Annotations...)
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

// wayText reads like a way: "to hub 12 ms → stream 3 ms → here 38 ms".
func wayText(legs []latency) string {
	texts := make([]string, len(legs))
	for i, leg := range legs {
		texts[i] = leg.to + " " + Took(leg.took)
	}
	return "to " + strings.Join(texts, " → ")
}

// factLines are the lines above the document: when, on which ways, under which name.
func factLines(ctx *page.Context, e *history.Event) []history.Attribute {
	local := ctx.Zoned(e.Enqueued)
	facts := []history.Attribute{
		{Name: "Enqueued", Value: local.Format("2006-01-02 15:04:05.000 MST")},
		{Name: "UTC", Value: e.Enqueued.UTC().Format("2006-01-02T15:04:05.000Z")},
	}
	if legs := latencies(e); len(legs) > 0 {
		facts = append(facts, history.Attribute{Name: "Latency", Value: wayText(legs)})
	}
	if e.MessageID != "" {
		facts = append(facts, history.Attribute{Name: "Message id", Value: e.MessageID})
	}
	return facts
}
