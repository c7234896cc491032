package tree

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// outline writes what is seen of a tree, one word a line of it.
func outline(t *Tree) string {
	var words []string
	for n := range t.Visible() {
		node := &t.Nodes[n]
		word := strings.Repeat(".", int(node.Depth)) + strings.Join(t.Path(n), "/")
		switch {
		case node.Kind == Group:
			word += fmt.Sprintf("[%d+%d]", node.Index, node.Count)
		case !node.Holds():
			word += "=" + t.Value(n)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{` 1e3 `, "=1e3"},
		{`"a\"b"`, `="a\"b"`},
		{`{}`, ""},
		{`{"b":1.10,"a":[true,null,"x"]}`, `.b=1.10 .a ..a/0=true ..a/1=null ..a/2="x"`},
		{"{ \"a\" : { \"b\\u0041\" : -0 } ,\n\"a\":2}", ".a ..a/bA=-0 .a=2"},
		{`[[],{}]`, ".0 .1"},
	} {
		if got := outline(Parse(c.json)); got != c.want {
			t.Errorf("%s: %s, want %s", c.json, got, c.want)
		}
	}
}

func TestManyItemsAreGrouped(t *testing.T) {
	tr := Parse("[" + strings.Repeat("7,", 25_000) + `{"a":8}]`)
	if got := outline(tr); got != ".[0+10000] .[10000+10000] .[20000+5001]" {
		t.Fatalf("%s", got)
	}
	n, found := tr.Find([]string{"25000", "a"})
	if !found || tr.Value(n) != "8" || strings.Join(tr.Path(n), ".") != "25000.a" {
		t.Errorf("found %t, %s at %v", found, tr.Value(n), tr.Path(n))
	}
	for _, node := range tr.Nodes {
		if node.Count > GroupSize && node.Kind != Array && node.Kind != Group {
			t.Errorf("%+v", node)
		}
	}
}

func TestFolds(t *testing.T) {
	const text = `{"a":{"b":[1,2]},"c":3}`
	var f Folds
	tr := Parse(text)
	n, _ := tr.Find([]string{"a", "b"})
	f.Set(tr, n, false)
	if got := outline(tr); got != ".a ..a/b .c=3" {
		t.Errorf("%s", got)
	}
	next := Parse(`{"c":4,"a":{"b":[5]}}`)
	f.Apply(next)
	if got := outline(next); got != ".c=4 .a ..a/b" {
		t.Errorf("the next event: %s", got)
	}
	f.SetAll(next, false)
	f.Apply(tr)
	if got := outline(tr); got != ".a .c=3" {
		t.Errorf("all folded: %s", got)
	}
	many := Parse("[" + strings.Repeat("7,", 20_000) + "7]")
	f = Folds{}
	group, _ := many.group(0, 0, 10_000)
	f.Set(many, group, true)
	again := Parse("[" + strings.Repeat("7,", 20_000) + "7]")
	f.Apply(again)
	if outline(again) != outline(many) || len(slices.Collect(again.Visible())) != 103 {
		t.Errorf("groups: %d seen, %s", len(slices.Collect(again.Visible())), outline(again))
	}
}

// said writes a difference in words.
func said(now *Tree, d *Difference) string {
	var words []string
	for _, c := range d.Changes {
		switch c.Kind {
		case Added:
			words = append(words, "+"+strings.Join(now.Path(c.New), "/"))
		case Removed:
			words = append(words, "-"+strings.Join(d.Old.Path(c.Old), "/"))
		case Changed:
			was, _ := d.Was(c.New)
			words = append(words, strings.Join(now.Path(c.New), "/")+"="+now.Value(c.New)+" was "+was)
		}
	}
	return strings.Join(words, ", ")
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ name, now, old, want string }{
		{"same", `{"a":1}`, `{"a":1}`, ""},
		{"written in another way", `{"a": 1.50, "b":[ ]}`, `{"b":[],"a":1.5}`, ""},
		{"changed", `{"windSpeed":14.1}`, `{"windSpeed":14.9}`, "windSpeed=14.1 was 14.9"},
		{"in another order", `{"b":2,"a":1}`, `{"a":3,"b":2}`, "a=1 was 3"},
		{"added and removed", `{"a":1,"c":{"d":1}}`, `{"a":1,"b":[2]}`, "+c, -b"},
		{"first one removed", `{"b":2,"c":3}`, `{"a":1,"b":2,"c":4}`, "c=3 was 4, -a"},
		{"deep", `{"a":[{"x":1},{"x":2}]}`, `{"a":[{"x":1},{"x":3}]}`, "a/1/x=2 was 3"},
		{"list grown", `[1,2,3]`, `[1,2]`, "+2"},
		{"list shrunk", `[1]`, `[1,2]`, "-1"},
		{"another kind", `{"a":[1]}`, `{"a":{"0":1}}`, `a=[1] was {"0":1}`},
		{"long numbers", `9007199254740993`, `9007199254740992`, "=9007199254740993 was 9007199254740992"},
		{"a name twice", `{"a":1,"a":2}`, `{"a":1}`, "+a"},
		{"escaped name", `{"b":0,"\u0061":1}`, `{"a":2,"b":0}`, "a=1 was 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := Parse(c.now)
			if got := said(now, Compare(now, Parse(c.old))); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// anyJSON draws a JSON value.
func anyJSON(t *rapid.T, depth int) any {
	kinds := 5
	if depth == 0 {
		kinds = 3
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.IntRange(-5, 5).Draw(t, "number")
	case 1:
		return rapid.SampledFrom([]any{"", "a", "ä\"", true, nil, 1e30}).Draw(t, "word")
	case 2:
		return rapid.Float64Range(-10, 10).Draw(t, "float")
	case 3:
		out := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			out[rapid.SampledFrom([]string{"a", "b", "", "0", "x.y", "\u2028\n"}).Draw(t, "name")] = anyJSON(t, depth-1)
		}
		return out
	}
	out := []any{}
	for range rapid.SampledFrom([]int{0, 1, 3, 101}).Draw(t, "items") {
		out = append(out, anyJSON(t, 0))
	}
	return out
}

// TestTreesHoldWhatTheJSONHolds: each node is found at its path, its value is that of encoding/json, comparing with
// itself finds nothing, and folding all and unfolding all is what it says.
func TestTreesHoldWhatTheJSONHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := anyJSON(t, 4)
		text, err := json.MarshalIndent(value, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		tr := Parse(string(text))
		if tr.Value(0) != string(text) {
			t.Fatalf("the root is %q", tr.Value(0))
		}
		for n := range int32(len(tr.Nodes)) {
			node := &tr.Nodes[n]
			if node.Kind == Group {
				continue
			}
			if !json.Valid([]byte(tr.Value(n))) {
				t.Fatalf("%q is no JSON", tr.Value(n))
			}
			if found, ok := tr.Find(tr.Path(n)); !ok || found != n {
				t.Fatalf("%q leads to %d, want %d", tr.Path(n), found, n)
			}
		}
		other := Parse(string(text))
		if d := Compare(tr, other); len(d.Changes) != 0 {
			t.Fatalf("compared with itself: %s", said(tr, d))
		}
		var f Folds
		f.SetAll(tr, true)
		if all := slices.Collect(tr.Visible()); len(all) != max(1, len(tr.Nodes)-1) || !slices.IsSorted(all) {
			t.Fatalf("%d of %d seen", len(all), len(tr.Nodes))
		}
		f.SetAll(tr, false)
		for n := range tr.Visible() {
			if tr.Nodes[n].Depth > 1 {
				t.Fatalf("node %d is seen", n)
			}
		}
	})
}

