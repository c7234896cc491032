package localhub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/fault"
)

// Protocol 9: a free hub takes 8,000 messages of half a kilobyte a day, and what
// is larger counts more than once, on all transports together.
// Protocol 9.2.
func TestDailyQuotaOfTheFreeTier(t *testing.T) {
	h := start(t, localhub.Options{Tier: fault.F1})
	d := createDevice(t, h, "wind-1")
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS}}
	t.Cleanup(web.CloseIdleConnections)
	token := deviceToken(t, d)
	send := func(size int) (int, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			"https://"+h.Target().HTTPSAddr+"/devices/wind-1/messages/events?api-version=2021-04-12", bytes.NewReader(make([]byte, size)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", token)
		answer, err := web.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, answer.Header.Get("iothub-errorcode")
	}
	for i := range 39 { // 7,800 messages
		if status, _ := send(100 << 10); status != http.StatusNoContent {
			t.Fatalf("message %d: %d", i, status)
		}
	}
	for i := range 100 { // 50 of one, 50 of two: 150
		if status, _ := send(512 + i%2); status != http.StatusNoContent {
			t.Fatalf("small message %d: %d", i, status)
		}
	}
	for i := range 49 { // up to 7,999
		if status, _ := send(1); status != http.StatusNoContent {
			t.Fatalf("tiny message %d: %d", i, status)
		}
	}
	if status, name := send(513); status != http.StatusForbidden || name != "IotHubQuotaExceeded" {
		t.Errorf("two that are one too many: %d %s", status, name)
	}
	if status, _ := send(512); status != http.StatusNoContent {
		t.Errorf("the last one: %d", status)
	}
	if status, name := send(1); status != http.StatusForbidden || name != "IotHubQuotaExceeded" {
		t.Errorf("one too many: %d %s", status, name)
	}

	c, lost := mqttDevice(t, h, d, "ssl://"+h.Target().MQTTAddr)
	if err := done(t, c.Connect()); err != nil {
		t.Fatal(err)
	}
	c.Publish("devices/wind-1/messages/events/", 1, false, "{}")
	select {
	case <-lost:
	case <-time.After(20 * time.Second):
		t.Error("MQTT: the connection was not closed")
	}
	link, err := telemetryLink(t, h, d, "plain")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := condition(sendOne(t, link)); !ok || got != goamqp.ErrCondResourceLimitExceeded {
		t.Errorf("AMQP: %s", got)
	}
	client := oneTry(t, h)
	var e *hub.Error
	if _, err := client.Twin(context.WithoutCancel(t.Context()), "wind-1"); !errors.As(err, &e) || e.Code != 403002 {
		t.Errorf("REST, a twin: %v", err)
	}
	if _, err := client.Device(t.Context(), "wind-1"); err != nil {
		t.Errorf("the registry counts no messages: %v", err)
	}
}
