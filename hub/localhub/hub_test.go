package localhub_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"go.uber.org/goleak"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// azeventhubs 2.0.2 does not end the renewal of a management link's claim
		// with its client.
		goleak.IgnoreAnyFunction("github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}

// start starts a hub on free ports that is closed at the end of the test.
func start(t testing.TB, o localhub.Options) *localhub.Hub {
	t.Helper()
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	h, err := localhub.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeHub(t, h) })
	return h
}

func closeHub(t testing.TB, h *localhub.Hub) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Error(err)
	}
}

// The whole path, with unmodified clients: create over REST, send over MQTT,
// read over AMQP with azeventhubs and nothing but the connection string.
func TestUseAndCloseLeavesNothing(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")

	const n = 10
	sendTelemetry(t, h, d, n)
	bodies := receive(t, environment(h)["EVENTHUB_CONNECTION_STRING"], n)
	for i, body := range bodies {
		if want := fmt.Sprintf(`{"n":%d}`, i); body != want {
			t.Errorf("event %d = %q, want %q", i, body, want)
		}
	}
	closeHub(t, h)
	<-h.Done()
	if err := h.Err(); err != nil {
		t.Errorf("Err after Close = %v", err)
	}
}

func createDevice(t testing.TB, h *localhub.Hub, id string) hub.Device {
	t.Helper()
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	d, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sendTelemetry(t testing.TB, h *localhub.Hub, d hub.Device, n int) {
	t.Helper()
	target := h.Target()
	c, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		receipt, err := c.Send(device.Message{Body: fmt.Appendf(nil, `{"n":%d}`, i)})
		if err != nil {
			t.Fatal(err)
		}
		<-receipt.Done()
		if err := receipt.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// receive reads n events from the beginning of all partitions.
func receive(t testing.TB, connectionString string, n int) []string {
	t.Helper()
	client, err := azeventhubs.NewConsumerClientFromConnectionString(connectionString, "", azeventhubs.DefaultConsumerGroup, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(context.WithoutCancel(t.Context())) }()
	properties, err := client.GetEventHubProperties(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, partition := range properties.PartitionIDs {
		state, err := client.GetPartitionProperties(t.Context(), partition, nil)
		if err != nil {
			t.Fatal(err)
		}
		if state.IsEmpty {
			continue
		}
		earliest := true
		p, err := client.NewPartitionClient(partition, &azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: &earliest}})
		if err != nil {
			t.Fatal(err)
		}
		count := int(state.LastEnqueuedSequenceNumber - state.BeginningSequenceNumber + 1)
		for len(bodies) < count {
			events, err := p.ReceiveEvents(t.Context(), count-len(bodies), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				bodies = append(bodies, string(e.Body))
			}
		}
		_ = p.Close(context.WithoutCancel(t.Context()))
	}
	if len(bodies) != n {
		t.Errorf("%d events, want %d", len(bodies), n)
	}
	return bodies
}

func environment(h *localhub.Hub) map[string]string {
	values := make(map[string]string)
	for _, v := range h.Environment() {
		values[v.Name] = v.Value
	}
	return values
}

func TestRestartKeepsState(t *testing.T) {
	dir := t.TempDir()
	h := start(t, localhub.Options{StateDir: dir})
	d := createDevice(t, h, "wind-1")
	before := environment(h)
	sendTelemetry(t, h, d, 3)
	closeHub(t, h)

	h = start(t, localhub.Options{StateDir: dir})
	if after := environment(h); after["IOTHUB_CONNECTION_STRING"] != before["IOTHUB_CONNECTION_STRING"] {
		t.Error("the keys of the policies changed")
	}
	sendTelemetry(t, h, d, 2) // with the key from before
	if bodies := receive(t, environment(h)["EVENTHUB_CONNECTION_STRING"], 5); len(bodies) != 5 {
		t.Errorf("events = %q", bodies)
	}
}

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
