package method

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
)

func TestFavouritesComeBackAsTheyWere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "methods.toml")
	calls := map[string]hub.MethodCall{
		"plain":       {Name: "reboot", ResponseTimeout: 30 * time.Second},
		"with \"ends": {Name: "set", Payload: json.RawMessage("{\n  \"a\": \"b\\\\\\\"\",\r\n\t\"風\": '''\"\"\"\n}"), ResponseTimeout: 5 * time.Second, ConnectTimeout: time.Minute},
		"Zero":        {Name: "x", Payload: json.RawMessage(`"\u001b[31m"`), ResponseTimeout: 300 * time.Second},
	}
	for name, c := range calls {
		if _, err := changeFavourites(path, func(all []Favourite) []Favourite { return with(all, favouriteOf(name, c)) }); err != nil {
			t.Fatal(err)
		}
	}
	all, err := loadFavourites(path)
	if err != nil || len(all) != 3 || all[0].Name != "plain" {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, f := range all {
		if got, want := f.call(), calls[f.Name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", f.Name, got, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("besides the file there is something left: %v, %v", left, err)
	}
}

func TestAFileOfOthersIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "methods.toml")
	for text, want := range map[string]string{
		"a = 1\n": "line 1: this means nothing here", "[[favourite]]\nname = \"x\ny\"\n": "line 2",
		"[[favourite]]\nmethod = \"x\"\n":                               "one has no name",
		"[[favourite]]\nname = \"a\"\n[[favourite]]\nname = \"a\"\n":    `the name "a" is there twice`,
		"[[favourite]]\nname = \"a\"\nanswer = \"long\"\n":              "line 3",
		"# nothing\n" + strings.Repeat("# and so on and on\n", 500_000): "larger than 8 MB",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := changeFavourites(path, func(all []Favourite) []Favourite { return with(all, Favourite{Name: "b"}) })
		if !errors.Is(err, errUnreadable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%.40q was written over", text)
		}
	}
}

// FuzzFavourites: any file is read or refused, and what is read is written and read again the same.
func FuzzFavourites(f *testing.F) {
	f.Add([]byte("[[favourite]]\nname = \"a\"\nmethod = \"m\"\npayload = \"\"\"\n{}\n\"\"\"\nanswer = 30\nconnect = 0\n"))
	f.Add([]byte("[[favourite]]\nname = \"\\u0000\"\npayload = '''x\r\n'''\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := loadFavourites(path)
		if err != nil {
			return
		}
		again, err := changeFavourites(path, func([]Favourite) []Favourite { return all })
		if err != nil || len(all) > 0 && !reflect.DeepEqual(all, again) {
			t.Fatalf("%+v, then %+v, %v", all, again, err)
		}
	})
}
