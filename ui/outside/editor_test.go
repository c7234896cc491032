package outside

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestCommandPrefersVisual(t *testing.T) {
	env := map[string]string{"VISUAL": " code --wait ", "EDITOR": "ed"}
	if got, err := Command(func(n string) string { return env[n] }); err != nil || got != "code --wait" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDraftIsReadBackAndTakenAway(t *testing.T) {
	path, err := Draft("twin.json", "{}")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info, err)
	}
	if text, err := Collect(path); err != nil || text != "{}" {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}
