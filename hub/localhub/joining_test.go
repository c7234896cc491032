package localhub

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
)

func TestASecondHubJoinsTheFirst(t *testing.T) {
	dir := t.TempDir()
	first, err := Start(t.Context(), Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close(context.Background())
	if _, err := Start(t.Context(), Options{StateDir: dir}); !errors.Is(err, ErrInUse) {
		t.Fatalf("a second hub on the folder: %v, want ErrInUse", err)
	}

	running, err := Join(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if running.PID != os.Getpid() || !running.Target.Local {
		t.Errorf("joined process %d, local %v", running.PID, running.Target.Local)
	}
	client, err := hub.New(hub.Options{Target: running.Target})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: "d"}); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Core().Device("d"); err != nil {
		t.Errorf("the device is not in the first hub: %v", err)
	}
}

func TestTheNoteIsPrivateAndGoesWithTheHub(t *testing.T) {
	dir := t.TempDir()
	h, err := Start(t.Context(), Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, noteName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the note: %v, mode %v; want 0600", err, info.Mode())
	}
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if entries, _ := filepath.Glob(filepath.Join(dir, noteName+"*")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// A hub that was killed leaves its note; somebody else may hold the folder, or
// its port.
func TestAStaleNoteIsNotBelieved(t *testing.T) {
	dir := t.TempDir()
	h, err := Start(t.Context(), Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(filepath.Join(dir, noteName))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, noteName), note, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = Join(ctx, dir)
	if err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("joined a hub that is gone: %v", err)
	}
}
