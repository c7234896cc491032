package filter

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

func compiled(all ...Named) (s Set) {
	for i := range all {
		all[i].Compile(time.Now)
		s = append(s, &all[i])
	}
	return s
}

func TestASetShowsWhatAllLetThrough(t *testing.T) {
	e := monitortest.Kept(monitortest.Wind(4)) // wind-2
	for _, c := range []struct {
		name string
		set  Set
		want bool
	}{
		{"none", nil, true},
		{"only this", compiled(Named{Name: "a", Text: "wind-*", On: true}), true},
		{"only others", compiled(Named{Name: "a", Text: "pump-*", On: true}), false},
		{"off", compiled(Named{Name: "a", Text: "pump-*"}), true},
		{"hide this", compiled(Named{Name: "a", Text: "wind-2", On: true, Hide: true}), false},
		{"hide others", compiled(Named{Name: "a", Text: "pump-*", On: true, Hide: true}), true},
		{"both", compiled(Named{Name: "a", Text: "wind-*", On: true}, Named{Name: "b", Text: "windspeed", On: true, Hide: true}), false},
		{"with a mistake", compiled(Named{Name: "a", Text: "body.x >", On: true}), true},
		{"empty, hiding", compiled(Named{Name: "a", Text: " ", On: true, Hide: true}), true},
	} {
		if got := c.set.Active().Test(&e, nil) == history.Passes; got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestNames(t *testing.T) {
	s := compiled(Named{Name: "storms"}, Named{Name: "filter 3"})
	for name, ok := range map[string]bool{"calm": true, "": false, "  ": false, "Storms": false, strings.Repeat("x", 33): false} {
		if err := s.CheckName(name, nil); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := s.CheckName("storms", s[0]); err != nil {
		t.Errorf("its own name: %v", err)
	}
	if got := s.FreeName(); got != "filter 4" {
		t.Errorf("free name %q", got)
	}
	for text, want := range map[string][2]string{
		"storms = body.x > 1":    {"storms", "body.x > 1"},
		"high wind = body.x > 1": {"high wind", "body.x > 1"},
		"body.x = 1":             {"", "body.x = 1"},
		"device = wind":          {"", "device = wind"},
		"prop:a=b":               {"", "prop:a=b"},
		`"a = b"`:                {"", `"a = b"`},
		"a b c d = e":            {"", "a b c d = e"},
		" = e":                   {"", " = e"},
	} {
		if name, rest := CutName(text); name != want[0] || rest != want[1] {
			t.Errorf("%q: %q, %q", text, name, rest)
		}
	}
}

func TestAFileReadsAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "filters.toml")
	rapid.Check(t, func(t *rapid.T) {
		var set Set
		for range rapid.IntRange(0, 4).Draw(t, "filters") {
			n := &Named{Name: set.FreeName(), Text: strings.ToValidUTF8(rapid.String().Draw(t, "text"), ""), On: rapid.Bool().Draw(t, "on"), Hide: rapid.Bool().Draw(t, "hide")}
			set = append(set, n)
		}
		if err := Save(path, set); err != nil {
			t.Fatal(err)
		}
		again, err := Load(path)
		if err != nil || len(again) != len(set) {
			t.Fatalf("%d filters, %v", len(again), err)
		}
		for i := range set {
			if *again[i] != *set[i] {
				t.Fatalf("%+v became %+v", *set[i], *again[i])
			}
		}
	})
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFileThatIsNotOneOfFiltersIsLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"broken":     "[[filter]]\nname = \"a\nfilter = 5",
		"other keys": "[[filter]]\nname = \"a\"\ncolour = \"red\"\n",
		"types":      "[[filter]]\nname = 5\n",
		"twice":      "[[filter]]\nname = \"a\"\n[[filter]]\nname = \"A\"\n",
		"not TOML":   "\x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "filters.toml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(path); !errors.Is(err, ErrUnreadable) || strings.Contains(err.Error(), "\n") {
				t.Errorf("read: %v", err)
			}
			if err := Save(path, nil); !errors.Is(err, ErrUnreadable) {
				t.Errorf("written over: %v", err)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != text {
				t.Errorf("it now holds %q, %v", now, err)
			}
		})
	}
}

func TestNoFileIsNoFilters(t *testing.T) {
	if s, err := Load(filepath.Join(t.TempDir(), "none.toml")); err != nil || len(s) > 0 {
		t.Errorf("%v, %v", s, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("[[filter]]\nname = \"a\"\nfilter = 'body.x > 1'\non = true\n"))
	f.Add([]byte("filter = 5"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decode(data)
		if err != nil {
			if !errors.Is(err, ErrUnreadable) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		again, err := toml.Marshal(document{Filters: s})
		if err != nil {
			t.Fatal(err)
		}
		if t2, err := decode(again); err != nil || len(t2) != len(s) {
			t.Errorf("%q became %q: %v", data, again, err)
		}
	})
}
