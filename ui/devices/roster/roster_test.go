package roster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "a", "a1", "a2", "a2b", "a02", "a10", "b-9", "b-10", "b10", "ba"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCompareOrders: sorting needs a consistent order, whatever the ids.
func TestCompareOrders(t *testing.T) {
	id := rapid.StringMatching(`[a-b0-2.\-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := id.Draw(t, "a"), id.Draw(t, "b"), id.Draw(t, "c")
		if (Compare(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q are not told apart", a, b)
		}
		if sign(Compare(a, b)) != -sign(Compare(b, a)) {
			t.Fatalf("%q and %q", a, b)
		}
		if Compare(a, b) < 0 && Compare(b, c) < 0 && Compare(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not the ends", a, b, c)
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// TestRosterHoldsWhatWasPut compares a roster with a map, through any changes and snapshots.
func TestRosterHoldsWhatWasPut(t *testing.T) {
	ids := rapid.SliceOfN(rapid.StringMatching(`[ab]-?[0-9]{1,2}`), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		r, model := New(1), map[string]Entry{}
		type kept struct {
			Snapshot
			model map[string]Entry
		}
		var snapshots []kept
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				var page []Entry
				for _, id := range ids.Draw(t, "ids") {
					e := Entry{
						ID: id, Queue: rapid.IntRange(0, 50).Draw(t, "queue"), Online: rapid.Bool().Draw(t, "online"),
						Activity: time.UnixMilli(int64(rapid.IntRange(0, 5000).Draw(t, "at"))).UTC(),
						Values:   []string{rapid.StringMatching(`[xy]{0,2}`).Draw(t, "value")},
					}
					if e.Activity.UnixMilli() == 0 {
						e.Activity = time.Time{}
					}
					page = append(page, e)
					model[id] = e
				}
				r.Put(0, page)
			case 2:
				var slots []Slot
				for _, id := range ids.Draw(t, "gone") {
					if s := r.Find(id); s != NoSlot {
						slots = append(slots, s)
					}
					delete(model, id)
				}
				r.Remove(slots...)
			default:
				snapshots = append(snapshots, kept{r.Snapshot(), maps.Clone(model)})
			}
		}
		check(t, r, r.byID, r.chunks, model)
		for _, s := range snapshots {
			check(t, r, s.byID, s.chunks, s.model)
			for _, w := range []Wish{{By: ByActivity}, {By: ByQueue, Descending: true}, {Find: "1"}, {By: ByValue}} {
				order, err := NewArranger().Arrange(t.Context(), s.Snapshot, w)
				if err != nil || w.Find == "" && len(order) != len(s.model) {
					t.Fatalf("%+v: %d of %d, %v", w, len(order), len(s.model), err)
				}
			}
		}
	})
}

func check(t *rapid.T, r *Roster, byID []Slot, chunks []*chunk, model map[string]Entry) {
	want := slices.SortedFunc(maps.Keys(model), Compare)
	var got []string
	for _, s := range byID {
		id := idOf(chunks, s)
		got = append(got, id)
		c := chunks[s>>chunkBits]
		e := c.words[s&chunkMask].entry(id, []string{c.values[0].at(int(s & chunkMask))})
		if fmt.Sprint(e) != fmt.Sprint(model[id]) {
			t.Fatalf("%q is %+v, want %+v", id, e, model[id])
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("ids %q, want %q", got, want)
	}
}

func TestArrange(t *testing.T) {
	r := New(1)
	at := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	r.Put(0, []Entry{
		{ID: "wind-10", Activity: at, Values: []string{"10"}},
		{ID: "wind-2", Disabled: true, Queue: 3, Values: []string{"9"}},
		{ID: "pump-7", Online: true, Activity: at.Add(-time.Hour), Auth: Authority, Values: []string{"north"}},
		{ID: "gate", Queue: 1},
	})
	for _, c := range []struct {
		wish Wish
		want string
	}{
		{Wish{}, "gate pump-7 wind-2 wind-10"},
		{Wish{Descending: true}, "wind-10 wind-2 pump-7 gate"},
		{Wish{By: ByStatus}, "wind-2 gate pump-7 wind-10"},
		{Wish{By: ByConnection}, "pump-7 gate wind-2 wind-10"},
		{Wish{By: ByActivity}, "wind-10 pump-7 gate wind-2"},
		{Wish{By: ByActivity, Descending: true}, "wind-2 gate pump-7 wind-10"},
		{Wish{By: ByQueue}, "wind-2 gate pump-7 wind-10"},
		{Wish{By: ByAuth}, "gate wind-2 wind-10 pump-7"},
		{Wish{By: ByValue}, "wind-2 wind-10 pump-7 gate"}, // numbers, texts, nothing
		{Wish{By: ByValue, Descending: true}, "gate pump-7 wind-10 wind-2"},
		{Wish{Find: "W-"}, "wind-2 wind-10"},
		{Wish{Find: "w", By: ByQueue}, "wind-2 wind-10"},
		{Wish{Find: "zz"}, ""},
	} {
		var got []string
		for _, s := range r.Arrange(c.wish) {
			got = append(got, r.ID(s))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, want %q", c.wish, got, c.want)
		}
	}
}

// TestTheBestComeFirst: an id with the text as it is, before one with its letters apart.
func TestTheBestComeFirst(t *testing.T) {
	for _, c := range []struct{ find, want string }{
		{"pump1", "pump1 pump10 a-pump1 pump-1 pump-31 p-u-m-p-1"},
		{"np", "np-1 north-pump inept"},
		{"17", "17 pump-17 pump-170 pump-117 pump-107"},
	} {
		want := strings.Fields(c.want)
		got := slices.Clone(want)
		slices.Reverse(got)
		q := NewQuery(c.find)
		slices.SortStableFunc(got, func(a, b string) int {
			x, okX := q.Score(a)
			y, okY := q.Score(b)
			if !okX || !okY {
				t.Errorf("%q is not found in %q or %q", c.find, a, b)
			}
			return y - x
		})
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", c.find, got, want)
		}
	}
}

// TestScoreAndPositionsAgree: what scores has its letters, and only that.
func TestScoreAndPositionsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[aAb1\-]{0,10}`).Draw(t, "id")
		find := rapid.StringMatching(`[aB1]{1,4}`).Draw(t, "find")
		q := NewQuery(find)
		_, ok := q.Score(id)
		at := q.Positions(id)
		if ok != (at != nil) {
			t.Fatalf("%q in %q: scored %v, at %v", find, id, ok, at)
		}
		for n, i := range at {
			if !strings.EqualFold(id[i:i+1], find[n:n+1]) || n > 0 && i <= at[n-1] {
				t.Fatalf("%q in %q: at %v", find, id, at)
			}
		}
	})
}

func TestOtherColumns(t *testing.T) {
	r := New(2)
	for i := range chunkSize + 3 {
		r.Put(0, []Entry{{ID: fmt.Sprint("d-", i), Values: []string{fmt.Sprint("a", i), fmt.Sprint("b", i)}}})
	}
	before := r.Snapshot()
	r.SetColumns([]int{1, -1})
	r.Put(0, []Entry{{ID: "d-5", Values: []string{"b5", "new"}}, {ID: "z", Values: []string{"bz", "cz"}}})
	for id, want := range map[string]string{"d-5": "[b5 new]", "d-6": "[b6 ]", "d-1025": "[b1025 ]", "z": "[bz cz]"} {
		if got := fmt.Sprint(r.Entry(r.Find(id)).Values); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if got := before.chunks[0].values[0].at(5); got != "a5" {
		t.Errorf("a snapshot has %q", got)
	}
}
