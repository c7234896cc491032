package outside

import (
	"path/filepath"
	"testing"
)

func TestPath(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for text, want := range map[string]string{
		"~/a/b.pem": filepath.Join(home, "a/b.pem"), " /tmp/x ": "/tmp/x", "~": home, "~other/x": "~other/x", "x": "x", "": "",
	} {
		if got := Path(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for path, want := range map[string]string{filepath.Join(home, "a/b"): "~/a/b", home: home, "/x": "/x", home + "er/x": home + "er/x"} {
		if got := Shown(path); got != want {
			t.Errorf("%q is shown as %q, want %q", path, got, want)
		}
	}
}
