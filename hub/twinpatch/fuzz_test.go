package twinpatch

import (
	"encoding/json"
	"strings"
	"testing"

	"hubscope/hub/localhub/core/twindoc"
)

var seeds = []string{
	`{}`, `{"a":1}`, `{"a":{"b":[1,{"c":null}]},"d":null}`, `{"a":{"x":1,"y":{"z":"é\ud800"}}}`, `{"a":1e5,"":[]}`, `{"a":[null]}`, `{"$a":1}`,
	`{"a":4503599627370496}`, strings.Repeat(`{"a":`, 11) + `1` + strings.Repeat(`}`, 11), `{"a":`, `{"a":1,"a":2}`, `{"a":{}}`,
}

// FuzzPatch: the least patch makes one document the other, here and by the arithmetic of the local hub.
func FuzzPatch(f *testing.F) {
	for _, a := range seeds {
		for _, b := range seeds {
			f.Add(a, b)
		}
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		old, err := Parse([]byte(a))
		if err != nil {
			return
		}
		edited, err := Parse([]byte(b))
		if err != nil {
			return
		}
		patch := Diff(old, edited)
		want := edited.WithoutNulls()
		if got := Apply(old, patch); !Equal(got, want) {
			t.Fatalf("%s and %s give %s, want %s", a, patch.JSON(), got.JSON(), want.JSON())
		}
		if n := Count(old, patch); n == (Counts{}) && len(patch.Members) > 0 {
			t.Fatalf("%s does nothing", patch.JSON())
		}
		if (len(patch.Members) == 0) != Equal(old, want) {
			t.Fatalf("%s to %s by %s", a, b, patch.JSON())
		}
		have, err := twindoc.Parse(old.WithoutNulls().JSON())
		if err != nil {
			return
		}
		change, err := twindoc.Parse(Diff(old.WithoutNulls(), edited).JSON())
		if err != nil {
			return
		}
		merged, err := Parse(have.Merged(change).JSON())
		if err != nil || !Equal(merged, want) {
			t.Fatalf("%s and %s give %s on the hub, %v, want %s", a, change.JSON(), have.JSON(), err, want.JSON())
		}
	})
}

// FuzzRebase: what one side alone changed stands, neither side's order counts, and a conflict is told whoever wins it.
func FuzzRebase(f *testing.F) {
	for i := range seeds {
		f.Add(seeds[i], seeds[(i+1)%len(seeds)], seeds[(i+2)%len(seeds)])
	}
	f.Add(`{"a":1,"b":{"c":1}}`, `{"a":2,"b":{"c":1}}`, `{"a":3,"b":{"c":2}}`)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		base, mine, now := stripped(a), stripped(b), stripped(c)
		if base == nil || mine == nil || now == nil {
			return
		}
		if got, conflicts := Rebase(base, mine, base, nil); !Equal(got, mine) || len(conflicts) > 0 {
			t.Fatalf("onto itself: %s, want %s", got.JSON(), mine.JSON())
		}
		if got, conflicts := Rebase(base, base, now, nil); !Equal(got, now) || len(conflicts) > 0 {
			t.Fatalf("without a change: %s, want %s", got.JSON(), now.JSON())
		}
		got, conflicts := Rebase(base, mine, now, nil)
		other, again := Rebase(base, now, mine, func([]string) bool { return true })
		if !Equal(got, other) || len(conflicts) != len(again) {
			t.Fatalf("%s from one side, %s from the other", got.JSON(), other.JSON())
		}
		for _, c := range conflicts {
			if Equal(c.Mine, c.Theirs) || !Equal(got.At(c.Path...), c.Mine) || !Equal(now.At(c.Path...), c.Theirs) {
				t.Fatalf("conflict at %q: %s", c.Path, got.JSON())
			}
		}
	})
}

func stripped(text string) *Value {
	v, err := Parse([]byte(text))
	if err != nil {
		return nil
	}
	return v.WithoutNulls()
}

// FuzzParse: what is read is what encoding/json reads, is written back as the same, and keeps the rules exactly when the
// local hub says so.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse([]byte(text))
		if err != nil {
			m := err.(*Mistake)
			lines := strings.Split(text, "\n")
			if m.Place.Line < 1 || m.Place.Line > len(lines) || m.Place.Column < 1 || m.Place.Column > len([]rune(lines[m.Place.Line-1]))+1 {
				t.Fatalf("%q has a mistake at %v", text, m.Place)
			}
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q is no JSON", text)
		}
		for _, written := range [][]byte{v.JSON(), []byte(v.Indented())} {
			again, err := Parse(written)
			if err != nil || !Equal(v, again) {
				t.Fatalf("%q was written as %s: %v", text, written, err)
			}
		}
		for _, name := range []string{"$version", "$metadata"} { // these the hub leaves out
			v = v.With(name, nil)
		}
		_, refused := twindoc.Parse(v.JSON())
		if mistakes := Check(v, len(text)+8*len(text)); (len(mistakes) > 0) != (refused != nil) {
			t.Fatalf("%s: the hub says %v, we %v", v.JSON(), refused, mistakes)
		}
	})
}
