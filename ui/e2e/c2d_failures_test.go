//go:build unix

package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
	"hubscope/hub/sas"
)

// taker is a device that takes its messages over HTTPS, where it can reject them.
type taker struct {
	t      *testing.T
	w      watched
	id     string
	client *http.Client
	token  string
}

// opensMessages makes gate-1 and opens its section C2D.
func (w watched) opensMessages(t *testing.T) taker {
	t.Helper()
	d, err := w.client.CreateDevice(t.Context(), service.Device{DeviceID: "gate-1"})
	if err != nil {
		t.Fatal(err)
	}
	w.See("▸ gate-1").Press("enter", "[", "[").See("No messages sent yet.", "0 of 50 wait")
	target, _ := serviceToken(t, w.hub)
	token, err := sas.IoTHub("localhost/devices/gate-1", d.Auth.Primary, "", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: target.TLS.Clone()}
	t.Cleanup(transport.CloseIdleConnections)
	return taker{t, w, "gate-1", &http.Client{Transport: transport}, token.Reveal()}
}

func (d taker) call(method, path string, want int) (body, lock string) {
	d.t.Helper()
	at := "https://localhost:" + d.w.hub.env["HUBSCOPE_HTTPS_PORT"] + "/devices/" + d.id + "/messages/devicebound" + path
	r, err := http.NewRequestWithContext(d.t.Context(), method, at, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", d.token)
	answer, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		d.t.Fatalf("%s %s: %s, %v, %s", method, path, answer.Status, err, text)
	}
	return string(text), strings.Trim(answer.Header.Get("ETag"), `"`)
}

// TestAFileIsRejected: the body of a file arrives as it is, and the device's no comes back.
func TestAFileIsRejected(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	device := w.opensMessages(t)
	path := filepath.Join(t.TempDir(), "valve.bin")
	w.Press("e").See("▸Body").Press("shift+tab", "left").See("‹ file ›").Press("tab").Type(path).See("✗ there is no such file").Press("ctrl+s").See("not sent: the file of the body")
	want := "\x00\x01 open\xff"
	if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("esc").NotSee("▸  file").Press("e").See("▸  file", "8 bytes").Press("ctrl+s").See("1 of 50 wait", "… queued", "00 01 20 6f")
	body, lock := device.call(http.MethodGet, "?api-version=2021-04-12", http.StatusOK)
	if body != want {
		t.Errorf("the device got %q", body)
	}
	device.call(http.MethodDelete, "/"+lock+"?api-version=2021-04-12&reject", http.StatusNoContent)
	w.See("✗ rejected", "was rejected by the device", "0 of 50 wait").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestAMessageIsLate: a hub that is throttled, or has no quota left, takes it the next time, and nobody takes it in time.
func TestAMessageIsLate(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.opensMessages(t)

	// 429: what was typed stays.
	w.fault(t, service.Fault{Kind: service.FaultThrottle, Operation: "c2d", Count: 1})
	w.Press("e").See("▸Body").Type("open").Press("tab", "tab", "tab", "tab", "tab").Type("2s").See("Given up at").Press("ctrl+s")
	w.See("✗ throttled", "too many requests", "wait a moment, then r sends it again", "Tracking id", "0 of 50 wait")
	w.Press("J").See("Journal", "was not sent").Press("esc").NotSee("Journal")

	// 403: the quota of the day.
	w.fault(t, service.Fault{Kind: service.FaultQuota, Operation: "c2d", Count: 1})
	w.Press("r").See("the message quota of the day is used up", "0 of 50 wait")

	// Expired: nobody was there to take it.
	w.Press("r").See("… queued").See("✗ expired", "the device did not take it in time", "0 of 50 wait").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestAMessageIsRefused: what cannot be sent is said while it is typed, and what the hub does not take when it says so.
func TestAMessageIsRefused(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)))
	w.opensMessages(t)

	// Not JSON, then too large: neither is sent.
	w.Press("e").See("▸Body").Press("shift+tab", "right").See("‹ JSON ›").Press("tab").Type(`{"open": tru`).See("✗ line 1, column 12:", "this is no value").Press("ctrl+s").See("▸Body")
	path := filepath.Join(t.TempDir(), "valve.bin")
	if err := os.WriteFile(path, make([]byte, 70_000), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("shift+tab", "right").See("‹ file ›").Press("tab").Type(path).See("✗ over 64 kB").Press("ctrl+s").See("not sent: the file of the body")
	if err := os.WriteFile(path, []byte("open"), 0o600); err != nil {
		t.Fatal(err)
	}

	// A hub that cuts the connection, and one that hangs: it may have the message.
	w.faults(t, service.Fault{Kind: service.FaultCut, Operation: "c2d"})
	w.Press("ctrl+s").See("? unknown", "was lost", "the hub may have it", "1 of 50 wait")
	w.faults(t, service.Fault{Kind: service.FaultLatency, Operation: "c2d", Delay: time.Minute})
	w.Press("r").See("? unknown", "the hub did not answer in")
	w.faults(t)
	w.Press("r").See("… queued").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestMessagesWithoutAHub: the connection is lost and comes back, and a device that is gone is said to be.
func TestMessagesWithoutAHub(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	running := hub(t, u)
	w := watch(t, running)
	w.opensMessages(t)
	w.Press("e").See("▸Body").Type("open").Press("ctrl+s").See("1 of 50 wait", "… queued")

	// dropped: what was known of the queue stays, with its age.
	running.stop()
	w.See("✗ not counted:", "1 of 50, ")
	w.Press("r").See("✗ not sent", "r sends it again")
	same := []string{
		"hub", "--https-port", running.env["HUBSCOPE_HTTPS_PORT"], "--mqtt-port", running.env["HUBSCOPE_MQTT_PORT"],
		"--amqp-port", running.env["HUBSCOPE_AMQP_PORT"], "--amqp-plain-port", running.env["HUBSCOPE_AMQP_PLAIN_PORT"],
	}
	again := hubWith(t, u, same...)
	w.See("1 of 50 wait").NotSee("✗ not counted").Press("r").See("2 of 50 wait")

	// 404: somebody else has deleted the device.
	if err := w.client.DeleteDevice(t.Context(), "gate-1", ""); err != nil {
		t.Fatal(err)
	}
	w.Press("r").See("✗ no device", "there is no such device", "esc, then r reads the list again")

	// 401: the keys of the policy were made anew.
	again.stop()
	if err := os.Remove(filepath.Join(u.stateDir(), "hub.db")); err != nil {
		t.Fatal(err)
	}
	other := hubWith(t, u, same...)
	w.See(failureSays["401"]).Press("r").See("✗ refused", failureSays["401"]).Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	other.stop()
}
