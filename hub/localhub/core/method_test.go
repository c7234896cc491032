package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// answering connects a device that answers every method by fn.
func answering(t testing.TB, h *Hub, id string, fn func(MethodRequest) (int, string)) *Session {
	t.Helper()
	s := connect(t, h, id, nil)
	s.OnMethod(func(r MethodRequest) {
		status, payload := fn(r)
		if err := s.AnswerMethod(r.RequestID, status, []byte(payload)); err != nil {
			t.Error(err)
		}
	})
	return s
}

// protocol 2.7: the device's status and payload, whatever they are.
// Protocol 2.7.1, 2.7.2.
func TestInvokeMethod(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	answering(t, h, "d", func(r MethodRequest) (int, string) {
		return 418, fmt.Sprintf(`{"name":%q,"payload":%s}`, r.Name, r.Payload)
	})
	for payload, want := range map[string]string{
		``:            `{"name":"reboot","payload":null}`,
		`{"delay":5}`: `{"name":"reboot","payload":{"delay":5}}`,
	} {
		r, err := h.InvokeMethod(t.Context(), ID{Device: "d"}, MethodCall{Name: "reboot", Payload: json.RawMessage(payload)})
		if err != nil || r.Status != 418 || string(r.Payload) != want {
			t.Errorf("result = %d %s, %v", r.Status, r.Payload, err)
		}
	}
}

// Protocol 2.7.3, 2.7.4, 2.7.10.
func TestInvokeMethodRefused(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	answering(t, h, "d", func(r MethodRequest) (int, string) {
		switch r.Name {
		case "garbage":
			return 200, `{"half":`
		case "large":
			return 200, `"` + strings.Repeat("x", maxMethodPayload) + `"`
		}
		return 200, ""
	})
	d := ID{Device: "d"}
	for _, c := range []struct {
		name string
		id   ID
		call MethodCall
		code int
	}{
		{"no such device", ID{Device: "x"}, MethodCall{Name: "m"}, CodeDeviceNotFound},
		{"no such module", ID{Device: "d", Module: "m"}, MethodCall{Name: "m"}, CodeModuleNotFound},
		{"no name", d, MethodCall{}, CodeArgumentInvalid},
		{"no JSON", d, MethodCall{Name: "m", Payload: json.RawMessage(`{`)}, CodeArgumentInvalid},
		{"large payload", d, MethodCall{Name: "m", Payload: json.RawMessage(`"` + strings.Repeat("x", maxMethodPayload) + `"`)}, CodeMessageTooLarge},
		{"short response time-out", d, MethodCall{Name: "m", ResponseTimeout: time.Second}, CodeArgumentInvalid},
		{"long response time-out", d, MethodCall{Name: "m", ResponseTimeout: 301 * time.Second}, CodeArgumentInvalid},
		{"long connect time-out", d, MethodCall{Name: "m", ConnectTimeout: 301 * time.Second}, CodeArgumentInvalid},
		{"answer that is no JSON", d, MethodCall{Name: "garbage"}, CodeBadDeviceAnswer},
		{"large answer", d, MethodCall{Name: "large"}, CodeMessageTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.InvokeMethod(t.Context(), c.id, c.call)
			wantCode(t, err, c.code)
		})
	}
	r, err := h.InvokeMethod(t.Context(), d, MethodCall{Name: "m"})
	if err != nil || string(r.Payload) != "null" {
		t.Errorf("an empty answer is null: %s, %v", r.Payload, err)
	}
}

// wantInfo checks the time-out that the service puts in the error (protocol
// 2.3).
func wantInfo(t *testing.T, err error, timeout string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Info["timeout"] != timeout {
		t.Errorf("error = %+v, want info.timeout %s", e, timeout)
	}
}

// protocol 2.7: a device that has not asked for methods is not online.
// Protocol 2.3.4, 2.7.5.
func TestMethodNotOnline(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	connect(t, h, "d", nil)
	_, err := h.InvokeMethod(t.Context(), ID{Device: "d"}, MethodCall{Name: "m"})
	wantCode(t, err, CodeDeviceNotOnline)
	wantInfo(t, err, "00:00:00")
}

// Protocol 2.3.4, 2.7.5, 2.7.7.
func TestMethodTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := bareSession()
		m := &s.hub.methods
		p, err := m.begin(ID{}, "m")
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err = m.waitOnline(t.Context(), p, 65*time.Second)
		wantCode(t, err, CodeDeviceNotOnline)
		wantInfo(t, err, "00:01:05")
		if waited := time.Since(start); waited != 65*time.Second {
			t.Errorf("waited %v for the device to connect", waited)
		}
		go func() {
			time.Sleep(10 * time.Second)
			s.OnMethod(func(MethodRequest) {})
		}()
		if err := m.waitOnline(t.Context(), p, time.Minute); err != nil {
			t.Errorf("the device came online in time: %v", err)
		}
		start = time.Now()
		_, err = p.wait(t.Context(), 5*time.Second)
		wantCode(t, err, CodeGatewayTimeout)
		if waited := time.Since(start); waited != 5*time.Second {
			t.Errorf("waited %v for the answer", waited)
		}
		m.end(p)
		wantCode(t, s.AnswerMethod(p.requestID, 200, nil), CodeNotFound)
	})
}

