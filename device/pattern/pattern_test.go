package pattern_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/device/pattern"
	"hubscope/hub/connstr"
)

func parse(t testing.TB, text string) pattern.Pattern {
	t.Helper()
	p, err := pattern.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestIDs(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"wind-1", "wind-1"},
		{"a,b..c=1", "a,b..c=1"}, // characters of an id like others
		{"pump-{1..3}", "pump-1 pump-2 pump-3"},
		{"pump-{3..1}", "pump-3 pump-2 pump-1"},
		{"{7..7}", "7"},
		{"{008..011}", "008 009 010 011"},
		{"{8..011}", "008 009 010 011"},
		{"{08..11}", "08 09 10 11"},
		{"{9..11}", "9 10 11"},
		{"{0..10..5}", "0 5 10"},
		{"{0..9..4}", "0 4 8"},
		{"{10..0..4}", "10 6 2"},
		{"{00..2}", "00 01 02"},
		{"{a..d}", "a b c d"},
		{"{D..A..2}", "D B"},
		{"a-{1..3}-{x,y}", "a-1-x a-1-y a-2-x a-2-y a-3-x a-3-y"},
		{"{x,y}{1..2}z", "x1z x2z y1z y2z"},
		{"{1..3,7,10..11,spare}", "1 2 3 7 10 11 spare"},
		{"{1..10}-{9..10}", "1-9 1-10 2-9 2-10 3-9 3-10 4-9 4-10 5-9 5-10 6-9 6-10 7-9 7-10 8-9 8-10 9-9 9-10 10-9 10-10"},
		{"{a,bb}{9..10}", "a9 a10 bb9 bb10"},
		{"{9..10}{01..02}", "901 902 1001 1002"},
		{"{a.b,c:1}", "a.b c:1"},
		{"{999999999999999998..999999999999999999}", "999999999999999998 999999999999999999"},
	} {
		p := parse(t, c.text)
		want := strings.Fields(c.want)
		if diff := cmp.Diff(want, p.IDs()); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
		if p.Len() != len(want) || p.String() != c.text {
			t.Errorf("%s: %d ids of %q", c.text, p.Len(), p)
		}
		for i := range want {
			if got := p.At(i); got != want[i] {
				t.Errorf("%s: id %d is %s, want %s", c.text, i, got, want[i])
			}
		}
	}
}

func TestCountWithoutMaking(t *testing.T) {
	p := parse(t, "pump-{0001..1000}-{0..999}")
	if p.Len() != pattern.MaxIDs || p.At(0) != "pump-0001-0" || p.At(999_999) != "pump-1000-999" || p.At(1000) != "pump-0002-0" {
		t.Errorf("%d ids, %s to %s", p.Len(), p.At(0), p.At(p.Len()-1))
	}
	if n := testing.AllocsPerRun(10, func() { parse(t, "pump-{0001..1000}-{0..999}") }); n > 200 {
		t.Errorf("%v allocations for counting", n)
	}
	for id := range p.All() {
		if id != "pump-0001-0" {
			t.Errorf("first id %s", id)
		}
		break
	}
	if ids := (pattern.Pattern{}).IDs(); len(ids) != 0 {
		t.Errorf("the zero value gives %v", ids)
	}
}

func TestMistakes(t *testing.T) {
	long := strings.Repeat("x", 120)
	for _, c := range []struct {
		text   string
		column int
		says   string
	}{
		{"", 1, "no pattern"},
		{"pump-{1..3", 6, "not closed"},
		{"pump-{", 6, "not closed"},
		{"pump-1..3}", 10, "not opened"},
		{"a{1,{2,3}}", 5, "within a brace"},
		{"a{}", 3, "no value here"},
		{"a{b,}", 5, "no value here"},
		{"a{,b}", 3, "no value here"},
		{"a{250}", 2, "{1..250}"},
		{"a{12}", 2, "{1..12}"},
		{"a{b}", 2, "has one value"},
		{"a{1..}", 6, "from a number to a number"},
		{"a{..5}", 3, "from a number to a number"},
		{"a{1..x}", 6, "from a number to a number"},
		{"a{-3..3}", 3, "from a number to a number"},
		{"a{1...3}", 6, "from a number to a number"},
		{"a{a..Z}", 3, "capitals"},
		{"a{a..bb}", 3, "from a number to a number"},
		{"a{1..9..0}", 9, "step"},
		{"a{1..9..-2}", 9, "step"},
		{"a{1..9..}", 9, "step"},
		{"a{1..9..2..3}", 3, "too many dots"},
		{"a{1..1000000000000000000}", 6, "at most 18 digits"},
		{"a{0..999999999999999999}", 3, "1,000,000,000,000,000,000 values"},
		{"a{0..1000000}", 3, "1,000,001 values"},
		{"a{1..1000000,x}", 2, "more than 1,000,000 values"},
		{"a{1..1000}-{1..1001}", 12, "more than 1,000,000 ids"},
		{"a{1..1000000}-{1..1000000}-{1..1000000}", 15, "more than 1,000,000 ids"},
		{"a{x,y,x}", 7, "x comes twice"},
		{"a{1..9,5}", 8, "5 comes twice"},
		{"a{5,1..9}", 5, "5 comes twice"},
		{"a{1..9,9..11}", 8, "9 comes twice"},
		{"a{1..12}{1..12}", 9, "could be the same"},
		{"a{x,xy}{yz,z}", 8, "could be the same"},
		{"a b", 2, "cannot have a blank"},
		{"a{1..3}ü", 8, "cannot have 'ü'"},
		{"a{1,\t}", 5, "cannot have a tab"},
		{"a/b", 2, "cannot have '/'"},
		{"a\xff", 2, "not UTF-8"},
		{long + "{000000001..000000009}", 121, "128 characters"},
		{long + "123456789", 1, "128 characters"},
		{"{" + strings.Repeat("1..2,", pattern.MaxText/4) + "9}", pattern.MaxText + 1, "longer than"},
	} {
		_, err := pattern.Parse(c.text)
		var e *pattern.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q: error = %v", c.text, err)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.Message, c.says) {
			t.Errorf("%.40q: %v, want column %d and %q", c.text, err, c.column, c.says)
		}
	}
}

