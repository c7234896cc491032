package device

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"pgregory.net/rapid"
)

// TestOutboxModel plays random histories against a plain list of what must still be confirmed.
func TestOutboxModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 20
		var (
			box     outbox
			open    []*parcel // in the order of add
			written []*parcel // to this connection, not over
			now     = time.Unix(1000, 0)
		)
		drop := func(p *parcel) {
			open = slices.DeleteFunc(open, func(q *parcel) bool { return q == p })
			written = slices.DeleteFunc(written, func(q *parcel) bool { return q == p })
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				now = now.Add(time.Second)
				p := &parcel{receipt: &Receipt{}, topic: "t", payload: make([]byte, rapid.IntRange(0, 5).Draw(t, "size")), deadline: now.Add(10 * time.Second)}
				err := box.add(p, limit, 1<<20)
				if errors.Is(err, ErrQueueFull) != (len(open) == limit) {
					t.Fatalf("%v with %d in the box", err, len(open))
				}
				if err == nil {
					open = append(open, p)
				}
			},
			"write": func(t *rapid.T) {
				var buf bytes.Buffer
				if err := box.take(&buf, rapid.IntRange(1, 100).Draw(t, "limit"), now, 0); err != nil {
					t.Fatal(err)
				}
				for buf.Len() > 0 {
					packet, err := packets.ReadPacket(&buf)
					if err != nil {
						t.Fatal(err)
					}
					next := open[len(written)]
					got := packet.(*packets.PublishPacket)
					if got.MessageID != next.id || got.Dup != (next.receipt.Sends() > 1) {
						t.Fatalf("%v was written, want identifier %d, written %d times", got, next.id, next.receipt.Sends())
					}
					written = append(written, next)
				}
			},
			"confirm": func(t *rapid.T) {
				if len(written) == 0 {
					t.Skip()
				}
				p := rapid.SampledFrom(written).Draw(t, "which")
				if got := box.confirm(p.id); got != p {
					t.Fatalf("confirmed %v, want %v", got, p)
				}
				if box.confirm(p.id) != nil {
					t.Fatal("confirmed twice")
				}
				drop(p)
			},
			"expire": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "seconds")) * time.Second)
				for _, p := range box.expire(now) {
					if p.deadline.After(now) || !slices.Contains(open, p) {
						t.Fatalf("%v expired at %v", p, now)
					}
					drop(p)
				}
				if len(open) > 0 && !open[0].deadline.After(now) {
					t.Fatal("one is left whose time is over")
				}
			},
			"lose the connection": func(*rapid.T) {
				box.rewind()
				written = nil
			},
			"": func(t *rapid.T) {
				size := 0
				ids := map[uint16]bool{}
				for _, p := range open {
					size += p.size()
					if p.id != 0 && ids[p.id] {
						t.Fatalf("identifier %d is in use twice", p.id)
					}
					ids[p.id] = true
				}
				if box.waiting != len(open) || box.inFlight != len(written) || box.bytes != size || box.hasUnwritten() != (len(open) > len(written)) {
					t.Fatalf("box says %d, %d, %d bytes; want %d, %d, %d", box.waiting, box.inFlight, box.bytes, len(open), len(written), size)
				}
				if len(open) > 0 && box.first() != open[0] || len(open) == 0 && box.first() != nil {
					t.Fatal("another one is first")
				}
			},
		})
		if got := box.empty(); !slices.Equal(got, open) || box.waiting != 0 || box.inFlight != 0 || box.bytes != 0 {
			t.Fatalf("%d emptied, want %d", len(got), len(open))
		}
	})
}

// After a connection that the hub closed messages go out one by one, then two by two, and soon freely.
func TestOutboxWindow(t *testing.T) {
	var o outbox
	o.narrow()
	if o.window != 0 {
		t.Error("a window though nothing waits")
	}
	for range 200 {
		if err := o.add(&parcel{receipt: &Receipt{}, topic: "t"}, 1000, 1000); err != nil {
			t.Fatal(err)
		}
	}
	o.narrow()
	var buf bytes.Buffer
	now := time.Unix(1e9, 0)
	take := func() (ids []uint16) {
		before := o.next
		if err := o.take(&buf, 1<<20, now, 0); err != nil {
			t.Fatal(err)
		}
		for _, p := range o.parcels[before:o.next] {
			ids = append(ids, p.id)
		}
		return ids
	}
	var onTheirWay []uint16
	for n := 1; o.window > 0; n++ {
		onTheirWay = append(onTheirWay, take()...)
		if len(onTheirWay) != n || o.inFlight != n || o.hasUnwritten() {
			t.Fatalf("after %d confirmations %d are on their way", n-1, len(onTheirWay))
		}
		if o.confirm(onTheirWay[0]) == nil {
			t.Fatal("nothing was confirmed")
		}
		onTheirWay = onTheirWay[1:]
	}
	if take(); o.hasUnwritten() || o.inFlight != o.waiting || o.waiting != 200-(wideWindow-1) {
		t.Errorf("%d of %d are on their way", o.inFlight, o.waiting)
	}
}
