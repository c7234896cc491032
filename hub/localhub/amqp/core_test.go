package amqp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/tlsca"
	"hubscope/hub/wire"
)

// openCore opens a real hub in a new folder, with one device d1.
func openCore(t testing.TB, o core.Options) *core.Hub {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h, err := core.Open(db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "d1"}); err != nil {
		t.Fatal(err)
	}
	return h
}

// sendD2C sends n messages of d1 and waits until they are durable.
func sendD2C(t testing.TB, h *core.Hub, n, size int) {
	t.Helper()
	s, err := h.Connect(t.Context(), core.SessionInfo{ID: core.ID{Device: "d1"}, Protocol: "test"}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	body := []byte(strings.Repeat("x", size))
	done := make(chan error, n)
	for i := range n {
		s.Send(core.Message{MessageID: fmt.Sprintf("m%d", i), ContentType: "application/json", Body: body}, func(err error) { done <- err })
	}
	for range n {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func serviceKey(t testing.TB, h *core.Hub, policy string) string {
	t.Helper()
	p, ok := h.Policy(policy)
	if !ok {
		t.Fatalf("no policy %s", policy)
	}
	return p.Primary.Reveal()
}

func connectionString(addr, policy, key, entity, rest string) string {
	return fmt.Sprintf("Endpoint=sb://%s;SharedAccessKeyName=%s;SharedAccessKey=%s;EntityPath=%s%s", addr, policy, key, entity, rest)
}

const emulator = ";UseDevelopmentEmulator=true"

// partitionWithEvents finds the partition of d1.
func partitionWithEvents(t testing.TB, h *core.Hub) string {
	t.Helper()
	for i := range h.Partitions() {
		p, err := h.Partition(i)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Empty {
			return fmt.Sprint(i)
		}
	}
	t.Fatal("no partition has events")
	return ""
}

// The unmodified client reads what a device sent, from the real store, over
// plain TCP as with the emulator's connection string.
// Protocol 0.9, 7.1.1.
func TestCoreOverPlainTCP(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost", "127.0.0.1"}})
	sendD2C(t, h, 1000, 200)
	_, addr := serve(t, coreHub{h}, Options{})
	for _, policy := range []string{"iothubowner", "service"} {
		cs := connectionString(addr, policy, serviceKey(t, h, policy), h.EventHub(), emulator)
		c, err := azeventhubs.NewConsumerClientFromConnectionString(cs, "", "$Default", &azeventhubs.ConsumerClientOptions{RetryOptions: noRetry})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		p := open(t, c, partitionWithEvents(t, h), from(earliest))
		for i, e := range receive(t, p, 1000) {
			if e.SequenceNumber != int64(i) || *e.MessageID != fmt.Sprintf("m%d", i) || e.SystemProperties["iothub-connection-device-id"] != "d1" {
				t.Fatalf("event %d: %+v", i, e)
			}
		}
	}
}

// Over TLS, with the namespace's name and a custom endpoint (protocol 7.1).
// Protocol 7.1.2.
func TestCoreOverTLS(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"myhub.azure-devices.net"}})
	sendD2C(t, h, 10, 1)
	ca, err := tlsca.Open(t.TempDir(), []string{"myhub.azure-devices.net"})
	if err != nil {
		t.Fatal(err)
	}
	addr := serveTLS(t, coreHub{h}, ca)
	cs := connectionString("myhub.azure-devices.net", "service", serviceKey(t, h, "service"), h.EventHub(), "")
	c, err := azeventhubs.NewConsumerClientFromConnectionString(cs, "", "$Default", &azeventhubs.ConsumerClientOptions{
		RetryOptions: noRetry, CustomEndpoint: addr, TLSConfig: ca.ClientConfig(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	props, err := c.GetEventHubProperties(testContext(t), nil)
	if err != nil || props.Name != "myhub" || len(props.PartitionIDs) != h.Partitions() {
		t.Errorf("properties %+v, %v", props, err)
	}
	receive(t, open(t, c, partitionWithEvents(t, h), from(earliest)), 10)
}

func serveTLS(t testing.TB, h backend, ca *tlsca.Authority) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(h, Options{})
	go s.Serve(tls.NewListener(l, ca.ServerConfig()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// Wrong keys and policies without ServiceConnect are refused by the real hub.
// Protocol 1.3.4, 7.7.2.
func TestCoreRefuses(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost", "127.0.0.1"}})
	_, addr := serve(t, coreHub{h}, Options{})
	for name, tt := range map[string]struct{ policy, key, want string }{
		"wrong key":      {"service", "d3Jvbmc=", "401"},
		"unknown policy": {"nobody", "d3Jvbmc=", "401"},
		"device policy":  {"device", serviceKey(t, h, "device"), condUnauthorized},
		"registry read":  {"registryRead", serviceKey(t, h, "registryRead"), condUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			cs := connectionString(addr, tt.policy, tt.key, h.EventHub(), emulator)
			c, err := azeventhubs.NewConsumerClientFromConnectionString(cs, "", "$Default", &azeventhubs.ConsumerClientOptions{RetryOptions: noRetry})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(context.Background())
			_, err = open(t, c, "0", from(earliest)).ReceiveEvents(testContext(t), 1, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
