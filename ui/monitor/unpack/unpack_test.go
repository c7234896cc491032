package unpack

import (
	"bytes"
	"compress/gzip"
	"slices"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
	"hubscope/ui/stream"
)

func zip(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // to memory
	_ = w.Close()
	return out.Bytes()
}

// kept is a history of so many events, compressed, each of so many bytes.
func kept(n, size int) *history.History {
	h := history.New(stream.Limit{Items: n})
	for i := range n {
		h.Append(history.Event{Event: events.Event{ContentEncoding: "gzip", Body: zip(bytes.Repeat([]byte{'a' + byte(i%26)}, size))}})
	}
	return h
}

// work does all there is to do, and tells how many pieces it took.
func work(s *Shelf, h *history.History, readers ...Reader) (pieces int) {
	for {
		do, _ := s.Work(h.Event, readers...)
		if do == nil {
			return pieces
		}
		pieces++
		s.Take(do(), readers...)
	}
}

// TestAllThatIsNeededIsUnpacked: whatever the size, whether or not it is still on the shelf, and one piece at a time.
func TestAllThatIsNeededIsUnpacked(t *testing.T) {
	for _, c := range []struct{ events, size int }{{1000, 40}, {40, 1 << 20}, {3, 3 << 20}} {
		h := kept(c.events, c.size)
		s := NewShelf()
		for range 2 {
			found := 0
			ix := h.Watch(func(e *history.Event, body []byte) history.Verdict {
				if body == nil {
					return history.Unread
				}
				if len(body) != min(c.size, Most) {
					t.Fatalf("%d bytes", len(body))
				}
				found++
				return history.Passes
			})
			for !ix.Scanned() {
				ix.Step(time.Second)
			}
			work(s, h, h)
			if found != c.events || ix.Len() != c.events || !ix.Done() {
				t.Errorf("%d events of %d bytes: %d unpacked, %d found", c.events, c.size, found, ix.Len())
			}
			h.Unwatch(ix)
		}
		if s.bytes > maxKept || len(s.order) != len(s.bodies) {
			t.Errorf("%d bytes on the shelf", s.bytes)
		}
	}
}

// TestBodiesByTheirEvents: what is asked for one by one comes with the work to come.
func TestBodiesByTheirEvents(t *testing.T) {
	h := kept(200, 10)
	s := NewShelf()
	missing := func() (n int) {
		for i := range uint64(200) {
			if _, there := s.Body(i, h.Event(i)); !there {
				n++
			}
		}
		return n
	}
	if got := missing(); got != 200 || !s.Waits() {
		t.Fatalf("%d are missing", got)
	}
	pieces := work(s, h)
	if got := missing(); got != 0 || pieces < 4 || s.Waits() {
		t.Errorf("%d are missing after %d pieces", got, pieces)
	}
	if body, _ := s.Body(3, h.Event(3)); string(body) != "dddddddddd" {
		t.Errorf("%q", body)
	}
	plain := &history.Event{Event: events.Event{Body: []byte("x")}}
	if body, there := s.Body(1000, plain); !there || !slices.Equal(body, plain.Body) {
		t.Errorf("a plain body: %q", body)
	}
}
