package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

var service = connstr.Service{HostName: "myhub.azure-devices.net:8443", PolicyName: "iothubowner", Key: secret.New(key)}

// roundTrip is a hub that answers from a function, for tests in a bubble of fake time.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func clientOf(t *testing.T, f roundTrip, retry hub.Retry) *hub.Client {
	t.Helper()
	c, err := hub.New(hub.Options{Target: hub.Target{Service: service}, HTTPClient: &http.Client{Transport: f}, Retry: retry})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRequestsAreSignedAndShaped(t *testing.T) {
	var seen *http.Request
	var body []byte
	c := clientOf(t, func(r *http.Request) (*http.Response, error) {
		seen = r
		body, _ = io.ReadAll(r.Body)
		return reply(200, nil, `{"deviceId":"dev 1@x/ü","etag":"e2"}`), nil
	}, hub.Retry{})
	d, err := c.UpdateDevice(t.Context(), hub.Device{DeviceID: "dev 1@x/ü", ETag: "e1", Status: hub.Disabled, StatusReason: "broken"})
	if err != nil {
		t.Fatal(err)
	}
	if d.ETag != "e2" {
		t.Errorf("etag %q", d.ETag)
	}
	if got, want := seen.URL.String(), "https://myhub.azure-devices.net:8443/devices/dev%201%40x%2F%C3%BC?api-version=2021-04-12"; got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
	if got := seen.Header.Get("If-Match"); got != `"e1"` {
		t.Errorf("If-Match %s", got)
	}
	token, err := sas.Parse(seen.Header.Get("Authorization"))
	if err != nil {
		t.Fatal(err)
	}
	if !token.Verify(secret.New(key)) || token.Resource != "myhub.azure-devices.net" || token.Policy != "iothubowner" || token.Expired(time.Now()) {
		t.Errorf("token for %q of %q until %v", token.Resource, token.Policy, token.Expiry)
	}
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil || sent["status"] != "disabled" || sent["statusReason"] != "broken" {
		t.Errorf("body %s, %v", body, err)
	}
}

func TestIfMatch(t *testing.T) {
	var got []string
	c := clientOf(t, func(r *http.Request) (*http.Response, error) {
		got = append(got, r.Method+" "+r.Header.Get("If-Match"))
		return reply(200, nil, `{"deviceId":"d"}`), nil
	}, hub.Retry{})
	d := hub.Device{DeviceID: "d"}
	_, _ = c.CreateDevice(t.Context(), hub.Device{DeviceID: "d", ETag: "ignored"})
	_, _ = c.UpdateDevice(t.Context(), d)
	_ = c.DeleteDevice(t.Context(), "d", "")
	_ = c.DeleteDevice(t.Context(), "d", `"quoted"`)
	want := `[PUT  PUT "*" DELETE "*" DELETE "quoted"]`
	if s := strings.Join(got, " "); "["+s+"]" != want {
		t.Errorf("got [%s], want %s", s, want)
	}
}

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

func TestThrottledCallWaitsAsAsked(t *testing.T) {
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			var notices []hub.RetryNotice
			c := clientOf(t, func(*http.Request) (*http.Response, error) {
				if tries++; tries < 3 {
					return reply(status, http.Header{"Retry-After": {"8"}}, `{"Message":"ErrorCode:ThrottlingException;slow down"}`), nil
				}
				return reply(200, nil, `{"deviceId":"d"}`), nil
			}, hub.Retry{Notify: func(_ context.Context, n hub.RetryNotice) { notices = append(notices, n) }})
			if _, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: "d"}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < 16*time.Second || took > 18*time.Second {
				t.Errorf("two waits of 8 s took %v", took)
			}
			if len(notices) != 2 || notices[0].Try != 1 || notices[1].Try != 2 || notices[0].In < 8*time.Second || notices[0].Op != `create device "d"` {
				t.Errorf("notices %+v", notices)
			}
		})
	}
}

func TestThrottledCallGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			tries++
			return reply(429, nil, ""), nil
		}, hub.Retry{Tries: 4})
		_, err := c.RegistryStatistics(t.Context())
		if !errors.Is(err, hub.ErrThrottled) || tries != 4 {
			t.Errorf("%d tries, %v", tries, err)
		}
		began := time.Now()
		c = clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(429, http.Header{"Retry-After": {"3600"}}, ""), nil
		}, hub.Retry{})
		_, err = c.RegistryStatistics(t.Context())
		var e *hub.Error
		if !errors.As(err, &e) || e.RetryAfter != time.Hour || time.Since(began) > time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestWaitCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(503, http.Header{"Retry-After": {"60"}}, ""), nil
		}, hub.Retry{Notify: func(context.Context, hub.RetryNotice) { cancel() }})
		began := time.Now()
		_, err := c.RegistryStatistics(ctx)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, hub.ErrUnavailable) || time.Since(began) > 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestConnectionFailures(t *testing.T) {
	reset := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })}
	for _, c := range []struct {
		name  string
		call  func(*hub.Client) error
		tries int
	}{
		{"read", func(c *hub.Client) error { _, err := c.Device(t.Context(), "d"); return err }, 3},
		{"query", func(c *hub.Client) error { _, _, err := c.Devices(t.Context(), 0, ""); return err }, 3},
		{"unconditional update", func(c *hub.Client) error {
			_, err := c.UpdateDevice(t.Context(), hub.Device{DeviceID: "d"})
			return err
		}, 3},
		{"conditional update", func(c *hub.Client) error {
			_, err := c.UpdateDevice(t.Context(), hub.Device{DeviceID: "d", ETag: "e"})
			return err
		}, 1},
		{"create", func(c *hub.Client) error {
			_, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: "d"})
			return err
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tries := 0
			counted := roundTrip(func(r *http.Request) (*http.Response, error) {
				tries++
				return reset.Transport.RoundTrip(r)
			})
			client := clientOf(t, counted, hub.Retry{Initial: time.Millisecond})
			if err := c.call(client); !errors.Is(err, io.ErrUnexpectedEOF) || tries != c.tries {
				t.Errorf("%d tries, want %d; %v", tries, c.tries, err)
			}
		})
	}
}

func TestDeleteAfterLostAnswer(t *testing.T) {
	tries := 0
	c := clientOf(t, func(*http.Request) (*http.Response, error) {
		if tries++; tries == 1 {
			return nil, io.ErrUnexpectedEOF // deleted, but the answer is lost
		}
		return reply(404, nil, ""), nil
	}, hub.Retry{Initial: time.Millisecond})
	if err := c.DeleteDevice(t.Context(), "d", ""); err != nil {
		t.Error(err)
	}
	if err := c.DeleteDevice(t.Context(), "d", ""); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("err = %v, want not found", err)
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	release := make(chan struct{})
	var calls atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(release)
	c := overTLS(t, s, hub.Options{CallTimeout: 50 * time.Millisecond})
	_, err := c.RegistryStatistics(t.Context())
	if !errors.Is(err, context.DeadlineExceeded) || calls.Load() != 1 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
	sentence, next := hub.Explain(err)
	if sentence != "could not count devices: the host did not answer in time" || next == "" {
		t.Errorf("%q, %q", sentence, next)
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

func TestRetriesAreLoggedWithoutSecrets(t *testing.T) {
	var logged bytes.Buffer
	tries := 0
	c, err := hub.New(hub.Options{
		Target: hub.Target{Service: service}, Retry: hub.Retry{Initial: time.Millisecond},
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				return reply(503, nil, `{"Message":"you sent `+r.Header.Get("Authorization")+`"}`), nil
			}
			return reply(200, nil, `{}`), nil
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RegistryStatistics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := logged.String(); !strings.Contains(text, "trying again") || !strings.Contains(text, "sig=***") || strings.Contains(text, key) {
		t.Errorf("log: %s", text)
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

func TestNewRefusesWhatCannotWork(t *testing.T) {
	if _, err := hub.New(hub.Options{Target: hub.Target{EventHub: &connstr.EventHub{Host: "h"}}}); !errors.Is(err, hub.ErrNoService) {
		t.Errorf("err = %v", err)
	}
	bad := connstr.Service{HostName: "h", PolicyName: "p", Key: secret.New("not base64!")}
	if _, err := hub.New(hub.Options{Target: hub.Target{Service: bad}}); !errors.Is(err, sas.ErrKey) {
		t.Errorf("err = %v", err)
	}
}

// overTLS is a client of a test server, reached as a hub with another name than its address.
func overTLS(t *testing.T, s *httptest.Server, o hub.Options) *hub.Client {
	t.Helper()
	o.Service = connstr.Service{HostName: "example.com", PolicyName: "p", Key: secret.New(key)}
	o.HTTPSAddr = s.Listener.Addr().String()
	o.TLS = s.Client().Transport.(*http.Transport).TLSClientConfig
	c, err := hub.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
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
