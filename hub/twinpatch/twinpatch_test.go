package twinpatch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func read(t testing.TB, text string) *Value {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, old, edited, patch string }{
		{"nothing", `{"a":1,"b":{"c":[1]}}`, `{"b":{"c":[1]},"a":1}`, `{}`},
		{"added", `{"a":1}`, `{"a":1,"b":{"c":2}}`, `{"b":{"c":2}}`},
		{"changed deep", `{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":3,"d":2}}}`, `{"a":{"b":{"c":3}}}`},
		{"deleted", `{"a":1,"b":2}`, `{"b":2}`, `{"a":null}`},
		{"null deletes", `{"a":1,"b":2}`, `{"a":null,"b":2}`, `{"a":null}`},
		{"null of what is not there", `{"b":2}`, `{"a":null,"b":2}`, `{}`},
		{"deleted deep", `{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`, `{"a":{"b":null}}`},
		{"emptied", `{"a":{"b":1}}`, `{"a":{}}`, `{"a":{"b":null}}`},
		{"arrays are whole", `{"a":[1,2,3]}`, `{"a":[1,2]}`, `{"a":[1,2]}`},
		{"object to leaf", `{"a":{"b":1}}`, `{"a":true}`, `{"a":true}`},
		{"leaf to object", `{"a":1}`, `{"a":{"b":null,"c":2}}`, `{"a":{"c":2}}`},
		{"numbers as they are written", `{"a":1}`, `{"a":1.0}`, `{"a":1.0}`},
		{"texts", `{"a":"x"}`, `{"a":"<&>\u00e9"}`, `{"a":"<&>é"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, edited := read(t, c.old), read(t, c.edited)
			patch := Diff(old, edited)
			if got := string(patch.JSON()); got != c.patch {
				t.Errorf("got %s, want %s", got, c.patch)
			}
			if got := Apply(old, patch); !Equal(got, edited.WithoutNulls()) {
				t.Errorf("applied it gives %s", got.JSON())
			}
		})
	}
}

func TestCount(t *testing.T) {
	old := read(t, `{"a":1,"b":{"c":1,"d":2},"e":[1]}`)
	got := Count(old, read(t, `{"a":null,"b":{"c":3,"x":{"y":1,"z":2}},"e":[2],"n":1}`))
	if got != (Counts{Added: 2, Changed: 2, Deleted: 1}) {
		t.Errorf("got %+v", got)
	}
}

func TestWithout(t *testing.T) {
	v := read(t, `{"a":{"b":1,"c":2},"d":3}`)
	for path, want := range map[string]string{
		"a b": `{"a":{"c":2},"d":3}`, "a": `{"d":3}`, "x": `{"a":{"b":1,"c":2},"d":3}`, "a x": `{"a":{"b":1,"c":2},"d":3}`, "": `{"a":{"b":1,"c":2},"d":3}`,
	} {
		if got := string(v.Without(strings.Fields(path)...).JSON()); got != want {
			t.Errorf("without %q: %s", path, got)
		}
	}
}

func TestIndented(t *testing.T) {
	const want = "{\n  \"a\": {\n    \"b\": [\n      1,\n      \"x\"\n    ]\n  },\n  \"c\": {},\n  \"d\": []\n}"
	if got := read(t, `{"a":{"b":[1,"x"]},"c":{},"d":[]}`).Indented(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestRebase(t *testing.T) {
	for _, c := range []struct{ name, base, mine, now, want, conflicts string }{
		{"nothing", `{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1}`, ``},
		{"mine only", `{"a":1}`, `{"a":2}`, `{"a":1}`, `{"a":2}`, ``},
		{"theirs only", `{"a":1}`, `{"a":1}`, `{"a":3,"b":1}`, `{"a":3,"b":1}`, ``},
		{"different members", `{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":1,"b":3}`, `{"a":2,"b":3}`, ``},
		{"the same change", `{"a":1}`, `{"a":2}`, `{"a":2}`, `{"a":2}`, ``},
		{"both changed", `{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":2}`, `a:1/2/3`},
		{"deleted here, changed there", `{"a":1,"b":1}`, `{"b":1}`, `{"a":3,"b":1}`, `{"b":1}`, `a:1/-/3`},
		{"changed here, deleted there", `{"a":1}`, `{"a":2}`, `{}`, `{"a":2}`, `a:1/2/-`},
		{"both added", `{}`, `{"a":1}`, `{"a":2}`, `{"a":1}`, `a:-/1/2`},
		{"both added objects", `{}`, `{"a":{"x":1}}`, `{"a":{"y":2}}`, `{"a":{"y":2,"x":1}}`, ``},
		{"deep", `{"a":{"x":1,"y":1}}`, `{"a":{"x":2,"y":1}}`, `{"a":{"x":3,"y":4}}`, `{"a":{"x":2,"y":4}}`, `a.x:1/2/3`},
		{"arrays are whole", `{"a":[1]}`, `{"a":[1,2]}`, `{"a":[1,3]}`, `{"a":[1,2]}`, `a:[1]/[1,2]/[1,3]`},
		{"null deletes", `{"a":1}`, `{"a":null}`, `{"a":1,"b":2}`, `{"b":2}`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			merged, conflicts := Rebase(read(t, c.base), read(t, c.mine), read(t, c.now), nil)
			if got := string(merged.JSON()); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := said(conflicts); got != c.conflicts {
				t.Errorf("conflicts %q, want %q", got, c.conflicts)
			}
		})
	}
}

