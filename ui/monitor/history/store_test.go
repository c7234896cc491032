package history

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"pgregory.net/rapid"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

// values are of all types that a property can have on the wire.
func anyValue() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just[any](nil), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.SliceOfN(rapid.Byte(), 1, 40).AsAny(),
		rapid.Int8().AsAny(), rapid.Int16().AsAny(), rapid.Int32().AsAny(), rapid.Int64().AsAny(),
		rapid.Uint8().AsAny(), rapid.Uint16().AsAny(), rapid.Uint32().AsAny(), rapid.Uint64().AsAny(),
		rapid.Float32().AsAny(), rapid.Float64().AsAny(), anyTime().AsAny(),
		rapid.Just[any](amqp.UUID{1, 2}), rapid.Just[any]([]any{"a", int32(1)}), rapid.Just[any](map[any]any{"a": 1}),
		rapid.SampledFrom([]any{"Telemetry", "same again", `{"scope":"device"}`}),
	)
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		at := time.Unix(rapid.Int64Range(-62135596799, 253402300799).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		zone := rapid.SampledFrom([]*time.Location{time.UTC, time.Local, start.Location(), time.FixedZone("east", 3600)}).Draw(t, "zone")
		return at.In(zone)
	})
}

func anyEvent(t *rapid.T) events.Event {
	names := rapid.SampledFrom([]string{"", "a", "b", "a\x00b", "iothub-connection-device-id", "x-opt-", "Property"})
	some := func(label string) string {
		return rapid.SampledFrom([]string{"", "0", "wind-1", "wind-2", "application/json"}).Draw(t, label)
	}
	e := events.Event{
		Partition: some("partition"), Sequence: rapid.Int64().Draw(t, "sequence"), Offset: rapid.String().Draw(t, "offset"),
		Enqueued: anyTime().Draw(t, "enqueued"), Received: anyTime().Draw(t, "received"),
		DeviceID: some("device"), ModuleID: some("module"), MessageID: rapid.String().Draw(t, "id"), CorrelationID: some("correlation"),
		ContentType: some("type"), ContentEncoding: some("encoding"), Source: some("source"),
		Properties: rapid.MapOfN(names, anyValue(), 0, 4).Draw(t, "properties"),
		System:     rapid.MapOfN(names, anyValue(), 0, 4).Draw(t, "system"),
	}
	switch size := rapid.SampledFrom([]int{-1, 0, 1, 256, largeBody - 1, largeBody, 256 << 10}).Draw(t, "size"); size {
	case -1:
	default:
		e.Body = bytes.Repeat([]byte{byte('a' + rapid.IntRange(0, 25).Draw(t, "letter"))}, size)
	}
	return e
}

// like tells in what two events differ.
func like(a, b *Event) error {
	same := func(name string, a, b any) error {
		at, isTime := a.(time.Time)
		bt, _ := b.(time.Time)
		if isTime && at.Equal(bt) && at.Format(time.RFC3339) == bt.Format(time.RFC3339) || reflect.DeepEqual(a, b) {
			return nil
		}
		return fmt.Errorf("%s: %#v, want %#v", name, b, a)
	}
	of, with := reflect.ValueOf(a.Event), reflect.ValueOf(b.Event)
	for i := range of.NumField() {
		if err := same(of.Type().Field(i).Name, of.Field(i).Interface(), with.Field(i).Interface()); err != nil {
			return err
		}
	}
	for _, lists := range [][2][]Attribute{{a.Application, b.Application}, {a.Annotations, b.Annotations}} {
		if len(lists[0]) != len(lists[1]) {
			return fmt.Errorf("attributes %v, want %v", lists[1], lists[0])
		}
		for i, attribute := range lists[0] {
			if err := same(attribute.Name, attribute.Value, lists[1][i].Value); err != nil || attribute.Name != lists[1][i].Name {
				return fmt.Errorf("attribute %q: %w", lists[1][i].Name, err)
			}
		}
	}
	return nil
}

// TestWhatIsPackedIsAsItCame: whatever comes between, and after what was before it has fallen out.
func TestWhatIsPackedIsAsItCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := New(stream.Limit{Items: 8, Bytes: 600 << 10})
		var want []Event
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			e := anyEvent(t)
			kept := Pool{}.Keep(&e)
			want = append(want, kept)
			if rapid.Bool().Draw(t, "take") {
				if err := like(&kept, h.Take(&e)); err != nil {
					t.Fatalf("as it is taken: %v", err)
				}
			} else {
				h.Append(kept)
			}
		}
		for n := range h.End() {
			own, view := h.Event(n), h.Look(n)
			if n < h.First() {
				if own != nil || view != nil {
					t.Fatalf("event %d is there and has fallen out", n)
				}
				continue
			}
			if err := like(&want[n], own); err != nil {
				t.Fatalf("event %d: %v", n, err)
			}
			if err := like(&want[n], view); err != nil {
				t.Fatalf("view of event %d: %v", n, err)
			}
		}
	})
}

// TestBounds: the oldest fall out, and are counted, by number and by bytes; the newest stays however large it is.
func TestBounds(t *testing.T) {
	const limit = 1 << 20
	for _, size := range []int{0, 300, largeBody, 256 << 10, 2 * limit} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			h := New(stream.Limit{Items: 1000, Bytes: limit})
			const events = 3000
			for n := range events {
				e := received(t, n)
				e.Body = bytes.Repeat([]byte{byte(n)}, size)
				h.Take(&e)
				if h.Kept() > 1000 || h.Bytes() > limit && h.Kept() > 1 || h.Kept() == 0 {
					t.Fatalf("%d kept, %d bytes", h.Kept(), h.Bytes())
				}
				if newest := h.Look(h.End() - 1); newest.Sequence != int64(n) || len(newest.Body) != size {
					t.Fatalf("the newest is %d with %d bytes", newest.Sequence, len(newest.Body))
				}
				if held := held(h); held > h.Bytes()+2*chunkSize+int64(size) {
					t.Fatalf("%d bytes are held for %d", held, h.Bytes())
				}
			}
			if h.FellOut()+uint64(h.Kept()) != events || h.Look(h.First()).Sequence != int64(h.First()) {
				t.Errorf("%d fell out, %d kept of %d", h.FellOut(), h.Kept(), events)
			}
		})
	}
}

// held is what the chunks hold.
func held(h *History) (sum int64) {
	for _, c := range h.ring.chunks {
		sum += int64(cap(c.bodies) + c.texts.Cap())
		for _, body := range c.large {
			sum += int64(cap(body))
		}
	}
	return sum
}

// TestACopyStays: what was copied is not what is looked at next.
func TestACopyStays(t *testing.T) {
	h := New(stream.Limit{Items: 2})
	for n := range 3 {
		e := received(t, n)
		h.Take(&e)
	}
	one := h.Event(1)
	view := *h.Look(1)
	h.Look(2)
	for n := 3; n < 5000; n++ {
		e := received(t, n)
		h.Take(&e)
	}
	e := received(t, 1)
	want := Pool{}.Keep(&e)
	if err := like(&want, one); err != nil {
		t.Error(err)
	}
	if view.MessageID != want.MessageID || !bytes.Equal(view.Body, want.Body) {
		t.Errorf("a view of what has fallen out changed to %q", view.MessageID)
	}
}
