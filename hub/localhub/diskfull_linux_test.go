package localhub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/core"
)

// TestDiskFull: what finds no room is refused with the service's code, nothing
// that was acknowledged is lost, and the hub goes on as soon as there is room.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "8m")
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: filepath.Join(dir, "state")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeHub(t, h) }()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	createDevice(t, h, "d")
	s, err := h.Core().Connect(t.Context(), core.SessionInfo{ID: core.ID{Device: "d"}}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	send := func() error {
		result := make(chan error, 1)
		body := append(fmt.Appendf(nil, "%d ", acknowledged), bytes.Repeat([]byte{'x'}, 100_000)...)
		s.Send(core.Message{Body: body}, func(err error) { result <- err })
		err := <-result
		if err == nil {
			acknowledged++
		}
		return err
	}
	for err = send(); err == nil && acknowledged < 200; err = send() {
	}
	var refused *core.Error
	if !errors.As(err, &refused) || refused.Code != core.CodeServerError {
		t.Fatalf("after %d messages of 100 kB on a disk of 8 MB: %v, want a refusal with 500001", acknowledged, err)
	}
	if acknowledged == 0 {
		t.Fatal("nothing was acknowledged before")
	}
	// Small writes may still find a free page; in the end they do not.
	var rest error
	created := 0
	for ; rest == nil && created < 200; created++ {
		_, rest = h.Core().PatchTwin(t.Context(), core.ID{Device: "d"}, core.TwinPatch{Tags: fmt.Appendf(nil, `{"n%d":"%s"}`, created%20, strings.Repeat("v", 100+created%200))}, "")
	}
	t.Logf("%d messages, then %v; after %d twin updates %v", acknowledged, err, created, rest)
	client, err := hub.New(hub.Options{Target: h.Target(), Retry: hub.Retry{Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Device(t.Context(), "d"); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := send(); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if _, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: "later"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	closeHub(t, h)
	if h, err = localhub.Start(t.Context(), localhub.Options{StateDir: filepath.Join(dir, "state")}); err != nil {
		t.Fatal(err)
	}
	if got := storedBodies(t, h.Core()); len(got) != acknowledged {
		t.Errorf("%d messages are stored, %d were acknowledged", len(got), acknowledged)
	}
}

// TestStartOnAFullDisk: a sentence, and no half-made state that a later start
// stumbles over.
func TestStartOnAFullDisk(t *testing.T) {
	for _, size := range []string{"4k", "16k", "40k"} {
		dir := smallDisk(t, size)
		h, err := localhub.Start(t.Context(), localhub.Options{StateDir: filepath.Join(dir, "state")})
		if err == nil {
			closeHub(t, h)
			t.Errorf("%s: it started", size)
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, want a sentence that says that there is no space left, with the path", size, err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=32m"); err != nil {
			t.Fatal(err)
		}
		if h, err = localhub.Start(t.Context(), localhub.Options{StateDir: filepath.Join(dir, "state")}); err != nil {
			t.Errorf("%s, then with room: %v", size, err)
			continue
		}
		closeHub(t, h)
	}
}

// TestReadOnlyDisk: a sentence.
func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "32m")
	start := func() error {
		h, err := localhub.Start(t.Context(), localhub.Options{StateDir: filepath.Join(dir, "state")})
		if err == nil {
			closeHub(t, h)
		}
		return err
	}
	readOnly := func(on uintptr) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|on, "size=32m"); err != nil {
			t.Fatal(err)
		}
	}
	for _, state := range []string{"no state yet", "a state"} {
		readOnly(syscall.MS_RDONLY)
		if err := start(); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want a sentence with the path", state, err)
		}
		readOnly(0)
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
}

// smallDisk is a file system of that size.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small file system")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// storedBodies are the bodies of all events.
func storedBodies(t *testing.T, h *core.Hub) (bodies []string) {
	t.Helper()
	for p := range h.Partitions() {
		info, err := h.Partition(p)
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.OpenReader(p, core.Position{Kind: core.Earliest})
		if err != nil {
			t.Fatal(err)
		}
		for left := info.Last - info.Begin + 1; left > 0; {
			records, err := r.Next(context.WithoutCancel(t.Context()), int(left))
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range records {
				var m amqp.Message
				if err := m.UnmarshalBinary(record.Payload); err != nil {
					t.Fatal(err)
				}
				bodies = append(bodies, string(m.GetData()))
			}
			left -= int64(len(records))
		}
		r.Close()
	}
	return bodies
}
