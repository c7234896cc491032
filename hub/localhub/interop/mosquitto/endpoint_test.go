package mosquitto

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/mqtt"
	"hubscope/hub/localhub/store"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// endpoint is the local hub with its MQTT endpoint alone, so that it can be compared with a broker without
// TLS as well.
type endpoint struct{ hub *core.Hub }

// startEndpoint serves a hub on a state folder of its own, as durable as any, on l.
func startEndpoint(t testing.TB, l net.Listener) *endpoint {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "state.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hub, err := core.Open(db, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := mqtt.New(hub, mqtt.Options{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
		<-served
		if err := hub.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &endpoint{hub}
}

// client makes a device identity and what a connection as this device says of itself.
func (s *endpoint) client(t testing.TB, i int) client {
	t.Helper()
	id := fmt.Sprintf("load-%d", i)
	d, err := s.hub.CreateDevice(t.Context(), wire.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	key := secret.New(d.Authentication.SymmetricKey.PrimaryKey)
	token, err := sas.IoTHub("localhost/devices/"+id, key, "", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return client{id, topic.Username("localhost", id, ""), token.Reveal(), topic.Telemetry(id, "", nil)}
}

// stored counts the events in the log.
func (s *endpoint) stored(t testing.TB) int64 {
	t.Helper()
	n := int64(0)
	for p := range s.hub.Partitions() {
		info, err := s.hub.Partition(p)
		if err != nil {
			t.Fatal(err)
		}
		if !info.Empty {
			n += info.Last - info.Begin + 1
		}
	}
	return n
}
