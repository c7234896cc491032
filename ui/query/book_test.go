package query

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestBookKeeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "queries.toml")
	if k, err := NewBook(path).Load(); err != nil || len(k.Favourites)+len(k.History) > 0 {
		t.Fatalf("%+v, %v", k, err)
	}
	b := NewBook(path)
	for i := range MostHistory + 20 {
		if _, err := b.Change(func(k Kept) Kept { return k.Asked(fmt.Sprintf("tags.n = %d", i)) }); err != nil {
			t.Fatal(err)
		}
	}
	odd := "tags.x = 'it\\'s \"ö\"\t💥' "
	_, err := b.Change(func(k Kept) Kept {
		return k.Asked("tags.n = 100").Asked("tags.n = 100 ").With(Favourite{"z", "a = 1"}).With(Favourite{"Norden", odd}).With(Favourite{"z", "a = 2"})
	})
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewBook(path).Load()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.Favourites, []Favourite{{"Norden", odd}, {"z", "a = 2"}}) {
		t.Errorf("favourites %+v", k.Favourites)
	}
	last := k.History[len(k.History)-1]
	n := 0
	for _, h := range k.History {
		if h == "tags.n = 100" {
			n++
		}
	}
	if len(k.History) != MostHistory || last != "tags.n = 100" || n != 1 {
		t.Errorf("%d in the history, the last %q, it %d times", len(k.History), last, n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestBookIsNotWrittenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queries.toml")
	for _, text := range []string{"nonsense", "[[favourite]]\nname = ''\n", "other = 1\n", "[[favourite]]\nname='a'\n[[favourite]]\nname='a'\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := NewBook(path).Change(func(k Kept) Kept { return k.Asked("x = 1") })
		if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%q: %v", text, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if _, err := NewBook("").Change(func(k Kept) Kept { return k }); !errors.Is(err, ErrNoFolder) {
		t.Errorf("%v", err)
	}
}

// TestBookLosesNothing: two changes at once both stay.
func TestBookLosesNothing(t *testing.T) {
	b := NewBook(filepath.Join(t.TempDir(), "queries.toml"))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, err := b.Change(func(k Kept) Kept { return k.With(Favourite{fmt.Sprint(i), "x = 1"}) }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if k, err := b.Load(); err != nil || len(k.Favourites) != 20 {
		t.Errorf("%d favourites, %v", len(k.Favourites), err)
	}
}

// TestLocate: ^ in what was typed is the place.
func TestLocate(t *testing.T) {
	for _, c := range []struct{ typed, message string }{
		{"tags.a = 1 AND ^FOO(status)", "BadRequest: line 1, column 44: there is no function \"FOO\"."},
		{"SELECT * FROM devices WHERE ^FOO(x)", "BadRequest: line 1, column 29: there is no function \"FOO\"."},
		{"status = ^nonsense(1)", "Syntax error, incorrect syntax near 'nonsense'"},
		{"  status ^~ 1", "unexpected character at position 36"},
		{"select TOP 5 * FROM devices  WHERE ^FOO(x)", "BadRequest: line 1, column 35: there is no function \"FOO\"."},
		{"status ^~ 1", "unexpected character at position 36"},
	} {
		at := strings.Index(c.typed, "^")
		typed := c.typed[:at] + c.typed[at+1:]
		s, _ := Parse(typed)
		if s.Text == "" {
			s = AsIs(typed)
		}
		if got, ok := Locate(typed, s, c.message); !ok || got != at {
			t.Errorf("%s: %d, %v", c.typed, got, ok)
		}
	}
	if _, ok := Locate("a = 1", Statement{Text: "a = 1"}, "the hub is down"); ok {
		t.Error("a place where there is none")
	}
}
