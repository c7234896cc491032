package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// TestTheArrangerUsesMemoryAgain: what it gives is what a fresh one gives, whatever was in its memory before.
func TestTheArrangerUsesMemoryAgain(t *testing.T) {
	r, a := filled(3_000), NewArranger()
	for _, w := range []Wish{
		{Find: "1"},
		{Find: "device"},
		{By: ByActivity},
		{Find: "d77"},
		{By: ByConnection, Find: "2"},
		{Find: "none"},
		{By: ByActivity, Descending: true},
		{Find: "9"},
		{Descending: true, Find: "9"},
	} {
		got, err := a.Arrange(t.Context(), r.Snapshot(), w)
		if err != nil {
			t.Fatal(err)
		}
		if want := r.Arrange(w); !slices.Equal(got, want) {
			t.Errorf("%+v: %d devices that differ from %d", w, len(got), len(want))
		}
		a.Recycle(got)
	}
}

// TestTheBestFirstIsTheOrderOfTheScores: as if each device were sorted by its score and then by its id.
func TestTheBestFirstIsTheOrderOfTheScores(t *testing.T) {
	r := New(0)
	var entries []Entry
	for i := range 2_000 {
		entries = append(entries, Entry{ID: fmt.Sprintf("%c%d-Pump-%d", 'a'+i%26, i*31%97, i)})
	}
	r.Put(0, entries)
	for _, find := range []string{"p", "pump-1", "a1p", "9-9", "PUMP"} {
		q := NewQuery(find)
		var want []Slot
		for _, s := range r.ByID() {
			if _, ok := q.Score(r.ID(s)); ok {
				want = append(want, s)
			}
		}
		slices.SortStableFunc(want, func(a, b Slot) int {
			x, _ := q.Score(r.ID(a))
			y, _ := q.Score(r.ID(b))
			return y - x
		})
		if got := r.Arrange(Wish{Find: find}); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%q: %d devices that differ from %d", find, len(got), len(want))
		}
	}
}

// TestAWishThatIsGivenUp leaves the next one its turn.
func TestAWishThatIsGivenUp(t *testing.T) {
	r, a := filled(100), NewArranger()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for range 20 {
		if _, err := a.Arrange(ctx, r.Snapshot(), Wish{Find: "7"}); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
	}
	if order, err := a.Arrange(t.Context(), r.Snapshot(), Wish{Find: "7"}); err != nil || len(order) == 0 {
		t.Errorf("%d devices, %v", len(order), err)
	}
}
