package devices

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

func named(ids ...string) []hub.Device {
	out := make([]hub.Device, len(ids))
	for i, id := range ids {
		out[i] = hub.Device{DeviceID: id, Status: hub.Enabled}
	}
	return out
}

func emptyRows(t *testing.T) *rows {
	t.Helper()
	return newRows(page.NewContext(t.Context(), theme.Dark))
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"", "a", "a1", "a2", "a2b", "a02", "a10", "b-9", "b-10", "b10", "ba"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, naturalCompare)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestNaturalCompareOrders: sorting needs a consistent order, whatever the ids.
func TestNaturalCompareOrders(t *testing.T) {
	id := rapid.StringMatching(`[a-b0-2.\-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := id.Draw(t, "a"), id.Draw(t, "b"), id.Draw(t, "c")
		if (naturalCompare(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q are not told apart", a, b)
		}
		if sign(naturalCompare(a, b)) != -sign(naturalCompare(b, a)) {
			t.Fatalf("%q and %q", a, b)
		}
		if naturalCompare(a, b) < 0 && naturalCompare(b, c) < 0 && naturalCompare(a, c) >= 0 {
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

func TestPagesAreReadAgain(t *testing.T) {
	r := emptyRows(t)
	r.replace(named("a", "b"), "b")
	r.add("b", named("c", "d"), "d")
	r.add("d", named("e"), "")
	if !slices.Equal(r.order, []string{"a", "b", "c", "d", "e"}) || r.more {
		t.Fatalf("%q, more %v", r.order, r.more)
	}
	if got := r.tokens(1, 4); !slices.Equal(got, []string{"", "b"}) {
		t.Errorf("rows 1 to 3 are of the pages %q", got)
	}
	// c has gone and d has moved to the page before; f is new.
	r.refresh("", named("a", "b", "d"), "d")
	r.refresh("b", named(), "d")
	r.refresh("d", named("e", "f"), "f")
	if !slices.Equal(r.order, []string{"a", "b", "d", "e", "f"}) || !r.more || r.next != "f" {
		t.Errorf("%q, more %v after %q", r.order, r.more, r.next)
	}
	r.refresh("gone", named("z"), "")
	if r.Find("z") >= 0 {
		t.Error("a page that is not there any more was taken")
	}
}

func TestPutAndRemove(t *testing.T) {
	r := emptyRows(t)
	r.put(named("b")[0])
	r.put(named("a")[0])
	r.put(named("b")[0])
	if !slices.Equal(r.order, []string{"a", "b"}) {
		t.Fatalf("%q", r.order)
	}
	r.remove("a")
	r.remove("a")
	if !slices.Equal(r.order, []string{"b"}) || r.Find("a") != -1 || r.Find("b") != 0 {
		t.Errorf("%q", r.order)
	}
}

func TestSortByEachColumn(t *testing.T) {
	r := emptyRows(t)
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	r.replace([]hub.Device{
		{DeviceID: "a", Status: hub.Enabled, LastActivity: now.Add(-time.Hour), C2DCount: 1},
		{DeviceID: "b", Status: hub.Disabled, ConnectionState: hub.Connected, LastActivity: now},
		{DeviceID: "c", Status: hub.Enabled, C2DCount: 5, Auth: hub.Authentication{Type: hub.AuthCA}},
	}, "")
	for column, want := range map[int]string{
		idColumn: "[a b c]", statusColumn: "[b a c]", connectionColumn: "[b a c]", activityColumn: "[b a c]", queueColumn: "[c a b]", authColumn: "[a b c]",
	} {
		r.column, r.descending = column, false
		r.arrange()
		if got := fmt.Sprint(r.order); got != want {
			t.Errorf("by column %d: %s, want %s", column, got, want)
		}
		r.descending = true
		r.arrange()
		if got := fmt.Sprint(r.order); got == want {
			t.Errorf("by column %d: reversed is the same", column)
		}
	}
}

// TestRowsAreWhatThePagesHold: after any reading, the rows are exactly the
// devices of the pages, in order, and findable.
func TestRowsAreWhatThePagesHold(t *testing.T) {
	base := emptyRows(t).ctx
	ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c][0-9]`), 0, 6, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		r := newRows(base)
		r.replace(named(ids.Draw(t, "first")...), "1")
		for n := range rapid.IntRange(1, 4).Draw(t, "pages") {
			r.add(fmt.Sprint(n+1), named(ids.Draw(t, "page")...), fmt.Sprint(n+2))
		}
		for range rapid.IntRange(0, 4).Draw(t, "again") {
			p := rapid.IntRange(0, len(r.pages)-1).Draw(t, "which")
			r.refresh(r.pages[p].token, named(ids.Draw(t, "read")...), "x")
		}
		held := map[string]bool{}
		for _, p := range r.pages {
			for _, id := range p.ids {
				held[id] = true
			}
		}
		if !slices.IsSortedFunc(r.order, naturalCompare) {
			t.Fatalf("not in order: %q", r.order)
		}
		for i, id := range r.order {
			if r.Find(id) != i || !held[id] {
				t.Fatalf("row %d, %q: found at %d, held %v", i, id, r.Find(id), held[id])
			}
		}
	})
}

// BenchmarkReadAPage compares one page more in a short list and in a list of a
// million: the second must not cost more.
func BenchmarkReadAPage(b *testing.B) {
	for _, loaded := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(loaded), func(b *testing.B) {
			r := newRows(page.NewContext(b.Context(), theme.Dark))
			const size = 100
			pageOf := func(n int) []hub.Device {
				out := make([]hub.Device, size)
				for i := range out {
					out[i].DeviceID = fmt.Sprintf("device-%09d", n*size+i)
				}
				return out
			}
			r.replace(pageOf(0), "x")
			n := 1
			for ; n*size < loaded; n++ {
				r.add(fmt.Sprint(n), pageOf(n), "x")
			}
			for b.Loop() {
				r.add(fmt.Sprint(n), pageOf(n), "x")
				n++
			}
		})
	}
}