func FuzzTree(f *testing.F) {
	f.Add(`{"a":[1,2,{"b":"\u0000"}]}`, `{"a":[1,3]}`)
	f.Add("[[[[]]]]", `{"":{"":{}}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if !json.Valid([]byte(a)) || !json.Valid([]byte(b)) || strings.Count(a, "[")+strings.Count(a, "{") > 100 ||
			strings.Count(b, "[")+strings.Count(b, "{") > 100 {
			return
		}
		now, old := Parse(a), Parse(b)
		d := Compare(now, old)
		for n := range int32(len(now.Nodes)) {
			d.Was(n)
			if _, found := now.Find(now.Path(n)); !found && now.Nodes[n].Kind != Group {
				t.Errorf("%q is not found in %s", now.Path(n), a)
			}
		}
		var folds Folds
		for n := range now.Visible() {
			folds.Set(now, n, n%2 == 0)
		}
		folds.Apply(old)
		outline(old)
		if d := Compare(now, Parse(a)); len(d.Changes) != 0 {
			t.Errorf("%s differs from itself: %s", a, said(now, d))
		}
	})
}

// BenchmarkParse reads 256 KB; the reference is the check that the same is valid, which any reader does.
func BenchmarkParse(b *testing.B) {
	const size = 256 << 10
	for name, text := range map[string]string{
		"numbers": "[" + strings.Repeat("1,", size/2-1) + "1]",
		"objects": "[" + strings.Repeat(`{"windSpeed":13.41,"ok":true},`, size/30-1) + "{}]",
	} {
		other := Parse(strings.Replace(text, "1", "2", 1))
		changed := Parse(strings.ReplaceAll(text, "1", "2"))
		b.Run(name+"/reference-valid", func(b *testing.B) {
			for b.Loop() {
				json.Valid([]byte(text))
			}
		})
		b.Run(name+"/parse", func(b *testing.B) {
			for b.Loop() {
				Parse(text)
			}
		})
		b.Run(name+"/compare-one-change", func(b *testing.B) {
			now := Parse(text)
			for b.Loop() {
				Compare(now, other)
			}
		})
		b.Run(name+"/compare-all-changed", func(b *testing.B) {
			now := Parse(text)
			for b.Loop() {
				Compare(now, changed)
			}
		})
	}
}
