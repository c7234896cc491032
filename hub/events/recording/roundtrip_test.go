package recording_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
)

var same = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateNaNs(), cmpopts.EquateApproxTime(0)}

// anyText is any text at all: what devices send, what a terminal obeys, and what is no text.
var anyText = rapid.OneOf(
	rapid.String(),
	rapid.StringMatching(`[a-z"\\/{}\[\]:, ]{0,20}`),
	rapid.SampledFrom([]string{"\x1b[2J", "\u202e", "\u0085", "\u2028", "\ud7ff", "😀", "\xed\xb2\x80", "a\xffb", "\x00", `\udc80`, "<&>"}),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
)

var anyTime = rapid.Map(rapid.Int64Range(-1<<46, 1<<48), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() })

var scalars = []*rapid.Generator[any]{
	rapid.Just[any](nil), anyText.AsAny(), rapid.Bool().AsAny(), anyTime.AsAny(),
	rapid.Int8().AsAny(), rapid.Int16().AsAny(), rapid.Int32().AsAny(), rapid.Int64().AsAny(),
	rapid.Uint8().AsAny(), rapid.Uint16().AsAny(), rapid.Uint32().AsAny(), rapid.Uint64().AsAny(),
	rapid.Float32().AsAny(), rapid.Float64().AsAny(), rapid.SliceOf(rapid.Byte()).AsAny(),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 16, 16), func(b []byte) amqp.UUID { return amqp.UUID(b) }).AsAny(),
	rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 5, 1e300}).AsAny(),
	rapid.SliceOf(rapid.Int32()).AsAny(), rapid.SliceOf(anyText).AsAny(), rapid.SliceOf(rapid.Bool()).AsAny(), rapid.SliceOf(anyTime).AsAny(),
}

func anyValue(depth int) *rapid.Generator[any] {
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	inside := anyValue(depth - 1)
	keys := rapid.OneOf(anyText.AsAny(), rapid.Int32().AsAny(), rapid.Uint64().AsAny())
	return rapid.OneOf(append(scalars,
		rapid.SliceOf(inside).AsAny(),
		rapid.MapOf(anyText, inside).AsAny(),
		rapid.MapOf(keys, inside).AsAny(),
	)...)
}

var anyBody = rapid.OneOf(
	rapid.SliceOf(rapid.Byte()),
	rapid.Map(anyText, func(s string) []byte { return []byte(s) }),
	rapid.Map(anyText, func(s string) []byte { b, _ := json.Marshal(map[string]string{"text": s}); return b }),
	rapid.Map(rapid.SampledFrom([]string{
		`{"windSpeed":13.41}`, "{\n  \"a\": 1\n}", ` {"a":1}`, `{"a":1} `, `"text"`, `""`, "null", "5", "-0.0e1", "true", "[]", `{"a":"` + "\u202e\u007f\u0085😀" + `"}`,
		`{"a":1,"a":2}`, "\t1", strings.Repeat("[", 200) + strings.Repeat("]", 200),
	}), func(s string) []byte { return []byte(s) }),
)

func anyEvent(t *rapid.T) events.Event {
	properties := rapid.MapOf(anyText, anyValue(2))
	return events.Event{
		Partition: anyText.Draw(t, "partition"), Sequence: rapid.Int64().Draw(t, "sequence"), Offset: anyText.Draw(t, "offset"),
		Enqueued: anyTime.Draw(t, "enqueued"), Received: anyTime.Draw(t, "received"),
		DeviceID: anyText.Draw(t, "device"), ModuleID: anyText.Draw(t, "module"),
		MessageID: anyText.Draw(t, "message"), CorrelationID: anyText.Draw(t, "correlation"),
		ContentType:     rapid.OneOf(anyText, rapid.SampledFrom([]string{"application/json", "application/cbor", "application/msgpack"})).Draw(t, "type"),
		ContentEncoding: rapid.OneOf(anyText, rapid.SampledFrom([]string{"gzip", "deflate", "base64", "utf-8", "utf-16"})).Draw(t, "encoding"),
		Source:          anyText.Draw(t, "source"),
		Properties:      properties.Draw(t, "properties"), System: properties.Draw(t, "system"),
		Body: anyBody.Draw(t, "body"),
	}
}

// TestNothingIsLost: whatever an event holds, its line is one line of JSON that no terminal obeys, and reads as the event.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		line := recording.Append(nil, &e)
		if !json.Valid(line) {
			t.Fatalf("no JSON: %s", line)
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' }) {
			t.Fatalf("a terminal could obey it: %q", line)
		}
		back, err := recording.Parse(line)
		if e.Sequence == 0 && e.Partition == "" && string(line) == "{}" {
			return
		}
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if !reflect.DeepEqual(line, recording.Append(nil, &back)) {
			t.Fatalf("written again it is another line:\n%s\n%s", line, recording.Append(nil, &back))
		}
		if diff := cmp.Diff(e, back, same); diff != "" {
			t.Fatalf("%s\n%s", diff, line)
		}
	})
}

func TestWhatALineLooksLike(t *testing.T) {
	e := events.Event{
		Partition: "2", Sequence: 513, Offset: "4812", DeviceID: "wind-1", ModuleID: "edge", Source: "Telemetry", MessageID: "m-1",
		Enqueued:   time.Date(2026, 11, 22, 14, 3, 20, 112e6, time.FixedZone("CET", 3600)),
		Properties: map[string]any{"alarm": "1", "level": int32(3), "n": int64(5), "f": 5.0},
		System:     map[string]any{"at": time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)},
	}
	const head = `"deviceId":"wind-1","moduleId":"edge","partition":"2","sequenceNumber":513,"offset":"4812","enqueuedTime":"2026-11-22T13:03:20.112Z",` +
		`"messageSource":"Telemetry","messageId":"m-1",` +
		`"applicationProperties":{"alarm":"1","f":5.0,"level":3,"n":5},"applicationPropertyTypes":{"level":"int"},` +
		`"systemProperties":{"at":"2026-11-22T13:00:00Z"},"systemPropertyTypes":{"at":"timestamp"}`
	for _, c := range []struct{ name, body, want string }{
		{"none", "", ""},
		{"JSON", `{"windSpeed": 14.1}`, `,"body":{"windSpeed": 14.1}`},
		{"JSON on lines", "{\n\"a\": 1}", `,"body":{"a":1},"bodyBase64":"ewoiYSI6IDF9"`},
		{"text", "calm\x1b[0m", `,"body":"calm\u001b[0m"`},
		{"JSON that is text", `"calm"`, `,"body":"calm","bodyBase64":"ImNhbG0i"`},
		{"bytes", "\x00\xff", `,"bodyBase64":"AP8="`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.Body = []byte(c.body)
			if got := string(recording.Append(nil, &e)); got != "{"+head+c.want+"}" {
				t.Errorf("%s", got)
			}
			if got := string(recording.AppendFirst(nil, &e)); got != `{"formatVersion":1,`+head+c.want+"}" {
				t.Errorf("%s", got)
			}
		})
	}
}
