package device_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/hub/secret"
)

func overWebSocket(h *localhub.Hub) device.Options {
	return device.Options{WebSocket: true, WebSocketAddr: h.Target().HTTPSAddr, TLS: h.Target().TLS}
}

func sendAndWait(t *testing.T, c *device.Client, text string) {
	t.Helper()
	r, err := c.Send(device.Message{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	<-r.Done()
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
}

func TestTelemetryOverWebSocket(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	c := connect(t, create(t, h, "dev-1"), overWebSocket(h))
	for range 100 {
		sendAndWait(t, c, "small")
	}
	sendAndWait(t, c, strings.Repeat("x", device.MaxMessageSize))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

// TestWebSocketComesBack: the hub ends the connection, and the client makes another one.
func TestWebSocketComesBack(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	s := station.On(t, h)
	d := s.Device("dev-1")
	states := make(chan device.State, 100)
	o := overWebSocket(h)
	o.OnState = func(st device.State) { states <- st }
	c := connect(t, s.ConnectionString(d), o)
	sendAndWait(t, c, "before")
	s.Connect(d, station.WebSocket).Disconnect(100) // takes over, and goes
	for st := range states {
		if st.RetryIn > 0 {
			break
		}
	}
	sendAndWait(t, c, "after")
}

// TestCertificates: a device that has a certificate and no key, by its thumbprint and by its authority (protocol 1.5, 4.1).
func TestCertificates(t *testing.T) {
	authority := devicecert.Issue(t, "factory", nil)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	h := station.StartHub(t, localhub.Options{DeviceCAFiles: []string{file}})
	s := station.On(t, h)
	printed, signed := s.Thumbprinted("print-1"), s.Signed("signed-1", authority)
	stranger := devicecert.Issue(t, "print-1", nil)
	cases := []struct {
		name string
		id   string
		own  tls.Certificate
		want error
	}{
		{"thumbprint", "print-1", *printed.Certificate, nil},
		{"authority", "signed-1", *signed.Certificate, nil},
		{"another certificate", "print-1", stranger, device.ErrUnauthorized},
		{"that of another device", "signed-1", *printed.Certificate, device.ErrUnauthorized},
	}
	for _, tc := range cases {
		for name, o := range map[string]device.Options{"TLS": options(h), "WebSocket": overWebSocket(h)} {
			t.Run(tc.name+" over "+name, func(t *testing.T) {
				o.TLS = s.Trust(tc.own)
				c, err := device.New(connstr.Device{HostName: "localhost", DeviceID: tc.id, X509: true}, o)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = c.Close(context.Background()) }()
				err = c.Connect(t.Context())
				if !errors.Is(err, tc.want) {
					t.Fatalf("%v, want %v", err, tc.want)
				}
				if tc.want == nil {
					sendAndWait(t, c, "x")
					return
				}
				sentence, next := hub.Explain(err)
				if !strings.Contains(sentence, "certificate") || !strings.Contains(next, "thumbprint") {
					t.Errorf("%q, next %q", sentence, next)
				}
			})
		}
	}
}

func TestCertificateThatIsMissing(t *testing.T) {
	if _, err := device.New(connstr.Device{HostName: "localhost", DeviceID: "d", X509: true}, device.Options{}); err == nil {
		t.Error("a device without its certificate was made")
	}
}

// proxy is an HTTP proxy that lets CONNECT through for those who know the password.
type proxy struct {
	*httptest.Server
	asked chan string
}

func startProxy(t *testing.T) *proxy {
	p := &proxy{asked: make(chan string, 10)}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:hush")) {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	p.asked <- r.Method + " " + r.Host
	far, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer far.Close()
	w.WriteHeader(http.StatusOK)
	near, rest, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	go func() {
		_, _ = io.Copy(far, rest)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
}

func TestWebSocketThroughAProxy(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	p := startProxy(t)
	through := func(user *url.Userinfo) device.Options {
		o := overWebSocket(h)
		address, err := url.Parse(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		address.User = user
		o.Proxy = http.ProxyURL(address)
		return o
	}
	c := connect(t, cs, through(url.UserPassword("me", "hush")))
	sendAndWait(t, c, "x")
	if asked := <-p.asked; asked != "CONNECT "+h.Target().HTTPSAddr {
		t.Errorf("the proxy was asked for %s", asked)
	}
	stranger, err := device.New(cs, through(url.UserPassword("me", "guess")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Close(context.Background()) }()
	err = stranger.Connect(t.Context())
	if !errors.Is(err, device.ErrNetwork) || !strings.Contains(err.Error(), "Proxy Authentication Required") || strings.Contains(err.Error(), "guess") {
		t.Errorf("error = %v", err)
	}
}

func TestNoWebSocketThere(t *testing.T) {
	status := http.StatusNotFound
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer web.Close()
	trust := web.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.ServerName = "example.com"
	o := device.Options{WebSocket: true, WebSocketAddr: web.Listener.Addr().String(), TLS: trust}
	badProxy := o
	badProxy.Proxy = func(*http.Request) (*url.URL, error) { return nil, errors.New("parse http://me:hush@:x") }
	distrust := o
	distrust.TLS = nil
	cases := []struct {
		name   string
		o      device.Options
		status int
		want   error
		text   string
	}{
		{"not found", o, http.StatusNotFound, device.ErrRefused, "404"},
		{"moved", o, http.StatusFound, device.ErrRefused, "302"},
		{"down", o, http.StatusServiceUnavailable, device.ErrUnavailable, "503"},
		{"not trusted", distrust, 0, device.ErrTLS, "certificate"},
		{"proxy that cannot be read", badProxy, 0, device.ErrNetwork, "proxy cannot be read"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			status = tc.status
			c, err := device.New(connstr.Device{HostName: "localhost", DeviceID: "d", Key: secret.New("c2VjcmV0")}, tc.o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close(context.Background()) }()
			err = c.Connect(t.Context())
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "hush") {
				t.Errorf("error = %v, want %v with %q", err, tc.want, tc.text)
			}
		})
	}
}
