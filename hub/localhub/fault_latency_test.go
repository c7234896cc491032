package localhub_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/secret"
)

// Protocol 9: what waits, and what does not, on MQTT by either carrier and on REST.
func TestLatency(t *testing.T) {
	const delay = 200 * time.Millisecond
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	d := createDevice(t, h, "wind-1")
	timed := func(what string, slow bool, act func() error) {
		t.Helper()
		began := time.Now()
		err := act()
		if took := time.Since(began); err != nil || slow && took < delay {
			t.Errorf("%s: %v after %s", what, err, took)
		}
	}
	set := func(f hub.Fault) {
		t.Helper()
		f.Kind, f.Delay = hub.FaultLatency, delay
		if _, err := client.SetFaults(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	hits := func(want int64) {
		t.Helper()
		if set, err := client.Faults(t.Context()); err != nil || set[0].Hits != want {
			t.Errorf("%+v, %v: want %d hits", set, err, want)
		}
	}

	set(hub.Fault{Protocol: "rest", Operation: "registry"})
	timed("registry", true, func() error { _, err := client.Device(t.Context(), "wind-1"); return err })
	timed("statistics", false, func() error { _, err := client.ServiceStatistics(t.Context()); return err })
	set(hub.Fault{Protocol: "rest", Operation: "twin-read", Device: "wind-*"})
	timed("twin", true, func() error { _, err := client.Twin(t.Context(), "wind-1"); return err })
	hits(1)

	for carrier, broker := range map[string]string{"ws": socketURL(h, "/$iothub/websocket"), "plain": "ssl://" + h.Target().MQTTAddr} {
		set(hub.Fault{Protocol: "mqtt", Operation: "connect"})
		c, _ := mqttDevice(t, h, d, broker)
		timed(carrier+" connect", true, func() error { return done(t, c.Connect()) })
		hits(1)
		set(hub.Fault{Protocol: "mqtt", Operation: "telemetry"})
		publish := func() error { return done(t, c.Publish("devices/wind-1/messages/events/", 1, false, "{}")) }
		timed(carrier+" telemetry", true, publish)
		hits(1)
		set(hub.Fault{Protocol: "amqp"})
		timed(carrier+" telemetry out of scope", false, publish)
		hits(0)
		c.Disconnect(50)
	}
}

// Protocol 1.4, 4.1, 5.1: who is not let in is told so, and neither counts as met
// by a fault nor takes from a tier.
func TestWhoIsNotKnownMeetsNoFault(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")
	wrong := d
	wrong.Auth.Primary = secret.New("d3JvbmcgZW5vdWdoIGZvciBhbnlib2R5IGF0IGFsbCE=")
	client := oneTry(t, h)
	refuse := hub.Fault{Kind: hub.FaultRefuse, Device: "*", Operation: "connect"}
	throttle := hub.Fault{Kind: hub.FaultThrottle}
	if _, err := client.SetFaults(t.Context(), refuse, throttle); err != nil {
		t.Fatal(err)
	}

	for _, broker := range []string{socketURL(h, "/$iothub/websocket"), "ssl://" + h.Target().MQTTAddr} {
		c, _ := mqttDevice(t, h, wrong, broker)
		if err := done(t, c.Connect()); !errors.Is(err, packets.ErrorRefusedNotAuthorised) {
			t.Errorf("MQTT: %v", err)
		}
	}
	for _, carrier := range carriers {
		var refused *goamqp.Error
		if _, err := telemetryLink(t, h, wrong, carrier); err == nil || errors.As(err, &refused) && refused.Condition != goamqp.ErrCondUnauthorizedAccess {
			t.Errorf("AMQP, %s: %v", carrier, err)
		}
	}
	for _, path := range []string{"/devices/wind-1/messages/events", "/devices/wind-1/messages/devicebound"} {
		method := map[bool]string{true: http.MethodPost, false: http.MethodGet}[path[len(path)-6:] == "events"]
		if status := statusOf(t, h, method, path, deviceToken(t, wrong)); status != http.StatusUnauthorized {
			t.Errorf("HTTPS, %s: %d", path, status)
		}
	}
	policy, _ := h.Core().Policy("device")
	if status := statusOf(t, h, http.MethodGet, "/devices/wind-1", signed(t, "localhost", policy.Primary, "device")); status != http.StatusUnauthorized {
		t.Errorf("REST: %d", status)
	}
	set, err := client.Faults(context.WithoutCancel(t.Context()))
	if err != nil || set[0].Hits != 0 || set[1].Hits != 0 {
		t.Errorf("%+v, %v", set, err)
	}
}

func statusOf(t *testing.T, h *localhub.Hub, method, path, token string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "https://"+h.Target().HTTPSAddr+path+"?api-version=2021-04-12", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	transport := &http.Transport{TLSClientConfig: h.Target().TLS, DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
