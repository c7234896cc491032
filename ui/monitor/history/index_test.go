package history

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hubscope/hub/events"
	"hubscope/ui/stream"
)

// TestAnIndexIsWhatAWholeLookFinds: whatever comes, falls out, is forgotten or is looked at again between the steps.
func TestAnIndexIsWhatAWholeLookFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := int64(5)
		passes := func(e *Event) bool { return e.Sequence%10 < limit }
		packed := func(e *Event) bool { return e.Sequence%4 == 1 }
		test := func(e *Event, body []byte) Verdict {
			if packed(e) && body == nil {
				return Unread
			}
			return verdictOf(passes(e))
		}
		h := New(stream.Limit{Items: 300})
		h.Show(test)
		watched := h.Watch(Always(func(e *Event) bool { return e.Sequence%3 == 0 }))
		read := func(most int) {
			numbers := h.Unread(most)
			slices.Sort(numbers)
			var bodies []Body
			for _, n := range slices.Compact(numbers) {
				bodies = append(bodies, Body{n, []byte{}})
			}
			h.Read(bodies)
		}
		next := int64(0)
		for _, act := range rapid.SliceOfN(rapid.IntRange(0, 9), 1, 40).Draw(t, "acts") {
			switch {
			case act < 5:
				for range rapid.IntRange(1, 120).Draw(t, "come") {
					h.Append(Event{Event: events.Event{Sequence: next * 7}})
					next++
				}
			case act < 7:
				h.Step(time.Nanosecond)
				watched.Step(time.Nanosecond)
			case act == 7:
				h.ShowAgain()
				read(5)
			case act == 8:
				h.Show(test)
				read(rapid.IntRange(1, 50).Draw(t, "read"))
			case act == 9 && len(h.watched) == 1:
				h.Clear()
			}
		}
		for !h.Settled() || len(h.Unread(1)) > 0 {
			h.Step(time.Millisecond)
			read(7)
		}
		watched.Step(time.Second)
		var want, wantWatched []uint64
		for n := h.First(); n < h.End(); n++ {
			if passes(h.Event(n)) {
				want = append(want, n)
			}
			if h.Event(n).Sequence%3 == 0 {
				wantWatched = append(wantWatched, n)
			}
		}
		var got, gotWatched []uint64
		for i := range h.Len() {
			got = append(got, h.At(i))
			if h.Find(h.At(i)) != i || !h.Shows(h.At(i)) {
				t.Fatalf("event %d is not found at its place %d", h.At(i), i)
			}
		}
		for i := range watched.Len() {
			gotWatched = append(gotWatched, watched.At(i))
		}
		if !slices.Equal(got, want) || !slices.Equal(gotWatched, wantWatched) {
			t.Fatalf("shown %v, want %v; watched %v, want %v", got, want, gotWatched, wantWatched)
		}
		if h.Hidden() != h.Kept()-h.Len() {
			t.Fatalf("%d hidden of %d, %d shown", h.Hidden(), h.Kept(), h.Len())
		}
	})
}

// TestWhatIsShownStaysWhileItIsLookedAtAgain: a filter that depends on the time must not make the list flicker.
func TestWhatIsShownStaysWhileItIsLookedAtAgain(t *testing.T) {
	h := New(stream.Limit{Items: 10_000})
	for range 1000 {
		h.Append(Event{})
	}
	on := true
	h.Show(Always(func(*Event) bool { return on }))
	h.Step(time.Minute)
	on = false
	h.ShowAgain()
	h.Step(0)
	if h.Len() != 1000 || !h.Done() || h.Settled() {
		t.Fatalf("%d shown while it is looked at again, done %t", h.Len(), h.Done())
	}
	h.Step(time.Minute)
	if h.Len() != 0 || !h.Settled() {
		t.Errorf("%d shown in the end", h.Len())
	}
}
