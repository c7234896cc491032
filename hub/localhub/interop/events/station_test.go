package events

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// patience is how long a test waits for anything.
const patience = time.Minute

// A station is a local hub on free ports and what others are told of it.
type station struct {
	t        *testing.T
	hub      *localhub.Hub
	registry *hub.Client
}

func startStation(t *testing.T) *station {
	t.Helper()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	registry, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	return &station{t: t, hub: h, registry: registry}
}

// variable is what the hub prints for other programs.
func (s *station) variable(name string) string {
	s.t.Helper()
	for _, v := range s.hub.Environment() {
		if v.Name == name {
			return v.Value
		}
	}
	s.t.Fatalf("the hub prints no %s", name)
	return ""
}

// trust is a TLS configuration for a client that dials an address and means localhost.
func (s *station) trust() *tls.Config {
	config := s.hub.Target().TLS.Clone()
	config.ServerName = "localhost"
	return config
}

// device makes an identity and returns its primary key.
func (s *station) device(id string) hub.Device {
	s.t.Helper()
	made, err := s.registry.CreateDevice(s.t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// deviceToken signs for a device with a key of its own.
func deviceToken(t *testing.T, id string, key secret.Text, expiry time.Time) string {
	t.Helper()
	token, err := sas.IoTHub("localhost/devices/"+id, key, "", expiry)
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}
