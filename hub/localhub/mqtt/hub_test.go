package mqtt

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// station is a hub with this package's server in front of it, on a state folder of its own.
type station struct {
	t      testing.TB
	hub    *core.Hub
	server *Server
	close  func()
}

func newStation(t testing.TB) *station { return newStationWith(t, core.Options{}, Options{}) }

func newStationWith(t testing.TB, co core.Options, so Options) *station {
	t.Helper()
	return newStationAt(t, filepath.Join(t.TempDir(), "state.db"), co, so)
}

func newStationAt(t testing.TB, path string, co core.Options, so Options) *station {
	t.Helper()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hub, err := core.Open(db, co)
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t: t, hub: hub, server: New(hub, so)}
	s.close = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.server.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := hub.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.close)
	return s
}

// serve serves on l until the test ends.
func (s *station) serve(l net.Listener) {
	done := make(chan error, 1)
	go func() { done <- s.server.Serve(l) }()
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		s.server.Close(ctx) // the error is reported by the other clean-up
		if err := <-done; !errors.Is(err, ErrServerClosed) {
			s.t.Errorf("Serve: %v", err)
		}
	})
}

// device makes a device identity and returns its primary key.
func (s *station) device(id string) secret.Text {
	s.t.Helper()
	d, err := s.hub.CreateDevice(context.Background(), wire.Device{DeviceID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return secret.New(d.Authentication.SymmetricKey.PrimaryKey)
}

// token is a SAS token for a device of the hub.
func (s *station) token(id string, key secret.Text, expiry time.Time) string {
	s.t.Helper()
	token, err := sas.IoTHub("localhost/devices/"+id, key, "", expiry)
	if err != nil {
		s.t.Fatal(err)
	}
	return token.Reveal()
}

// policyToken is a SAS token for the whole hub, signed by a shared access policy.
func (s *station) policyToken(policy string, key secret.Text) []byte {
	s.t.Helper()
	token, err := sas.IoTHub("localhost", key, policy, time.Now().Add(time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	return []byte(token.Reveal())
}
