package core

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openHub opens a new hub that is closed at the end of the test.
func openHub(t testing.TB, o Options) *Hub {
	t.Helper()
	return openHubAt(t, filepath.Join(t.TempDir(), "hub.db"), o)
}

func openHubAt(t testing.TB, path string, o Options) *Hub {
	t.Helper()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(db, o)
	if err != nil {
		_ = db.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { closeHub(t, h) })
	return h
}

func closeHub(t testing.TB, h *Hub) {
	t.Helper()
	if err := errors.Join(h.Close(), h.db.Close()); err != nil {
		t.Error(err)
	}
}

func createDevice(t testing.TB, h *Hub, id string) wire.Device {
	t.Helper()
	d, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func connect(t testing.TB, h *Hub, id string, kick func(error)) *Session {
	t.Helper()
	if kick == nil {
		kick = func(error) {}
	}
	s, err := h.Connect(t.Context(), SessionInfo{ID: ID{Device: id}, Protocol: "test"}, kick)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send sends and waits until the message is durable.
func send(t testing.TB, s *Session, m Message) {
	t.Helper()
	if err := trySend(s, m); err != nil {
		t.Fatal(err)
	}
}

func trySend(s *Session, m Message) error {
	done := make(chan error, 1)
	s.Send(m, func(err error) { done <- err })
	return <-done
}

// read takes n records from one partition, or fails.
func read(t testing.TB, h *Hub, partition int, from Position, n int) []Record {
	t.Helper()
	r, err := h.OpenReader(partition, from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var all []Record
	for len(all) < n {
		records, err := r.Next(ctx, n-len(all))
		if err != nil {
			t.Fatalf("after %d of %d records: %v", len(all), n, err)
		}
		all = append(all, records...)
	}
	return all
}

func wantCode(t testing.TB, err error, code int) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("error = %v, want code %d", err, code)
	}
}