func TestShardsDivideAPattern(t *testing.T) {
	p := parse(t, "pump-{001..100}-{a..c}")
	for _, of := range []int{1, 2, 7, 8, 300, 301} {
		var all []string
		for number := range of {
			s := pattern.Shard{Number: number + 1, Of: of}
			ids := slices.Collect(p.Shard(s))
			if least := p.Len() / of; len(ids) < least || len(ids) > least+1 {
				t.Errorf("%v has %d ids", s, len(ids))
			}
			if again := slices.Collect(parse(t, p.String()).Shard(s)); !slices.Equal(again, ids) {
				t.Errorf("%v is another set the second time", s)
			}
			all = append(all, ids...)
		}
		sameIDs(t, p.IDs(), all)
	}
	if ids := slices.Collect(p.Shard(pattern.Shard{})); len(ids) != 300 {
		t.Errorf("the zero shard has %d ids", len(ids))
	}
	if got := slices.Collect(parse(t, "d{1..9}").Shard(pattern.Shard{Number: 2, Of: 4})); !slices.Equal(got, []string{"d2", "d6"}) {
		t.Errorf("2/4 of nine: %v", got)
	}
}

// The shards of ids in no order are part of what containers agree on: they must never change.
func TestShardsByID(t *testing.T) {
	ids := parse(t, "pump-{0001..8000}").IDs()
	var all []string
	for number := 1; number <= 8; number++ {
		s := pattern.Shard{Number: number, Of: 8}
		var mine []string
		for _, id := range ids {
			if s.Has(id) {
				mine = append(mine, id)
			}
		}
		if len(mine) < 850 || len(mine) > 1150 {
			t.Errorf("%v has %d of 8000", s, len(mine))
		}
		all = append(all, mine...)
	}
	sameIDs(t, ids, all)
	for id, want := range map[string]int{"pump-0001": 1, "a": 4, "c": 7} {
		for number := 1; number <= 8; number++ {
			if (pattern.Shard{Number: number, Of: 8}).Has(id) != (number == want) {
				t.Errorf("%s and %d/8", id, number)
			}
		}
	}
}

func sameIDs(t *testing.T, want, got []string) {
	t.Helper()
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if !slices.Equal(want, got) {
		t.Errorf("%d ids, want %d", len(got), len(want))
	}
}

func TestParseShard(t *testing.T) {
	for text, want := range map[string]string{"2/8": "2/8", " 8/8 ": "8/8", "1/1": "1/1", "10000/10000": "10000/10000"} {
		if s, err := pattern.ParseShard(text); err != nil || s.String() != want {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	for text, says := range map[string]string{
		"": "2/8", "2": "2/8", "2/": "2/8", "a/b": "2/8", "0/8": "1/8 to 8/8", "9/8": "1/8 to 8/8", "-1/8": "none of",
		"1/0": "1 to 10000", "1/10001": "1 to 10000", "1/8/2": "2/8",
	} {
		if _, err := pattern.ParseShard(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"pump-{001..250}", "a-{1..3}-{x,y}", "{0..100..10}", "{a..f,1..3}", "{1..12}{1..12}", "{", "}", "a{}", "{a,bb}{9..10}c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := pattern.Parse(text)
		if err != nil {
			var e *pattern.Error
			if !errors.As(err, &e) || e.Column < 1 || e.Column > len(text)+1 || e.Message == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		if p.Len() < 1 || p.Len() > pattern.MaxIDs {
			t.Fatalf("%d ids", p.Len())
		}
		if p.Len() > 20_000 {
			return
		}
		seen := make(map[string]bool, p.Len())
		i := 0
		for id := range p.All() {
			if err := connstr.CheckDeviceID(id); err != nil || seen[id] || p.At(i) != id {
				t.Fatalf("id %q (%d, At gives %q, seen %v): %v", id, i, p.At(i), seen[id], err)
			}
			seen[id] = true
			i++
		}
		if i != p.Len() {
			t.Fatalf("%d ids, counted %d", i, p.Len())
		}
	})
}
