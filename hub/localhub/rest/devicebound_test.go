package rest_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/core"
)

// queue sends a message as the service does.
func (f *fixture) queue(t testing.TB, id core.ID, m core.C2DMessage) {
	t.Helper()
	if err := f.hub.SendC2D(t.Context(), id, m); err != nil {
		t.Fatal(err)
	}
}

// device asks as the device does.
func (f *fixture) device(t testing.TB, method, path string) response {
	t.Helper()
	return f.do(t, request{method: method, path: path, token: f.deviceToken(t, core.ID{Device: "d"})})
}

// lock receives a message and gives its lock token.
func (f *fixture) lock(t testing.TB) (got response, token string) {
	t.Helper()
	got = f.device(t, http.MethodGet, "/devices/d/messages/devicebound")
	if got.status != http.StatusOK {
		t.Fatalf("receive: %d %s", got.status, got.body)
	}
	return got, strings.Trim(got.header.Get("ETag"), `"`)
}

// Protocol 5.2: a device may ask for a shorter or longer lock.
// Protocol 5.2.5.
func TestLockTimeoutOverHTTPS(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	id := core.ID{Device: "d"}
	f.queue(t, id, core.C2DMessage{Body: []byte("again")})
	receive := func(seconds string) response {
		return f.do(t, request{
			method: http.MethodGet, path: "/devices/d/messages/devicebound", token: f.deviceToken(t, id),
			header: http.Header{"Iothub-Messagelocktimeout": {seconds}},
		})
	}
	if got := receive("1"); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	status := http.StatusNoContent // until the lock of one second has run out
	for deadline := time.Now().Add(time.Minute); status == http.StatusNoContent && time.Now().Before(deadline); {
		status = receive("300").status
	}
	if status != http.StatusOK {
		t.Errorf("after the lock: %d", status)
	}
	for _, noTime := range []string{"0", "-1", "301", "x", ""} {
		if got := receive(noTime); got.status != http.StatusNoContent {
			t.Errorf("%q: %d, a message that is locked", noTime, got.status)
		}
	}
}

