package mosquitto

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/localhub/tlsca/devicecert"
)

// A module, and devices that have a certificate and no key, send telemetry; others' certificates are refused
// (protocol 4.1, 4.2, 1.5).
// Protocol 4.1.25.
func TestPublishByOtherProofs(t *testing.T) {
	program(t, "mosquitto_pub")
	authority := devicecert.Issue(t, "factory", nil)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	s := station.Start(t, func(o *localhub.Options) { o.DeviceCAFiles = []string{file} })
	s.Device("edge-1")
	own, signed := s.Thumbprinted("own-1"), s.Signed("signed-1", authority)
	for _, i := range []station.Identity{s.Module("edge-1", "filter"), own, signed} {
		as(t, s, i).publish("", "", "-q", "1", "-m", i.ClientID())
	}
	for _, e := range s.Events(3, 0) {
		from, _ := e.SystemProperties["iothub-connection-device-id"].(string)
		if module, ok := e.SystemProperties["iothub-connection-module-id"].(string); ok {
			from += "/" + module
		}
		if string(e.Body) != from {
			t.Errorf("%s sent %s", from, e.Body)
		}
	}
	own.Certificate = signed.Certificate
	if output, err := as(t, s, own).run("mosquitto_pub", "", "-t", "devices/own-1/messages/events/", "-q", "1", "-m", "x"); err == nil || !strings.Contains(output, "not authorised") {
		t.Errorf("another's certificate: %v %s", err, output)
	}
}

// What the hub had kept for the device comes with the subscription, and is settled by it (protocol 4.2, 4.3).
func TestSubscribeReceives(t *testing.T) {
	program(t, "mosquitto_sub")
	s := station.Start(t)
	d := newDevice(t, s, "mos-1")
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	for _, body := range []string{"one", "two"} {
		s.Send(send, &amqp.Message{
			Properties:            &amqp.MessageProperties{To: new("/devices/mos-1/messages/devicebound"), MessageID: body},
			ApplicationProperties: map[string]any{"level": "high low"},
			Data:                  [][]byte{[]byte(body)},
		})
	}
	output, err := d.run("mosquitto_sub", "", "-q", "1", "-C", "2", "-F", "%t %p", "-t", "devices/mos-1/messages/devicebound/#")
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for n, body := range []string{"one", "two"} {
		if len(lines) != 2 || !strings.Contains(lines[n], "%24.mid="+body) || !strings.Contains(lines[n], "level=high%20low") || !strings.HasSuffix(lines[n], " "+body) {
			t.Errorf("%q", output)
		}
	}
	s.Until("both settled", func() bool {
		identity, err := s.Service.Device(t.Context(), "mos-1")
		return err == nil && identity.C2DCount == 0
	})
}

// A report, and what a service desires (protocol 4.2, 4.3). The answers need a client that publishes and subscribes
// on one connection; those are paho's stories.
func TestTwin(t *testing.T) {
	program(t, "mosquitto_sub")
	s := station.Start(t)
	d := newDevice(t, s, "mos-1")
	if output, err := d.run("mosquitto_pub", "", "-q", "1", "-t", "$iothub/twin/PATCH/properties/reported/?$rid=1", "-m", `{"firmware":"1.0"}`); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	s.Until("the report is stored", func() bool {
		twin, err := s.Service.Twin(t.Context(), "mos-1")
		return err == nil && strings.Contains(string(twin.Reported), `"firmware":"1.0"`)
	})
	heard := make(chan string, 1)
	go func() {
		output, err := d.run("mosquitto_sub", "", "-C", "1", "-F", "%t %p", "-t", "$iothub/twin/PATCH/properties/desired/#")
		if err != nil {
			output += err.Error()
		}
		heard <- output
	}()
	var got string
	s.Until("a change is heard", func() bool { // those before the subscription are not
		_, err := s.Service.PatchTwin(t.Context(), "mos-1", hub.TwinUpdate{Desired: json.RawMessage(`{"interval":5}`)})
		select {
		case got = <-heard:
		default:
		}
		return err != nil || got != ""
	})
	if !strings.HasPrefix(got, "$iothub/twin/PATCH/properties/desired/?$version=") || !strings.Contains(got, `"interval":5`) {
		t.Errorf("heard %s", got)
	}
}

// A method waits for the device, reaches it, and fails when the device goes without an answer (protocol 2.7).
// Protocol 2.7.8.
func TestMethod(t *testing.T) {
	program(t, "mosquitto_sub")
	s := station.Start(t)
	d := newDevice(t, s, "mos-1")
	called := make(chan error, 1)
	go func() {
		_, err := s.Service.InvokeMethod(t.Context(), "mos-1", hub.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`), ConnectTimeout: 30 * time.Second})
		called <- err
	}()
	output, err := d.run("mosquitto_sub", "", "-C", "1", "-F", "%t %p", "-t", "$iothub/methods/POST/#")
	if err != nil || !strings.HasPrefix(output, "$iothub/methods/POST/reboot/?$rid=") || !strings.HasSuffix(strings.TrimSpace(output), ` {"delay":5}`) {
		t.Errorf("%v: %s", err, output)
	}
	var refused *hub.Error
	if err := <-called; !errors.As(err, &refused) || refused.Status != http.StatusNotFound || refused.Code != 404104 {
		t.Errorf("the call ends with %v", err)
	}
}
