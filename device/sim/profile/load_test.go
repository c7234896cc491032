package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadDir(t *testing.T) {
	dir := t.TempDir()
	good := "[[messages]]\nbody = ''\n"
	for name, text := range map[string]string{
		"a.toml":       good,
		"b.toml":       "[[messages]]\nbody = '{{wind}}'\n",
		"c.json":       `{"name":"sea","messages":[{"body":{"n":"{{n}}"}}]}`,
		"d.toml":       "name = 'a'\n" + good,
		"e.JSON":       `{"messages":[]}`,
		".hidden.toml": "broken",
		"notes.txt":    "no profile",
		"f.toml~":      "no profile either",
		"big.toml":     strings.Repeat("#", maxFile+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "g.toml"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "h.toml")); err != nil {
		t.Fatal(err)
	}
	all, errs := LoadDir(dir)
	var names []string
	for _, p := range all {
		names = append(names, p.Name+" of "+filepath.Base(p.File))
	}
	if got := strings.Join(names, ", "); got != "a of a.toml, sea of c.json" {
		t.Errorf("profiles %s", got)
	}
	want := []string{
		`b.toml:2:11: unknown name "wind"`, `big.toml:1:1: the file is greater than 1 MiB`,
		`d.toml: the profile "a" is in a.toml already`, `e.JSON:1:13: a profile needs a message`, `h.toml: no such file`,
	}
	if len(errs) != len(want) {
		t.Fatalf("problems %q", errs)
	}
	for i, err := range errs {
		if !strings.Contains(err.Error(), want[i]) {
			t.Errorf("problem %v, want %s", err, want[i])
		}
	}
	var first *Error
	if !errors.As(errs[0], &first) || first.Line != 2 {
		t.Errorf("the first problem has no place: %v", errs[0])
	}
}

func TestLoadDirThatIsNotThere(t *testing.T) {
	if all, errs := LoadDir(filepath.Join(t.TempDir(), "none")); all != nil || errs != nil {
		t.Errorf("profiles %v, problems %v", all, errs)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := LoadDir(file); len(errs) != 1 {
		t.Errorf("problems %v", errs)
	}
}
