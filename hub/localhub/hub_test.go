package localhub_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub"
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

// Connections that say nothing, or stop in the middle, do not hold up Close.
func TestCloseWithSilentConnections(t *testing.T) {
	h := start(t, localhub.Options{})
	values := environment(h)
	for _, name := range []string{"HUBSCOPE_HTTPS_PORT", "HUBSCOPE_MQTT_PORT", "HUBSCOPE_AMQP_PORT", "HUBSCOPE_AMQP_PLAIN_PORT"} {
		for _, first := range []string{"", "\x16\x03\x01\x02", "AMQP\x00\x01"} {
			c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", values[name]))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := c.Write([]byte(first)); err != nil {
				t.Fatal(err)
			}
		}
		// One that is through its TLS handshake, and then silent.
		if name != "HUBSCOPE_AMQP_PLAIN_PORT" {
			c, err := tls.Dial("tcp", net.JoinHostPort("localhost", values[name]), h.Target().TLS)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
	}
	closeHub(t, h)
}
