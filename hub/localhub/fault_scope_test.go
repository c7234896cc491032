package localhub_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/localhub"
)

// serviceConn is a service that shows its token in the SASL exchange.
func serviceConn(t *testing.T, h *localhub.Hub) *goamqp.Conn {
	t.Helper()
	policy, _ := h.Core().Policy("service")
	conn, err := goamqp.Dial(t.Context(), "amqps://"+h.Target().AMQPAddr, &goamqp.ConnOptions{
		HostName: "localhost", TLSConfig: h.Target().TLS,
		SASLType: goamqp.SASLTypePlain("service@sas.root.localhost", signed(t, "localhost", policy.Primary, "service")),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// sendC2D is one message from a service over AMQP (protocol 6.3).
func sendC2D(t *testing.T, h *localhub.Hub, device string) error {
	t.Helper()
	session, err := serviceConn(t, h).NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := session.NewSender(t.Context(), "/messages/devicebound", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := goamqp.NewMessage([]byte("x"))
	to := "/devices/" + device + "/messages/devicebound"
	m.Properties = &goamqp.MessageProperties{To: &to}
	return sender.Send(t.Context(), m, nil)
}

// Protocol 6.3, 9: what a service is told that sends to a device.
func TestC2DFaults(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	createDevice(t, h, "wind-1")
	createDevice(t, h, "pump-1")
	for _, c := range []struct {
		fault hub.Fault
		want  goamqp.ErrCond // empty: the connection is lost
	}{
		{hub.Fault{Kind: hub.FaultThrottle}, "com.microsoft:device-container-throttled"},
		{hub.Fault{Kind: hub.FaultQuota}, goamqp.ErrCondResourceLimitExceeded},
		{hub.Fault{Kind: hub.FaultCut}, ""},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			c.fault.Device, c.fault.Protocol, c.fault.Operation = "wind-*", "amqp", "c2d"
			if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
				t.Fatal(err)
			}
			var refused *goamqp.Error
			err := sendC2D(t, h, "wind-1")
			if got := errors.As(err, &refused); err == nil || got != (c.want != "") || got && refused.Condition != c.want {
				t.Errorf("error = %v, want %q", err, c.want)
			}
			if err := sendC2D(t, h, "pump-1"); err != nil {
				t.Errorf("out of scope: %v", err)
			}
			if set, err := client.Faults(t.Context()); err != nil || set[0].Hits != 1 {
				t.Errorf("%+v, %v", set, err)
			}
		})
	}
}

// Protocol 6.1: what a service's token allowed ends with it.
func TestExpireOfServices(t *testing.T) {
	h := start(t, localhub.Options{})
	if _, err := oneTry(t, h).SetFaults(t.Context(), hub.Fault{Kind: hub.FaultExpire, Operation: "connect", Protocol: "amqp", After: 100 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	conn := serviceConn(t, h)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case <-conn.Done():
	case <-ctx.Done():
		t.Fatal("the connection outlives its token")
	}
	var ended *goamqp.ConnError
	if err := conn.Err(); !errors.As(err, &ended) || ended.RemoteErr == nil || ended.RemoteErr.Condition != goamqp.ErrCondUnauthorizedAccess {
		t.Errorf("it ended with %v", conn.Err())
	}
}

// Protocol 2.3, 5.2: what devices over HTTPS are told.
func TestHTTPSDeviceFaults(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	d := createDevice(t, h, "wind-1")
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS, DisableKeepAlives: true}} // a client repeats what fails on an old connection
	t.Cleanup(web.CloseIdleConnections)
	call := func(method, path string) (int, string, time.Duration, error) {
		request, err := http.NewRequestWithContext(t.Context(), method, "https://"+h.Target().HTTPSAddr+path+"?api-version=2021-04-12", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", signed(t, "localhost/devices/wind-1", d.Auth.Primary, ""))
		began := time.Now()
		answer, err := web.Do(request)
		if err != nil {
			return 0, "", time.Since(began), err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, answer.Header.Get("iothub-errorcode"), time.Since(began), err
	}
	for _, route := range []struct{ operation, method, path string }{
		{"telemetry", http.MethodPost, "/devices/wind-1/messages/events"},
		{"c2d-receive", http.MethodGet, "/devices/wind-1/messages/devicebound"},
	} {
		for _, c := range []struct {
			fault  hub.Fault
			status int // 0: the connection is lost
			name   string
		}{
			{hub.Fault{Kind: hub.FaultThrottle}, 429, "ThrottlingException"},
			{hub.Fault{Kind: hub.FaultQuota}, 403, "IotHubQuotaExceeded"},
			{hub.Fault{Kind: hub.FaultRefuse}, 503, "ServiceUnavailable"},
			{hub.Fault{Kind: hub.FaultExpire}, 401, "IotHubUnauthorized"},
			{hub.Fault{Kind: hub.FaultCut}, 0, ""},
			{hub.Fault{Kind: hub.FaultLatency, Delay: 50 * time.Millisecond}, 204, ""},
			{hub.Fault{Kind: hub.FaultDrop}, 204, ""}, // a request is no session
		} {
			t.Run(route.operation+"/"+string(c.fault.Kind), func(t *testing.T) {
				c.fault.Device, c.fault.Protocol, c.fault.Operation, c.fault.Count = "wind-?", "https", route.operation, 1
				if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
					t.Fatal(err)
				}
				status, name, took, err := call(route.method, route.path)
				if status != c.status || name != c.name || (err != nil) != (c.status == 0) {
					t.Errorf("%d %q %v, want %d %q", status, name, err, c.status, c.name)
				}
				if c.fault.Kind == hub.FaultLatency && took < c.fault.Delay {
					t.Errorf("it took %s", took)
				}
				if c.fault.Kind == hub.FaultDrop {
					return
				}
				if status, _, _, err := call(route.method, route.path); status != 204 || err != nil {
					t.Errorf("after the end: %d %v", status, err)
				}
			})
		}
	}
}
