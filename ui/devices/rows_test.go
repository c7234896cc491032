package devices

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hubscope/hub"
	"hubscope/ui/devices/roster"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

func named(ids ...string) []hub.Listed {
	out := make([]hub.Listed, len(ids))
	for i, id := range ids {
		out[i].Device = hub.Device{DeviceID: id, Status: hub.Enabled}
	}
	return out
}

func emptyRows(t *testing.T) *rows {
	t.Helper()
	return newRows(page.NewContext(t.Context(), theme.Dark))
}

// shownIDs are those of the rows, in their order.
func shownIDs(r *rows) []string {
	out := []string{}
	for i := range r.Len() {
		out = append(out, r.Key(i))
	}
	return out
}

func from(token string) readPage { return readPage{token: token} }

func TestPagesAreReadAgain(t *testing.T) {
	r := emptyRows(t)
	r.replace(from(""), named("a", "b"), "b")
	r.add(from("b"), named("c", "d"), "d")
	r.add(from("d"), named("e"), "")
	if got := shownIDs(r); !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) || r.more {
		t.Fatalf("%q, more %v", got, r.more)
	}
	pages, ids := r.onScreen(1, 4)
	if len(pages) != 2 || pages[0].token != "" || pages[1].token != "b" || ids != nil {
		t.Errorf("rows 1 to 3 are of the pages %v and the ids %q", pages, ids)
	}
	// c has gone and d has moved to the page before; f is new.
	r.refresh("", named("a", "b", "d"), "d")
	r.refresh("b", named(), "d")
	r.refresh("d", named("e", "f"), "f")
	if got := shownIDs(r); !slices.Equal(got, []string{"a", "b", "d", "e", "f"}) || !r.more || r.next != "f" {
		t.Errorf("%q, more %v after %q", got, r.more, r.next)
	}
	r.refresh("gone", named("z"), "")
	if r.Find("z") >= 0 {
		t.Error("a page that is not there any more was taken")
	}
}

// TestReadAnew: what was here stays until a new reading is complete, and goes then when
// it did not come again.
func TestReadAnew(t *testing.T) {
	r := emptyRows(t)
	r.replace(from(""), named("a", "b"), "b")
	r.add(from("b"), named("c"), "c")
	r.marks["b"] = true
	r.readAnew(true)
	r.add(from(""), named("a", "c"), "c")
	if got := shownIDs(r); !slices.Equal(got, []string{"a", "b", "c"}) || r.readNow() != 2 {
		t.Fatalf("%q, %d read", got, r.readNow())
	}
	r.add(from("c"), named("d"), "")
	if got := shownIDs(r); !slices.Equal(got, []string{"a", "c", "d"}) || r.marks["b"] {
		t.Errorf("%q, marks %v", got, r.marks)
	}
	if _, ids := r.onScreen(0, 3); !slices.Equal(ids, []string{"a", "c", "d"}) {
		t.Errorf("briefly read rows are read again by the ids %q", ids)
	}
	r.refreshOnly([]string{"a", "d"}, named("d"))
	if got := shownIDs(r); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("after a was not found any more: %q", got)
	}
}

func TestABriefReadingKeepsTheWholeDevice(t *testing.T) {
	r := emptyRows(t)
	whole := hub.Listed{Device: hub.Device{DeviceID: "a", ETag: "e", StatusReason: "why"}}
	r.replace(from(""), []hub.Listed{whole}, "a")
	r.readAnew(true)
	r.add(from(""), []hub.Listed{{Device: hub.Device{DeviceID: "a", ConnectionState: hub.Connected, C2DCount: 2}}}, "")
	if d, _ := r.byID("a"); d.ETag != "e" || d.StatusReason != "why" || !d.Connected() || d.C2DCount != 2 {
		t.Errorf("%+v", d)
	}
}

func TestPutAndRemove(t *testing.T) {
	r := emptyRows(t)
	r.put(named("b")[0].Device)
	r.put(named("a")[0].Device)
	r.put(named("b")[0].Device)
	if got := shownIDs(r); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatalf("%q", got)
	}
	r.remove("a")
	r.remove("a")
	if got := shownIDs(r); !slices.Equal(got, []string{"b"}) || r.Find("a") != -1 || r.Find("b") != 0 {
		t.Errorf("%q", got)
	}
}

