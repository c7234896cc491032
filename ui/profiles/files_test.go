package profiles

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSaveKeepsLinksAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(t.TempDir(), "kept.toml")
	link := filepath.Join(dir, "link.toml")
	if err := os.WriteFile(kept, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, link); err != nil {
		t.Skip(err)
	}
	old, other := "old", "other"
	if err := save(change{path: link, text: "new", base: &other}); !errors.Is(err, errChanged) {
		t.Errorf("a file that is not as it was read: %v", err)
	}
	if err := save(change{path: link, text: "new"}); !errors.Is(err, errTaken) {
		t.Errorf("a file that is there already: %v", err)
	}
	if err := save(change{path: link, text: "new", base: &old}); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(kept); string(text) != "new" {
		t.Errorf("the file behind the link holds %q", text)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if info, _ := os.Stat(kept); info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	for _, d := range []string{dir, filepath.Dir(kept)} {
		if all, _ := os.ReadDir(d); len(all) != 1 {
			t.Errorf("left behind: %v", all)
		}
	}
}

func TestNames(t *testing.T) {
	all := []entry{{name: "wind"}, {name: "Called differently", path: "/x/gale.toml"}}
	for name, good := range map[string]bool{
		"pump-1": true, "風": true, "a b": true, "": false, "a/b": false, `a\b`: false, "..": false, ".a": false, " a": false,
		"WIND": false, "gale": false, "nul": false, "a\x1bb": false, "a:b": false, strings.Repeat("x", 65): false,
	} {
		if err := checkName(name, all); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := freeName("wind-7", append(all, entry{name: "wind-2"})); got != "wind-3" {
		t.Errorf("a free name like wind-7 is %q", got)
	}
}

func TestACopySaysItsOwnName(t *testing.T) {
	for text, want := range map[string]string{
		"name = \"wind\"\n[values]\n":     "name = \"b\"\n[values]\n",
		"  name='wind' # old":             "name = \"b\" # old",
		"[[messages]]\nname = \"wind\"\n": "[[messages]]\nname = \"wind\"\n",
		"description = \"name = 'x'\"\n":  "description = \"name = 'x'\"\n",
		"{\"name\": \"wind\"}":            "{\"name\": \"wind\"}",
	} {
		if got := renamed(text, "b"); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
