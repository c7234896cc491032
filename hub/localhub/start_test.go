package localhub_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/hub/localhub"
	"hubscope/hub/localhub/store"
)

func TestStartRefuses(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	running := t.TempDir()
	start(t, localhub.Options{StateDir: running})
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "hub.db"), []byte(strings.Repeat("no state at all ", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		o     localhub.Options
		is    error
		words string
	}{
		{"port in use", localhub.Options{StateDir: t.TempDir(), MQTTPort: busy.Addr().(*net.TCPAddr).Port}, nil, "MQTT port"},
		{"state in use", localhub.Options{StateDir: running}, localhub.ErrInUse, running},
		{"state damaged", localhub.Options{StateDir: damaged}, store.ErrDamaged, damaged},
		{"folder is a file", localhub.Options{StateDir: file}, nil, file},
		{"no folder", localhub.Options{}, nil, "no state folder"},
		{"not an address", localhub.Options{StateDir: t.TempDir(), Listen: "everywhere"}, nil, "everywhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := localhub.Start(t.Context(), c.o)
			if err == nil {
				closeHub(t, h)
				t.Fatal("it started")
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("error = %v, want one about %s", err, c.words)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of several lines: %q", err)
			}
		})
	}
}