// Protocol 5.2: what a device receives over HTTPS, header for header.
// Protocol 5.2.3.
func TestReceiveOverHTTPS(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	if got := f.device(t, http.MethodGet, "/devices/d/messages/devicebound"); got.status != http.StatusNoContent {
		t.Fatalf("empty queue: %d %s", got.status, got.body)
	}
	expiry := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	f.queue(t, core.ID{Device: "d"}, core.C2DMessage{
		MessageID: "m-1", CorrelationID: "c-1", UserID: []byte("u"), Expiry: expiry, Ack: core.AckFull,
		ContentType: "text/plain", ContentEncoding: "utf-8",
		Properties: []core.Property{{Name: "alertLevel", Value: "high"}}, Body: []byte("\x00\xffhello"),
	})
	got, token := f.lock(t)
	if got.body != "\x00\xffhello" || len(token) != 36 {
		t.Errorf("body %q, lock token %q", got.body, token)
	}
	for name, want := range map[string]string{
		"iothub-messageid": "m-1", "iothub-correlationid": "c-1", "iothub-userid": "u", "iothub-to": "/devices/d/messages/devicebound",
		"iothub-ack": "full", "iothub-contenttype": "text/plain", "iothub-contentencoding": "utf-8", "iothub-deliverycount": "0",
		"iothub-app-alertlevel": "high",
	} {
		if have := got.header.Get(name); have != want {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
	if n, err := strconv.Atoi(got.header.Get("iothub-sequencenumber")); err != nil || n < 0 {
		t.Errorf("sequence number %q", got.header.Get("iothub-sequencenumber"))
	}
	for name, want := range map[string]time.Time{"iothub-expiry": expiry, "iothub-enqueuedtime": time.Now()} {
		if have, err := time.Parse(time.RFC3339Nano, got.header.Get(name)); err != nil || have.Sub(want).Abs() > time.Minute {
			t.Errorf("%s: %q, %v", name, got.header.Get(name), err)
		}
	}
	if got := f.device(t, http.MethodGet, "/devices/d/messages/devicebound"); got.status != http.StatusNoContent {
		t.Errorf("a locked message is given again: %d", got.status)
	}
}

// Protocol 5.2, 6.4: complete, reject, abandon, and the feedback that follows.
// Protocol 2.1.5, 5.2.4.
func TestSettleOverHTTPS(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	id := core.ID{Device: "d"}
	for _, name := range []string{"completed", "rejected"} {
		f.queue(t, id, core.C2DMessage{MessageID: name, Ack: core.AckFull})
	}
	const queue = "/devices/d/messages/devicebound/"
	_, token := f.lock(t)
	if got := f.device(t, http.MethodPost, queue+token+"/abandon"); got.status != http.StatusNoContent {
		t.Fatalf("abandon: %d %s", got.status, got.body)
	}
	again, token := f.lock(t)
	if again.header.Get("iothub-messageid") != "completed" || again.header.Get("iothub-deliverycount") != "1" {
		t.Errorf("after abandon: %v", again.header)
	}
	if got := f.device(t, http.MethodDelete, queue+token); got.status != http.StatusNoContent {
		t.Errorf("complete: %d %s", got.status, got.body)
	}
	if got := f.device(t, http.MethodDelete, queue+token); got.status != http.StatusPreconditionFailed || got.header.Get("Iothub-Errorcode") != "DeviceMessageLockLost" {
		t.Errorf("complete again: %d %s", got.status, got.body)
	}
	_, token = f.lock(t)
	if got := f.device(t, http.MethodDelete, queue+token+"?reject"); got.status != http.StatusNoContent {
		t.Errorf("reject: %d %s", got.status, got.body)
	}
	f.checkFeedback(t, "completed Success", "rejected Rejected")
}

// checkFeedback reads the HTTP feedback endpoint, gives the batch back once and then completes it.
func (f *fixture) checkFeedback(t *testing.T, want ...string) {
	t.Helper()
	const queue = "/messages/serviceBound/feedback"
	service := f.token(t, "service")
	for _, settle := range []request{{method: http.MethodPost, path: "/abandon"}, {method: http.MethodDelete}} {
		got := f.do(t, request{method: http.MethodGet, path: queue, token: service})
		var records []struct{ OriginalMessageID, EnqueuedTimeUTC, StatusCode, Description, DeviceID, DeviceGenerationID string }
		got.decode(t, &records)
		if len(records) != len(want) {
			t.Fatalf("%d %s", got.status, got.body)
		}
		for i, r := range records {
			if r.OriginalMessageID+" "+r.StatusCode != want[i] || r.DeviceID != "d" || r.DeviceGenerationID == "" || r.Description != r.StatusCode || r.EnqueuedTimeUTC == "" {
				t.Errorf("%d: %+v", i, r)
			}
		}
		lock := strings.Trim(got.header.Get("ETag"), `"`)
		settle.path, settle.token = queue+"/"+lock+settle.path, service
		if got := f.do(t, settle); got.status != http.StatusNoContent {
			t.Errorf("%s %s: %d %s", settle.method, settle.path, got.status, got.body)
		}
		if got := f.do(t, request{method: http.MethodGet, path: queue, token: service}); got.status != http.StatusNoContent {
			t.Errorf("too early: %d %s", got.status, got.body)
		}
		f.advance(15 * time.Second) // batches that are not full come this often
	}
	if got := f.do(t, request{method: http.MethodDelete, path: queue + "/b2b4f8ac-0000-4000-8000-000000000000", token: service}); got.header.Get("Iothub-Errorcode") != "DeviceMessageLockLost" {
		t.Errorf("unknown lock: %d %s", got.status, got.body)
	}
}

// Protocol 2.1: the service's own route, and the limits of the queue.
// Protocol 2.1.5.
func TestSendC2DOverHTTPS(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	send := func(header http.Header, body string) response {
		return f.do(t, request{method: http.MethodPost, path: "/devices/d/messages/devicebound", token: f.token(t, "service"), header: header, body: body})
	}
	if got := send(http.Header{"iothub-messageid": {"m"}, "iothub-ack": {"Positive"}, "iothub-app-camelCase": {"1"}, "iothub-expiry": {time.Now().UTC().Add(47 * time.Hour).Format(time.RFC3339)}}, "hi"); got.status != http.StatusNoContent {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d, found, err := f.hub.LockC2D(core.ID{Device: "d"})
	if err != nil || !found || d.Message.MessageID != "m" || d.Message.Ack != core.AckPositive || d.Message.Properties[0] != (core.Property{Name: "camelCase", Value: "1"}) || string(d.Message.Body) != "hi" {
		t.Errorf("%+v, %v, %v", d, found, err)
	}
	for _, c := range []struct {
		name, code string
		header     http.Header
		body       string
	}{
		{"past", "InvalidMessageExpiryTime", http.Header{"iothub-expiry": {"2001-01-01T00:00:00Z"}}, ""},
		{"no time", "InvalidMessageExpiryTime", http.Header{"iothub-expiry": {"soon"}}, ""},
		{"ack", "ArgumentInvalid", http.Header{"iothub-ack": {"maybe"}}, ""},
		{"large", "MessageTooLarge", nil, strings.Repeat("x", 64<<10+1)},
	} {
		if got := send(c.header, c.body); got.header.Get("Iothub-Errorcode") != c.code {
			t.Errorf("%s: %d %s", c.name, got.status, got.body)
		}
	}
	for range 49 {
		send(nil, "x")
	}
	if got := send(nil, "x"); got.status != http.StatusForbidden || got.header.Get("Iothub-Errorcode") != "DeviceMaximumQueueDepthExceeded" {
		t.Errorf("message 51: %d %s", got.status, got.body)
	}
	for _, token := range []string{f.token(t, "device"), f.deviceToken(t, core.ID{Device: "d"})} {
		if got := f.do(t, request{method: http.MethodPost, path: "/devices/d/messages/devicebound", token: token}); got.status != http.StatusUnauthorized {
			t.Errorf("a device sends to itself: %d", got.status)
		}
	}
}

// Protocol 2.4.14.
func TestPurge(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	for range 3 {
		f.queue(t, core.ID{Device: "d"}, core.C2DMessage{Body: []byte("x")})
	}
	if got := f.do(t, request{method: http.MethodDelete, path: "/devices/d/commands"}); strings.TrimSpace(got.body) != `{"deviceId":"d","moduleId":null,"totalMessagesPurged":3}` {
		t.Errorf("%d %s", got.status, got.body)
	}
	c := f.client(t, "service")
	f.queue(t, core.ID{Device: "d"}, core.C2DMessage{Body: []byte("x")})
	for _, want := range []int{1, 0} {
		if n, err := c.PurgeC2D(t.Context(), "d"); err != nil || n != want {
			t.Errorf("%d, %v, want %d", n, err, want)
		}
	}
	if _, err := c.PurgeC2D(t.Context(), "x"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("unknown device: %v", err)
	}
}

func TestExpiryForms(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, text := range []string{
		at.Format(time.RFC3339), at.Format("2006-01-02T15:04:05.0000000Z"), at.Format("2006-01-02T15:04:05"), at.Format(http.TimeFormat),
		at.Format("Mon Jan 02 2006 15:04:05 GMT-0700") + " (Coordinated Universal Time)", strconv.FormatInt(at.UnixMilli(), 10), at.Format("1/2/2006 3:04:05 PM"),
	} {
		got := f.do(t, request{method: http.MethodPost, path: "/devices/d/messages/devicebound", header: http.Header{"iothub-expiry": {text}}})
		if got.status != http.StatusNoContent {
			t.Errorf("%q: %d %s", text, got.status, got.body)
			continue
		}
		if d, _, err := f.hub.LockC2D(core.ID{Device: "d"}); err != nil || !d.Message.Expiry.Equal(at) {
			t.Errorf("%q is read as %v, want %v; %v", text, d.Message.Expiry, at, err)
		}
	}
}