// A device that comes while the service waits gets the call.
// Protocol 2.7.6.
func TestMethodWaitsForDevice(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	result := make(chan error, 1)
	go func() {
		_, err := h.InvokeMethod(context.Background(), ID{Device: "d"}, MethodCall{Name: "m", ConnectTimeout: time.Minute})
		result <- err
	}()
	s := connect(t, h, "d", nil)
	s.OnMethod(func(r MethodRequest) { _ = s.AnswerMethod(r.RequestID, 200, nil) })
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// protocol 2.7: device gone while waiting.
// Protocol 2.7.8.
func TestMethodSessionEnds(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *Hub, *Session){
		"closed":     func(_ *testing.T, _ *Hub, s *Session) { s.Close() },
		"taken over": func(t *testing.T, h *Hub, _ *Session) { connect(t, h, "d", nil) },
		"deleted": func(t *testing.T, h *Hub, _ *Session) {
			if err := h.DeleteDevice(t.Context(), "d", "*"); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHub(t, Options{})
			createDevice(t, h, "d")
			s := connect(t, h, "d", nil)
			called := make(chan struct{})
			s.OnMethod(func(MethodRequest) { close(called) })
			result := make(chan error, 1)
			go func() {
				_, err := h.InvokeMethod(context.Background(), ID{Device: "d"}, MethodCall{Name: "m"})
				result <- err
			}()
			<-called
			end(t, h, s)
			err := <-result
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeClosedRemotely && (name != "deleted" || e.Code != CodeDeviceNotFound) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Only the session that got a call may answer it, once.
func TestMethodAnswers(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	createDevice(t, h, "other")
	s, other := connect(t, h, "d", nil), connect(t, h, "other", nil)
	requests := make(chan MethodRequest, 1)
	s.OnMethod(func(r MethodRequest) { requests <- r })
	result := make(chan MethodResult, 1)
	go func() {
		r, err := h.InvokeMethod(context.Background(), ID{Device: "d"}, MethodCall{Name: "m"})
		if err != nil {
			t.Error(err)
		}
		result <- r
	}()
	r := <-requests
	s.OnMethod(nil) // calls it has got may still be answered
	for _, id := range []string{"", "zz", "0" + r.RequestID, "ffff"} {
		wantCode(t, s.AnswerMethod(id, 200, nil), CodeNotFound)
	}
	wantCode(t, other.AnswerMethod(r.RequestID, 500, nil), CodeNotFound)
	if err := s.AnswerMethod(r.RequestID, 201, []byte(`1`)); err != nil {
		t.Error(err)
	}
	if got := <-result; got.Status != 201 || string(got.Payload) != "1" {
		t.Errorf("result = %+v", got)
	}
	wantCode(t, s.AnswerMethod(r.RequestID, 202, nil), CodeNotFound)
}

// What is under way is bounded, and nothing stays behind.
func TestMethodsBounded(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s := connect(t, h, "d", nil)
	var got sync.WaitGroup
	got.Add(maxMethodsOfDevice)
	s.OnMethod(func(MethodRequest) { got.Done() })
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range maxMethodsOfDevice {
		calls.Go(func() { _, _ = h.InvokeMethod(ctx, ID{Device: "d"}, MethodCall{Name: "m"}) })
	}
	got.Wait()
	_, err := h.InvokeMethod(t.Context(), ID{Device: "d"}, MethodCall{Name: "m"})
	wantCode(t, err, CodeTooManyMethods)
	cancel()
	calls.Wait()
	if len(h.methods.pending)+len(h.methods.of) != 0 {
		t.Errorf("%d calls left", len(h.methods.pending))
	}
	s.Close()
	if len(h.methods.online) != 0 {
		t.Error("a closed session is still online")
	}
}

// BenchmarkMethod is the round trip through the core with 1,000 devices online;
// its reference is one call over a pair of channels.
func BenchmarkMethod(b *testing.B) {
	h := openHub(b, Options{})
	const devices = 1000
	for i := range devices {
		id := fmt.Sprint("d", i)
		createDevice(b, h, id)
		answering(b, h, id, func(MethodRequest) (int, string) { return 200, `{"a":1}` })
	}
	var reference time.Duration
	ask, answer := make(chan int), make(chan int)
	go func() {
		for n := range ask {
			answer <- n
		}
	}()
	start := time.Now()
	for range 10_000 {
		ask <- 1
		<-answer
	}
	reference = time.Since(start) / 10_000
	close(ask)
	for i := 0; b.Loop(); i++ {
		if _, err := h.InvokeMethod(b.Context(), ID{Device: fmt.Sprint("d", i%devices)}, MethodCall{Name: "m"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(reference), "channel-round-trips")
}
