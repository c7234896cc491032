package twin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/hub/localhub/query"
	"hubscope/hub/twinpatch"
	"hubscope/ui/monitor/inspect/tree"
)

// said writes the marks of a tree: a✓ a.b≠.
func said(t *tree.Tree, marks []standing) string {
	var out []string
	for n := range t.Visible() {
		if m := marks[n]; m != unmarked {
			out = append(out, strings.Join(t.Path(n), ".")+signs[m])
		}
	}
	return strings.Join(out, " ")
}

func TestStanding(t *testing.T) {
	for _, c := range []struct{ name, desired, reported, d, r string }{
		{"in step", `{"a":1,"b":{"c":"x"}}`, `{"b":{"c":"x"},"a":1}`, "a✓ b✓ b.c✓", "b✓ b.c✓ a✓"},
		{"however it is written", `{"a":20}`, `{"a":20.0}`, "a✓", "a✓"},
		{"differs", `{"a":1,"b":{"c":1,"d":1}}`, `{"a":2,"b":{"c":1,"d":2}}`, "a≠ b≠ b.c✓ b.d≠", "a≠ b≠ b.c✓ b.d≠"},
		{"never reported", `{"a":{"b":1},"c":1}`, `{"c":1}`, "a○ a.b○ c✓", "c✓"},
		{"reported only", `{}`, `{"a":{"b":1}}`, "", "a+ a.b+"},
		{"more is reported than desired", `{"a":{"b":1}}`, `{"a":{"b":1,"c":2}}`, "a✓ a.b✓", "a✓ a.b✓ a.c+"},
		{"part of it was never reported", `{"a":{"b":1,"c":2}}`, `{"a":{"b":1}}`, "a≠ a.b✓ a.c○", "a≠ a.b✓"},
		{"arrays are whole", `{"a":[1,2],"b":[1]}`, `{"a":[1, 2.0],"b":[2]}`, "a✓ b≠", "a✓ b≠"},
		{"another kind", `{"a":{"b":1}}`, `{"a":1}`, "a≠", "a≠"},
		{"acknowledged", `{"a":1}`, `{"a":{"value":1,"ac":200,"av":2}}`, "a✓", "a✓ a.value✓"},
		{"refused by the device", `{"a":1}`, `{"a":{"value":0,"ac":400,"av":2}}`, "a≠", "a≠ a.value≠"},
		{"looks like it only", `{"a":1}`, `{"a":{"value":1,"ac":"x","av":2}}`, "a≠", "a≠"},
		{"acknowledged object", `{"a":{"x":1}}`, `{"a":{"value":{"x":1},"ac":200,"av":2}}`, "a✓ a.x✓", "a✓ a.value✓ a.value.x✓"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Page
			p.panels[desired].update(c.desired, false)
			p.panels[reported].update(c.reported, false)
			p.compare()
			d, r := &p.panels[desired], &p.panels[reported]
			if got := said(d.tree, d.marks); got != c.d {
				t.Errorf("desired %s, want %s", got, c.d)
			}
			if got := said(r.tree, r.marks); got != c.r {
				t.Errorf("reported %s, want %s", got, c.r)
			}
		})
	}
}

func TestStamps(t *testing.T) {
	s := readStamp(gjson.Parse(`{"$lastUpdated":"2026-11-22T14:00:03.0000000Z","$lastUpdatedVersion":6,
		"a":{"$lastUpdated":"2026-11-22T14:00:02Z","$lastUpdatedVersion":5,"b.c":{"$lastUpdated":"0001-01-01T00:00:00Z"}}}`))
	for path, want := range map[string]string{"": "14:00:03 v6", "a": "14:00:02 v5", "a/0": "never v0", "a/b.c": "never v0", "x": "never v0"} {
		at := s.find(slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" }))
		got := "never"
		if !at.when.IsZero() {
			got = at.when.UTC().Format(time.TimeOnly)
		}
		if got += fmt.Sprintf(" v%d", at.version); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// What the hub holds already is nobody's mistake; the rest has its place.
func TestWantedNamesMistakes(t *testing.T) {
	base, err := twinpatch.Parse([]byte(`{"tags":{"odd name":1},"properties":{"desired":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{}`:                                        "",
		`{"tags":{"odd name":1}}`:                   "",
		`{"tags":{"odd name":1,"new name":1}}`:      "line 1, column 23: a name must not hold a blank",
		`{"tags":[]}`:                               "line 1, column 9: tags must be an object: begin it with {",
		`{"tags":null,"properties":null}`:           "",
		`{"etag":"x"}`:                              "line 1, column 2: only tags and properties.desired can be written, not etag",
		`{"properties":{"desired":{"a":[null]}}}`:   "line 1, column 32: an array must not hold null",
		`{"properties":{"desired":{"$version":1}}}`: "line 1, column 27: a name must not hold a dollar sign: such names are the hub's own",
		`{"properties":{"reported":{}}}`:            "line 1, column 16: reported properties are written by the device only",
		`{"tags":{"a":"` + strings.Repeat("x", 4000) + `","b":"` + strings.Repeat("x", 4000) + `","c":"` + strings.Repeat("x", 4000) + `"}}`: "line 1, column 9: this is 12003 bytes by the rules of a twin, and may be 8192",
	} {
		_, mistakes := wanted(text, base)
		got := ""
		if len(mistakes) > 0 {
			got = mistakes[0].Error()
		}
		if got != want {
			t.Errorf("%.60s: %q, want %q", text, got, want)
		}
	}
}

// The conditions that are copied are read by the query language as they are meant.
func TestConditions(t *testing.T) {
	const text = `{"a":{"b":[1,{"odd name":"it's \\ x"}]},"group":true,"n":-1.5e3,"0":null}`
	var l panel
	l.update(text, false)
	for path, want := range map[string]string{
		"a":              "is_defined(tags.a)",
		"a/b/0":          "tags.a.b[0] = 1",
		"a/b/1/odd name": `tags.a.b[1].[[odd name]] = 'it\'s \\ x'`,
		"group":          "tags.[[group]] = true",
		"n":              "tags.n = -1.5e3",
		"0":              "tags.[[0]] = null",
	} {
		l.kind = tags
		n, found := l.tree.Find(strings.Split(path, "/"))
		got := condition(l.pathOf(n), l.tree, n)
		if !found || got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if _, err := query.Parse("SELECT * FROM devices WHERE " + got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}
