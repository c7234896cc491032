package userfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

type document struct {
	Items []string `toml:"item"`
}

func TestSavedIsLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "list.toml")
	var none document
	if err := Load(path, 1<<20, &none); err != nil || none.Items != nil {
		t.Errorf("a file that is not there: %v, %v", none, err)
	}
	if err := Save(path, "# a list\n", document{Items: []string{"a", "b"}}); err != nil {
		t.Fatal(err)
	}
	var got document
	if err := Load(path, 1<<20, &got); err != nil || strings.Join(got.Items, " ") != "a b" {
		t.Errorf("got %v, %v", got, err)
	}
	info, err := os.Stat(path)
	if err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatDoesNotReadSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"item = [\"a\"\n[x]\n":    "line 2",
		"item = []\nthing = 1\n":  "line 2: this means nothing here",
		strings.Repeat("#", 2000): "larger",
	} {
		path := filepath.Join(t.TempDir(), "list.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Load(path, 1024, &document{})
		if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestALinkStaysOne(t *testing.T) {
	dir := t.TempDir()
	kept, link := filepath.Join(dir, "kept.toml"), filepath.Join(dir, "link.toml")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := Write(link, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(kept); err != nil || string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
}
