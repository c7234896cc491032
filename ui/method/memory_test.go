package method

import (
	"fmt"
	"slices"
	"testing"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

func TestNamesAreThoseOfTheDeviceFirst(t *testing.T) {
	m := NewMemory("")
	m.favourites = []Favourite{{Method: "lock"}, {Method: "stop"}}
	for _, name := range []string{"reboot", "stop", "reboot"} {
		m.note(hub.MethodCall{Name: name})
	}
	if got := m.names([]string{"start", "stop"}); !slices.Equal(got, []string{"start", "stop", "reboot", "lock"}) {
		t.Errorf("%q", got)
	}
	for i := range mostCalled + 10 {
		m.note(hub.MethodCall{Name: fmt.Sprint(i)})
	}
	if len(m.called) != mostCalled || m.called[0] != fmt.Sprint(mostCalled+9) || m.last.Name != m.called[0] {
		t.Errorf("%d names, the last %q", len(m.called), m.last.Name)
	}
}

func TestCompletion(t *testing.T) {
	c := completion{names: func() []string { return []string{"start", "Stop", "stop all", "reboot"} }}
	for typed, want := range map[string]string{"st": "[start Stop stop all]", "stop": "[Stop stop all]", "reboot": "[]", "x": "[]"} {
		c.begin(typed)
		if got := fmt.Sprint(c.found); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
	c.begin("st")
	if c.rest("st") != "art" || c.rest("sta") != "" {
		t.Error("the rest of a name is offered for another text, or not at all")
	}
	var gone []string
	for _, n := range []int{1, 1, 1, 1, -1, -1} {
		name, _ := c.step(n)
		gone = append(gone, name)
	}
	if want := []string{"start", "Stop", "stop all", "start", "stop all", "Stop"}; !slices.Equal(gone, want) {
		t.Errorf("went through %q, want %q", gone, want)
	}
	c.begin("")
	if name, _ := c.step(-1); name != "reboot" {
		t.Errorf("up from nothing gives %q, want the last", name)
	}
}

// What is kept of a session is bounded; what was typed goes last, and a call under way never.
func TestDesksAreBounded(t *testing.T) {
	ctx := page.NewContext(t.Context(), theme.Mono)
	var ds desks
	get := func(i int) *desk {
		at := target{device: fmt.Sprint(i)}
		return ds.get(at, func() *desk { return newDesk(ctx, at, func() []string { return nil }) })
	}
	get(0).running = &running{entry: &entry{}}
	get(1).touched = true
	for i := 2; i < 2*mostDesks; i++ {
		get(i)
	}
	if len(ds.all) != mostDesks || len(ds.order) != mostDesks {
		t.Fatalf("%d desks, %d in order", len(ds.all), len(ds.order))
	}
	if get(0).running == nil || !get(1).touched {
		t.Error("a call under way or a typed text was given up for desks with nothing on them")
	}
	for i := 2 * mostDesks; i < 4*mostDesks; i++ {
		get(i).touched = true
	}
	if len(ds.all) != mostDesks || get(0).running == nil {
		t.Errorf("%d desks", len(ds.all))
	}
	if ds.all[target{device: "1"}] != nil {
		t.Error("of many that were typed at, the one that was not used for longest must go")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	d := newDesk(page.NewContext(t.Context(), theme.Mono), target{device: "a"}, func() []string { return nil })
	d.table.SetSize(60, 10)
	for i := range mostEntries + 5 {
		d.add(&entry{serial: i + 1})
	}
	if len(d.history) != mostEntries || d.shown().serial != mostEntries+5 {
		t.Errorf("%d calls, shown is number %d", len(d.history), d.shown().serial)
	}
}
