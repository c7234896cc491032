package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// fieldsDocument shows fields one below the other, values aligned.
func fieldsDocument(fields []attribute, width int) *textDocument {
	widest := 0
	for _, f := range fields {
		widest = max(widest, ansi.StringWidth(safe.Inline(f.name)))
	}
	widest = min(widest, max(8, width*2/5))
	d := &textDocument{}
	for _, f := range fields {
		name := widget.Fit(safe.Line(f.name, widest), widest+gap)
		kind, text := valueSpan(f.value)
		d.add([]span{{mutedSpan, name}, {kind, text}}, width, widest+gap)
	}
	return d
}

// valueSpan writes a value; its colour tells text from numbers and words.
func valueSpan(value any) (spanKind, string) {
	switch v := value.(type) {
	case string:
		return plainSpan, safe.Inline(v)
	case []byte:
		if safe.IsText(v) {
			return plainSpan, safe.Inline(string(v))
		}
		return numberSpan, fmt.Sprintf("%x", v)
	case time.Time:
		return plainSpan, v.UTC().Format("2006-01-02T15:04:05.000Z")
	case *time.Time:
		if v != nil {
			return plainSpan, v.UTC().Format("2006-01-02T15:04:05.000Z")
		}
	case bool, nil:
		return wordSpan, fmt.Sprint(v)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return numberSpan, fmt.Sprint(v)
	}
	return plainSpan, safe.Inline(fmt.Sprint(value))
}

// systemFields are the standard properties first, then where the event stands, then all annotations.
func systemFields(e *record) []attribute {
	fields := []attribute{
		{"device id", e.DeviceID},
		{"module id", e.ModuleID},
		{"message id", e.MessageID},
		{"correlation id", e.CorrelationID},
		{"content type", e.ContentType},
		{"content encoding", e.ContentEncoding},
		{"message source", e.Source},
		{"partition", e.Partition},
		{"sequence number", e.Sequence},
		{"offset", e.Offset},
		{"enqueued", e.Enqueued},
		{"received", e.Received},
	}
	kept := fields[:0]
	for _, f := range fields {
		if f.value != "" {
			kept = append(kept, f)
		}
	}
	return append(kept, e.system...)
}

// latency is one leg of an event's way: to where, and how long it took.
type latency struct {
	to   string
	took time.Duration
}

// latencies are the legs that the event's times tell of: device to IoT Hub by the device's own clock, IoT Hub to its
// event hub, and from there to here by this machine's clock. protocol 7.8
func latencies(e *record) []latency {
	var legs []latency
	arrived, hasArrived := timeIn(e.system, "iothub-enqueuedtime")
	if created, has := timeIn(e.system, "iothub-creation-time-utc"); has {
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
func timeIn(system []attribute, name string) (time.Time, bool) {
	at, found := slices.BinarySearchFunc(system, name, func(a attribute, name string) int { return cmp.Compare(a.name, name) })
	if !found {
		return time.Time{}, false
	}
	switch v := system[at].value.(type) {
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

// tookText writes a latency; clocks may differ, so it can be below zero.
func tookText(d time.Duration) string {
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
		texts[i] = leg.to + " " + tookText(leg.took)
	}
	return "to " + strings.Join(texts, " → ")
}

// factLines are the lines above the document: when, on which ways, under which name.
func factLines(ctx *page.Context, e *record) []attribute {
	local := ctx.Zoned(e.Enqueued)
	facts := []attribute{
		{"Enqueued", local.Format("2006-01-02 15:04:05.000 MST")},
		{"UTC", e.Enqueued.UTC().Format("2006-01-02T15:04:05.000Z")},
	}
	if legs := latencies(e); len(legs) > 0 {
		facts = append(facts, attribute{"Latency", wayText(legs)})
	}
	if e.MessageID != "" {
		facts = append(facts, attribute{"Message id", e.MessageID})
	}
	return facts
}
