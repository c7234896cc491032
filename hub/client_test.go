package hub_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
