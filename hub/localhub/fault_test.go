package localhub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	goamqp "github.com/Azure/go-amqp"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// setFaults is what a program does to make the hub fail: an HTTPS request.
func setFaults(t testing.TB, h *localhub.Hub, method, policy, body string) (int, []fault.State) {
	t.Helper()
	p, ok := h.Core().Policy(policy)
	if !ok {
		t.Fatal(policy)
	}
	target := h.Target()
	token := signed(t, "localhost", p.Primary, policy)
	request, err := http.NewRequestWithContext(t.Context(), method, "https://"+target.HTTPSAddr+"/$hubscope/faults", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	transport := &http.Transport{TLSClientConfig: target.TLS}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var state struct{ Rules []fault.State }
	if answer.StatusCode == http.StatusOK {
		if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
			t.Fatal(err)
		}
	}
	return answer.StatusCode, state.Rules
}

func signed(t testing.TB, resource string, key secret.Text, policy string) string {
	t.Helper()
	token, err := sas.IoTHub(resource, key, policy, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

func rule(t testing.TB, text string) fault.Rule {
	t.Helper()
	r, err := fault.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// oneTry is a service that does not try again.
func oneTry(t testing.TB, h *localhub.Hub) *hub.Client {
	t.Helper()
	client, err := hub.New(hub.Options{Target: h.Target(), Retry: hub.Retry{Tries: 1, ConnectionTries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestFaultsOverHTTPS(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	createDevice(t, h, "wind-1")

	if status, _ := setFaults(t, h, http.MethodPut, "service", `{"rules":[]}`); status != http.StatusUnauthorized {
		t.Errorf("status for another policy = %d", status)
	}
	for _, wrong := range []string{``, `[]`, `{"rules":[{"kind":"fire"}]}`, `{"rules":[{"kind":"drop","size":3}]}`, `{"rules":[{"kind":"drop"},{}]}`} {
		if status, _ := setFaults(t, h, http.MethodPut, "iothubowner", wrong); status != http.StatusBadRequest {
			t.Errorf("status for %q = %d", wrong, status)
		}
	}
	status, rules := setFaults(t, h, http.MethodPut, "iothubowner",
		`{"rules":[{"kind":"throttle","device":"wind-*","protocol":"rest","operation":"registry","retryAfter":"7s"}]}`)
	if status != http.StatusOK || len(rules) != 1 || rules[0].Hits != 0 {
		t.Fatalf("%d %+v", status, rules)
	}
	_, err := client.Device(t.Context(), "wind-1")
	var e *hub.Error
	if !errors.As(err, &e) || e.Code != 429001 || e.RetryAfter != 7*time.Second {
		t.Errorf("error = %+v", err)
	}
	if _, err := client.RegistryStatistics(t.Context()); err != nil {
		t.Errorf("out of scope: %v", err)
	}
	if _, rules := setFaults(t, h, http.MethodGet, "iothubowner", ""); len(rules) != 1 || rules[0].Hits != 1 {
		t.Errorf("%+v", rules)
	}
	if status, _ := setFaults(t, h, http.MethodDelete, "iothubowner", ""); status != http.StatusNoContent {
		t.Errorf("status of DELETE = %d", status)
	}
	if _, err := client.Device(t.Context(), "wind-1"); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestFaultsOfServices(t *testing.T) {
	for _, c := range []struct {
		rule string
		code int
	}{
		{"kind=quota,protocol=rest", 403002},
		{"kind=refuse,protocol=rest", 503001},
		{"kind=expire,protocol=rest", 401003},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, c.rule)}})
			_, err := oneTry(t, h).RegistryStatistics(t.Context())
			var e *hub.Error
			if !errors.As(err, &e) || e.Code != c.code {
				t.Errorf("error = %+v, want %d", err, c.code)
			}
		})
	}
}

func TestCutAnswer(t *testing.T) {
	h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, "kind=cut,operation=query,count=1")}})
	client := oneTry(t, h)
	_, err := client.Query(t.Context(), "SELECT * FROM devices", 10, "")
	var e *hub.Error
	if err == nil || errors.As(err, &e) {
		t.Errorf("error = %v, want one of the connection", err)
	}
	if _, err := client.Query(t.Context(), "SELECT * FROM devices", 10, ""); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

// A device loses its connection, comes back by itself and loses no message.
func TestDeviceFaults(t *testing.T) {
	for _, text := range []string{
		`{"kind":"drop","device":"wind-*","count":1}`,
		`{"kind":"throttle","protocol":"mqtt","operation":"telemetry","count":1}`,
		`{"kind":"cut","protocol":"mqtt","operation":"telemetry","count":1}`,
	} {
		t.Run(text, func(t *testing.T) {
			h := start(t, localhub.Options{})
			d := createDevice(t, h, "wind-1")
			lost := make(chan error, 16)
			target := h.Target()
			c, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{
				MQTTAddr: target.MQTTAddr, TLS: target.TLS, Backoff: device.Backoff{Min: time.Millisecond, LastingMin: time.Millisecond},
				OnState: func(s device.State) {
					if s.Phase == device.Reconnecting && s.Err != nil {
						select {
						case lost <- s.Err:
						default:
						}
					}
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
			if err := c.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			if status, _ := setFaults(t, h, http.MethodPut, "iothubowner", `{"rules":[`+text+`]}`); status != http.StatusOK {
				t.Fatal(status)
			}
			receipt, err := c.Send(device.Message{Body: []byte("{}")})
			if err != nil {
				t.Fatal(err)
			}
			<-receipt.Done()
			if err := receipt.Err(); err != nil {
				t.Error(err)
			}
			select {
			case <-lost:
			case <-t.Context().Done():
			}
			if _, rules := setFaults(t, h, http.MethodGet, "iothubowner", ""); len(rules) != 1 || rules[0].Hits != 1 || !rules[0].Over {
				t.Errorf("%+v", rules)
			}
		})
	}
}

func TestRefuseDevices(t *testing.T) {
	for _, text := range []string{"kind=refuse,protocol=mqtt", "kind=refuse,device=wind-1"} {
		h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, text)}})
		d := createDeviceNow(t, h, "wind-1")
		target := h.Target()
		c, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Connect(t.Context()); err == nil {
			t.Errorf("%s: it was let in", text)
		}
		_ = c.Close(t.Context())
	}
}

