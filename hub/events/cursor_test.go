package events

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func holds(first, last int64) azeventhubs.PartitionProperties {
	return azeventhubs.PartitionProperties{
		BeginningSequenceNumber: first, LastEnqueuedSequenceNumber: last, IsEmpty: first > last,
	}
}

func TestCursorAttaches(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	after := func(n int64) azeventhubs.StartPosition { return azeventhubs.StartPosition{SequenceNumber: &n} }
	again := func(n int64) azeventhubs.StartPosition {
		return azeventhubs.StartPosition{SequenceNumber: &n, Inclusive: true}
	}
	beginning := azeventhubs.StartPosition{Earliest: new(true)}
	for _, test := range []struct {
		name   string
		start  Position
		hub    azeventhubs.PartitionProperties
		from   azeventhubs.StartPosition
		echo   bool
		behind int64
	}{
		{"now, never used", Latest(), holds(0, -1), beginning, false, 0},
		{"now", Latest(), holds(0, 9), again(9), true, 0},
		{"now, all deleted by retention", Latest(), holds(10, 9), after(9), false, 0},
		{"beginning", Earliest(), holds(4, 9), beginning, false, 6},
		{"beginning, never used", Earliest(), holds(0, -1), beginning, false, 0},
		{"time", At(at), holds(0, 9), azeventhubs.StartPosition{EnqueuedTime: &at, Inclusive: true}, false, 0},
		{"offset", AfterOffset("4096"), holds(0, 9), azeventhubs.StartPosition{Offset: new("4096")}, false, 10},
		{"after the third", AfterSequence(2), holds(0, 9), again(2), true, 7},
		{"after one that was deleted", AfterSequence(2), holds(5, 9), after(2), false, 5},
		{"after the last", AfterSequence(9), holds(0, 9), again(9), true, 0},
		{"after one to come", AfterSequence(20), holds(0, 9), again(9), true, 0},
		{"before all", AfterSequence(-1), holds(0, 9), beginning, false, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := cursor{start: test.start}
			if c.meet(test.hub) {
				t.Error("the first meeting is no restart")
			}
			from, echo := c.from(test.hub)
			if diff := cmp.Diff(test.from, from); diff != "" || echo != test.echo {
				t.Errorf("echo %v, want %v; from: %s", echo, test.echo, diff)
			}
			if got := c.behind(test.hub); got != test.behind {
				t.Errorf("behind %d, want %d", got, test.behind)
			}
		})
	}
}

func TestCursorMeetsAHubThatCountsAnew(t *testing.T) {
	c := cursor{start: Latest()}
	c.meet(holds(0, 100))
	if !c.meet(holds(0, 3)) {
		t.Fatal("a lower number was not noticed")
	}
	from, echo := c.from(holds(0, 3))
	if from.Earliest == nil || echo {
		t.Errorf("from %+v, echo %v; want the beginning", from, echo)
	}
	if !c.take(0) || c.take(0) || !c.take(1) {
		t.Error("the events of the new log are new, each once")
	}
	if c.meet(holds(0, 3)) {
		t.Error("met anew twice")
	}
}

// A log that grows, loses its head to retention and hands out what an attach asks for, to a reader whose
// connection is cut anywhere: what the cursor lets through is each event once, in order, with none left out but those deleted.
func TestCursorLosesNothingAndRepeatsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, next := int64(0), int64(rapid.IntRange(0, 5).Draw(t, "there before"))
		c := cursor{start: Latest()}
		want := next
		for range rapid.IntRange(1, 20).Draw(t, "connections") {
			now := holds(first, next-1)
			if c.meet(now) {
				t.Fatal("a restart was seen where none was")
			}
			from, echo := c.from(now)
			next += int64(rapid.IntRange(0, 10).Draw(t, "sent before the attach"))
			at := first
			if from.SequenceNumber != nil {
				at = *from.SequenceNumber
				if !from.Inclusive {
					at++
				}
			}
			if echo && at >= next {
				t.Fatalf("an echo of %d is promised, the last is %d", at, next-1)
			}
			at = max(at, first)
			next += int64(rapid.IntRange(0, 10).Draw(t, "sent after the attach"))
			received := rapid.IntRange(0, 25).Draw(t, "received before the cut")
			for ; at < next && received > 0; at, received = at+1, received-1 {
				if !c.take(at) {
					continue
				}
				if at < want || at > max(want, first) {
					t.Fatalf("%d came, want %d", at, max(want, first))
				}
				want = at + 1
			}
			first = min(next, first+int64(rapid.IntRange(0, 5).Draw(t, "deleted")))
			want = max(want, min(first, next))
		}
	})
}