func TestSortByEachColumn(t *testing.T) {
	r := emptyRows(t)
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	r.replace(from(""), []hub.Listed{
		{Device: hub.Device{DeviceID: "a", Status: hub.Enabled, LastActivity: now.Add(-time.Hour), C2DCount: 1}},
		{Device: hub.Device{DeviceID: "b", Status: hub.Disabled, ConnectionState: hub.Connected, LastActivity: now}},
		{Device: hub.Device{DeviceID: "c", Status: hub.Enabled, C2DCount: 5, Auth: hub.Authentication{Type: hub.AuthCA}}},
	}, "")
	for column, want := range map[roster.By]string{
		roster.ByID: "[a b c]", roster.ByStatus: "[b a c]", roster.ByConnection: "[b a c]", roster.ByActivity: "[b a c]", roster.ByQueue: "[c a b]", roster.ByAuth: "[a b c]",
	} {
		r.by, r.descending = column, false
		r.arrange()
		if got := fmt.Sprint(shownIDs(r)); got != want {
			t.Errorf("by column %d: %s, want %s", column, got, want)
		}
		r.descending = true
		r.arrange()
		if got := fmt.Sprint(shownIDs(r)); got == want {
			t.Errorf("by column %d: reversed is the same", column)
		}
	}
}

// TestRowsAreWhatThePagesHold: after any reading, in any order, the rows are exactly the
// devices of the pages, and findable.
func TestRowsAreWhatThePagesHold(t *testing.T) {
	base := emptyRows(t).ctx
	ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c][0-9]`), 0, 6, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		r := newRows(base)
		r.by = roster.By(rapid.IntRange(0, int(roster.ByEdge)).Draw(t, "column"))
		r.descending = rapid.Bool().Draw(t, "descending")
		r.replace(from(""), named(ids.Draw(t, "first")...), "1")
		held := map[string]bool{}
		for n := range rapid.IntRange(1, 4).Draw(t, "pages") {
			r.add(from(fmt.Sprint(n+1)), named(ids.Draw(t, "page")...), fmt.Sprint(n+2))
		}
		for range rapid.IntRange(0, 4).Draw(t, "again") {
			p := rapid.IntRange(0, len(r.pages)-1).Draw(t, "which")
			r.refresh(r.pages[p].token, named(ids.Draw(t, "read")...), "x")
		}
		for _, p := range r.pages {
			for _, s := range p.slots {
				if !r.held.Gone(s) {
					held[r.held.ID(s)] = true
				}
			}
		}
		rows := shownIDs(r)
		if got := slices.Sorted(slices.Values(rows)); !slices.Equal(got, slices.Sorted(maps.Keys(held))) {
			t.Fatalf("rows %q, held by pages %v", got, held)
		}
		compare := roster.Compare
		if r.descending {
			compare = func(a, b string) int { return roster.Compare(b, a) }
		}
		if !slices.IsSortedFunc(rows, compare) {
			t.Fatalf("not in order: %q", rows)
		}
		for i, id := range rows {
			if r.Find(id) != i {
				t.Fatalf("row %d, %q: found at %d", i, id, r.Find(id))
			}
		}
	})
}

// TestManyRowsAreArrangedApart: the rows stay as they are until the order of many is made, and
// an order that is not wanted any more is dropped.
func TestManyRowsAreArrangedApart(t *testing.T) {
	r := emptyRows(t)
	var ids []string
	for i := range atOnce + 10 {
		ids = append(ids, fmt.Sprintf("d-%06d", i))
	}
	r.replace(from(""), named(ids...), "")
	r.filter = "77"
	r.arrange()
	if !r.stale || r.Len() != len(ids) {
		t.Fatalf("stale %v, %d rows", r.stale, r.Len())
	}
	m := arrangedMsg{wish: r.wish(), held: r.held, drops: r.drops}
	if m.order, m.err = roster.NewArranger().Arrange(t.Context(), r.held.Snapshot(), m.wish); m.err != nil {
		t.Fatal(m.err)
	}
	gone, n := r.held.ID(m.order[0]), len(m.order)
	r.remove(gone)
	r.take(m)
	if r.Len() != n-1 || r.Find(gone) >= 0 || !strings.Contains(r.Key(0), "77") {
		t.Errorf("%d rows of %d, the first is %q", r.Len(), n, r.Key(0))
	}
	r.filter = "78"
	r.take(arrangedMsg{wish: m.wish, held: r.held, drops: r.drops})
	if r.Len() == 0 {
		t.Error("an order for another choice was shown")
	}
}