func said(conflicts []Conflict) string {
	var words []string
	text := func(v *Value) string {
		if v == nil {
			return "-"
		}
		return string(v.JSON())
	}
	for _, c := range conflicts {
		words = append(words, fmt.Sprintf("%s:%s/%s/%s", strings.Join(c.Path, "."), text(c.Base), text(c.Mine), text(c.Theirs)))
	}
	return strings.Join(words, " ")
}

func TestRebaseTakesTheirs(t *testing.T) {
	base, mine, now := read(t, `{"a":1,"b":1}`), read(t, `{"a":2,"b":2}`), read(t, `{"a":3,"b":3}`)
	merged, conflicts := Rebase(base, mine, now, func(path []string) bool { return path[0] == "b" })
	if got := string(merged.JSON()); got != `{"a":2,"b":3}` || len(conflicts) != 2 {
		t.Errorf("got %s, %s", got, said(conflicts))
	}
}

// Each mistake has its place and words of its own.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		text, reason string
		line, column int
	}{
		{"", "nothing here", 1, 1},
		{"  \n", "nothing here", 1, 1},
		{`[]`, "begin it with {", 1, 1},
		{"{\n  \"a\": 1", "a closing } is missing", 2, 9},
		{"{\n  \"a\": 1,\n}", "comma too many", 3, 1},
		{`{"a":[1,]}`, "comma too many", 1, 9},
		{`{"é": 1 "b": 2}`, "a comma or } is expected", 1, 9},
		{`{a: 1}`, "a name in double quotes", 1, 2},
		{`{"a" 1}`, "a colon is expected", 1, 6},
		{`{"a": x}`, "a value is expected", 1, 7},
		{`{"a": tru}`, "this is no value", 1, 10},
		{`{"a": 'x'}`, "a value is expected", 1, 7},
		{"{\"a\": \"x\n\"}", "a text ends with its line", 1, 9},
		{`{"a": "\x"}`, "no such escape", 1, 9},
		{`{"a": 1.}`, "no number", 1, 9},
		{`{"a": 1} x`, "more follows", 1, 10},
		{"{\"a\": 1,\n \"a\": 2}", "is there twice", 2, 2},
		{strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200), "nested too deep", 1, 506},
	} {
		_, err := Parse([]byte(c.text))
		var m *Mistake
		if !errors.As(err, &m) || !strings.Contains(m.Reason, c.reason) || m.Place != (Place{c.line, c.column}) {
			t.Errorf("%.40q: %v, want %d:%d %s", c.text, err, c.line, c.column, c.reason)
		}
	}
}

func TestCheckNamesThePlace(t *testing.T) {
	v := read(t, "{\n \"a b\": 1,\n \"n\": [1, null,\n  {\"$x\": 9007199254740993}],\n \"t\": \""+strings.Repeat("é", 3000)+"\",\n \"f\": 1e999\n}")
	var got []string
	for _, m := range Check(v, 100) {
		got = append(got, fmt.Sprintf("%d:%d %s %.24s", m.Place.Line, m.Place.Column, strings.Join(m.Path, "/"), m.Reason))
	}
	want := []string{
		"1:1  this is 6040 bytes by th", "2:2 a b a name must not hold a b", "3:11 n/1 an array must not hold n", "4:4 n/2/$x a name must not hold a d",
		"4:10 n/2/$x an integer must be from ", "5:7 t this text has 6000 bytes", "6:7 f this number is too large",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
