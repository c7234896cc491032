package hub_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
)

// Protocol 2.3: both shapes, and what stands in between.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, contentType, body string
		header                  http.Header
		status                  int
		want                    hub.Error
		kind                    error
	}{
		{
			name: "shape A", status: 404, header: http.Header{"Iothub-Errorcode": {"DeviceNotFound"}},
			body: `{"Message":"ErrorCode:DeviceNotFound;There is no device d; really.","ExceptionMessage":"Tracking ID:e4cb-G:11-TimeStamp:07/16/2016 00:12:41"}`,
			want: hub.Error{Status: 404, Code: 404001, Name: "DeviceNotFound", Message: "There is no device d; really.", TrackingID: "e4cb-G:11-TimeStamp:07/16/2016 00:12:41"},
			kind: hub.ErrNotFound,
		},
		{
			name: "shape B", status: 404, header: http.Header{"Iothub-Errorcode": {"DeviceNotOnline"}},
			body: `{"Message":"{\"errorCode\":404103,\"trackingId\":\"a1-G:0-TimeStamp:08/24/2018 17:49:33\",\"message\":\"Timed out waiting for device to connect.\",\"info\":{\"timeout\":\"00:00:00\"},\"timestampUtc\":\"2018-08-24T17:49:33.201157Z\"}","ExceptionMessage":""}`,
			want: hub.Error{Status: 404, Code: 404103, Name: "DeviceNotOnline", Message: "Timed out waiting for device to connect.", TrackingID: "a1-G:0-TimeStamp:08/24/2018 17:49:33"},
			kind: hub.ErrNotFound,
		},
		{
			name: "plain message", status: 409, header: http.Header{"X-Ms-Request-Id": {"r-1"}}, body: `{"message":"Conflict"}`,
			want: hub.Error{Status: 409, Message: "Conflict", TrackingID: "r-1"}, kind: hub.ErrConflict,
		},
		{name: "empty", status: 412, want: hub.Error{Status: 412}, kind: hub.ErrPrecondition},
		{name: "web page", status: 403, body: "<html><h1>Proxy</h1>", want: hub.Error{Status: 403}, kind: hub.ErrForbidden},
		{name: "garbage", status: 400, body: "\xff\xfe\x00", want: hub.Error{Status: 400}, kind: hub.ErrBadRequest},
		{name: "escape sequences", status: 400, body: "a\x1b[31m\nb", want: hub.Error{Status: 400, Message: "a [31m b"}, kind: hub.ErrBadRequest},
		{
			name: "a token and the key repeated", status: 401,
			body: `{"Message":"bad sr=h&sig=abc%2B=&se=1 with ` + key + `"}`,
			want: hub.Error{Status: 401, Message: "bad sr=h&sig=***&se=1 with ***"}, kind: hub.ErrUnauthorized,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := clientOf(t, func(*http.Request) (*http.Response, error) { return reply(c.status, c.header.Clone(), c.body), nil }, hub.Retry{})
			_, err := client.Device(t.Context(), "d")
			var got *hub.Error
			if !errors.As(err, &got) {
				t.Fatalf("err = %v, want *hub.Error", err)
			}
			c.want.Op = `read device "d"`
			if *got != c.want {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
			if c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%v is not %v", err, c.kind)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	s := httptest.NewTLSServer(http.RedirectHandler("https://127.0.0.1:1/", http.StatusTemporaryRedirect))
	defer s.Close()
	_, err := overTLS(t, s, hub.Options{}).RegistryStatistics(t.Context())
	var e *hub.Error
	if !errors.As(err, &e) || e.Status != http.StatusTemporaryRedirect {
		t.Errorf("err = %v", err)
	}
}

func TestWrongClockIsNamed(t *testing.T) {
	for offset, says := range map[time.Duration]string{
		2 * time.Hour: "clock is 2h0m0s behind", -3 * time.Hour: "clock is 3h0m0s ahead", time.Minute: "policy or its key",
	} {
		date := time.Now().Add(offset).UTC().Format(http.TimeFormat)
		c := clientOf(t, func(*http.Request) (*http.Response, error) { return reply(401, http.Header{"Date": {date}}, ""), nil }, hub.Retry{})
		_, err := c.RegistryStatistics(t.Context())
		if sentence, _ := hub.Explain(err); !strings.Contains(sentence, says) {
			t.Errorf("%v: %q", offset, sentence)
		}
	}
}

func TestGarbageAnswers(t *testing.T) {
	for name, body := range map[string]string{"page": "<html>", "cut": `{"deviceId":"d`, "other": `[1]`, "no id": `{}`, "empty": ""} {
		c := clientOf(t, func(*http.Request) (*http.Response, error) { return reply(200, nil, body), nil }, hub.Retry{})
		_, err := c.Device(t.Context(), "d")
		var e *hub.AnswerError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add(404, "application/json", `{"Message":"ErrorCode:DeviceNotFound;x","ExceptionMessage":"Tracking ID:y"}`)
	f.Add(504, "", `{"Message":"{\"errorCode\":504101,\"message\":\"z\"}"}`)
	f.Add(429, "text/html", "<html>\x1b[2J")
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		if status < 300 || status > 999 {
			t.Skip()
		}
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(status, http.Header{"Content-Type": {contentType}, "Iothub-Errorcode": {contentType}}, body), nil
		}, hub.Retry{Tries: 1})
		_, err := c.Device(t.Context(), "d")
		if err == nil {
			t.Fatal("no error")
		}
		sentence, next := hub.Explain(err)
		for _, text := range []string{err.Error(), sentence, next} {
			if strings.ContainsAny(text, "\x00\x1b\r\n") {
				t.Errorf("control characters in %q", text)
			}
		}
		if sentence == "" || len(sentence) > 1500 {
			t.Errorf("sentence of %d bytes", len(sentence))
		}
	})
}