// createDeviceNow goes past REST, which the fault may concern.
func createDeviceNow(t testing.TB, h *localhub.Hub, id string) hub.Device {
	t.Helper()
	if status, _ := setFaults(t, h, http.MethodGet, "iothubowner", ""); status != http.StatusOK {
		t.Fatal(status)
	}
	_, before := setFaults(t, h, http.MethodGet, "iothubowner", "")
	setFaults(t, h, http.MethodDelete, "iothubowner", "")
	d := createDevice(t, h, id)
	var again bytes.Buffer
	rules := make([]fault.Rule, len(before))
	for i := range before {
		rules[i] = before[i].Rule
	}
	if err := json.NewEncoder(&again).Encode(map[string]any{"rules": rules}); err != nil {
		t.Fatal(err)
	}
	setFaults(t, h, http.MethodPut, "iothubowner", again.String())
	return d
}

// Protocol 5.1, 7.7: what AMQP peers are told.
func TestAMQPFaults(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")
	target := h.Target()
	conn, err := goamqp.Dial(t.Context(), "amqps://"+target.AMQPAddr, &goamqp.ConnOptions{
		HostName: "localhost", TLSConfig: target.TLS,
		SASLType: goamqp.SASLTypePlain("wind-1@sas.localhost", signed(t, "localhost/devices/wind-1", d.Auth.Primary, "")),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	session, err := conn.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := session.NewSender(t.Context(), "/devices/wind-1/messages/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	send := func() error { return sender.Send(t.Context(), goamqp.NewMessage([]byte("{}")), nil) }
	if err := send(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]goamqp.ErrCond{
		`{"kind":"throttle","operation":"telemetry"}`: "com.microsoft:device-container-throttled",
		`{"kind":"quota","operation":"telemetry"}`:    goamqp.ErrCondResourceLimitExceeded,
	} {
		setFaults(t, h, http.MethodPut, "iothubowner", `{"rules":[`+text+`]}`)
		var refused *goamqp.Error
		if err := send(); !errors.As(err, &refused) || refused.Condition != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	setFaults(t, h, http.MethodDelete, "iothubowner", "")
	if err := send(); err != nil {
		t.Errorf("after the end: %v", err)
	}
	setFaults(t, h, http.MethodPut, "iothubowner", `{"rules":[{"kind":"drop","protocol":"amqp"}]}`)
	if err := send(); err == nil {
		t.Error("the device was not dropped")
	}
}

func TestBusyEventReader(t *testing.T) {
	h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, "kind=throttle,operation=events,count=2")}})
	d := createDevice(t, h, "wind-1")
	sendTelemetry(t, h, d, 1)
	client, err := azeventhubs.NewConsumerClientFromConnectionString(environment(h)["EVENTHUB_CONNECTION_STRING"], "", azeventhubs.DefaultConsumerGroup,
		&azeventhubs.ConsumerClientOptions{RetryOptions: azeventhubs.RetryOptions{RetryDelay: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(context.WithoutCancel(t.Context())) }()
	partition := ""
	for _, id := range []string{"0", "1", "2", "3"} {
		state, err := client.GetPartitionProperties(t.Context(), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !state.IsEmpty {
			partition = id
		}
	}
	earliest := true
	p, err := client.NewPartitionClient(partition, &azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: &earliest}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close(context.WithoutCancel(t.Context())) }()
	events, err := p.ReceiveEvents(t.Context(), 1, nil)
	if err != nil || len(events) != 1 {
		t.Errorf("%d events, %v: a busy hub is asked again", len(events), err)
	}
	if _, rules := setFaults(t, h, http.MethodGet, "iothubowner", ""); rules[0].Hits != 2 {
		t.Errorf("%+v", rules)
	}
}

// A token that ends early ends its session with it.
func TestExpireEarly(t *testing.T) {
	h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, "kind=expire,protocol=mqtt,after=50ms,count=1")}})
	d := createDevice(t, h, "wind-1")
	target := h.Target()
	lost := make(chan struct{}, 16)
	c, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{
		MQTTAddr: target.MQTTAddr, TLS: target.TLS,
		OnState: func(s device.State) {
			if s.Phase == device.Reconnecting {
				lost <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lost:
	case <-time.After(10 * time.Second):
		t.Error("the session outlives its token")
	}
}

func TestTierOfHub(t *testing.T) {
	h := start(t, localhub.Options{Tier: fault.S1})
	client := oneTry(t, h)
	for range 101 {
		if _, err := client.Device(t.Context(), "nobody"); errors.Is(err, hub.ErrThrottled) {
			return
		}
	}
	t.Error("101 registry operations in a moment were not throttled")
}

// Whoever listens without a word is turned away before TLS.
func TestRefuseAtTheDoor(t *testing.T) {
	h := start(t, localhub.Options{Faults: []fault.Rule{rule(t, "kind=refuse,protocol=amqp")}})
	c, err := net.Dial("tcp", h.Target().AMQPAddr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	var timeout net.Error
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("Read = %v, want the end", err)
	}
}
