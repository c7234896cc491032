package history

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

var start = time.Date(2026, 11, 22, 13, 3, 20, 0, time.UTC)

// received is an event as the stream makes it of the bytes on the wire: strings and maps of its own.
func received(t testing.TB, n int) events.Event {
	t.Helper()
	text := func(s string) *string { return &s }
	at := start.Add(time.Duration(n) * time.Millisecond)
	wire, err := (&amqp.Message{
		Annotations: amqp.Annotations{
			"iothub-connection-device-id":          fmt.Sprintf("device-%d", n%100),
			"iothub-connection-auth-method":        `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`,
			"iothub-connection-auth-generation-id": "637993518262876543",
			"iothub-enqueuedtime":                  at,
			"iothub-message-source":                "Telemetry",
		},
		Properties:            &amqp.MessageProperties{MessageID: fmt.Sprintf("message_%d", n), CorrelationID: fmt.Sprintf("correlation_%d", n), ContentType: text("application/json"), ContentEncoding: text("utf-8")},
		ApplicationProperties: map[string]any{"Property": fmt.Sprintf("PropMsg_%d", n)},
		Data:                  [][]byte{bytes.Repeat([]byte("x"), 256)},
	}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var m amqp.Message
	if err := m.UnmarshalBinary(wire); err != nil {
		t.Fatal(err)
	}
	e := events.Event{
		Partition: "0", Sequence: int64(n), Offset: fmt.Sprint(n * 500), Enqueued: at, Received: at, Body: m.Data[0],
		Properties: map[string]any{}, System: map[string]any{},
		MessageID: m.Properties.MessageID.(string), CorrelationID: m.Properties.CorrelationID.(string),
		ContentType: *m.Properties.ContentType, ContentEncoding: *m.Properties.ContentEncoding,
	}
	for name, value := range m.ApplicationProperties {
		e.Properties[name] = value
	}
	for name, value := range m.Annotations {
		e.System[name.(string)] = value
	}
	e.DeviceID, _ = e.System["iothub-connection-device-id"].(string)
	e.Source, _ = e.System["iothub-message-source"].(string)
	return e
}

// BenchmarkKept tells what 100,000 events of 256 bytes hold in memory, against what the history believes they do.
func BenchmarkKept(b *testing.B) {
	const kept = 100_000
	for b.Loop() {
		before := heap()
		h := New(stream.Limit{Items: kept})
		for n := range kept {
			e := received(b, n)
			h.Take(&e)
		}
		after := heap()
		b.ReportMetric(float64(after-before)/1e6, "MB")
		b.ReportMetric(float64(h.Bytes())/1e6, "MB-believed")
		b.ReportMetric(float64(after-before)/float64(kept*256), "of-bodies")
		runtime.KeepAlive(h)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkTake is what one more event costs while the oldest falls out, against what it costs as a value of its own.
func BenchmarkTake(b *testing.B) {
	batch := make([]events.Event, 1000)
	for n := range batch {
		batch[n] = received(b, n)
	}
	var reference time.Duration
	b.Run("reference-ring", func(b *testing.B) {
		ring, p := stream.NewRing[Event](stream.Limit{Items: 10_000}, nil), Pool{}
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			ring.Append(p.Keep(&batch[n%len(batch)]))
		}
		reference = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("packed", func(b *testing.B) {
		h := New(stream.Limit{Items: 10_000})
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			h.Take(&batch[n%len(batch)])
		}
		b.ReportMetric(float64(b.Elapsed()/time.Duration(b.N))/float64(max(1, reference)), "of-reference")
	})
}

// BenchmarkLook looks at all of 100,000 events, as a filter does.
func BenchmarkLook(b *testing.B) {
	h := New(stream.Limit{Items: 100_000})
	for n := range 100_000 {
		e := received(b, n)
		h.Take(&e)
	}
	b.ReportAllocs()
	for b.Loop() {
		for n := h.First(); n < h.End(); n++ {
			h.Look(n)
		}
	}
}
