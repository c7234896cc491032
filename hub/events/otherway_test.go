package events

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestABlockedPortTellsWhetherAWebSocketWorks(t *testing.T) {
	s := startStation(t)
	mute := func() string { // a listener that accepts nothing: TLS waits
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l.Addr().String()
	}
	for _, test := range []struct {
		name        string
		amqp, https string
		kind        error
		try         Try
		next        string
	}{
		{"refused, and the WebSocket works", closedPort(t), s.hub.Target().HTTPSAddr, ErrUnreachable, Worked, "WebSocket on port 443 works"},
		{"refused, and the WebSocket too", closedPort(t), closedPort(t), ErrUnreachable, Failed, "port 443 does not work either"},
		{"refused, and port 443 is another's", closedPort(t), s.hub.Target().MQTTAddr, ErrUnreachable, Failed, "port 443 does not work either"},
		{"refused, and no other way is known", closedPort(t), "", ErrUnreachable, Untried, "firewall"},
		{"no answer, and the WebSocket works", mute(), s.hub.Target().HTTPSAddr, ErrTimeout, Worked, "WebSocket on port 443 works"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := s.options()
			o.AMQPAddr, o.HTTPSAddr = test.amqp, test.https
			_, err := Discover(t.Context(), o)
			var got *Error
			if !errors.As(err, &got) || !errors.Is(got, test.kind) || got.WebSocket != test.try {
				t.Fatalf("%v: %+v", err, got)
			}
			sentence, next := got.Explain()
			if !strings.Contains(sentence, test.amqp) || !strings.Contains(next, test.next) || (got.Remedy() == UseWebSocket) != (test.try == Worked) {
				t.Errorf("%q; %q; remedy %d", sentence, next, got.Remedy())
			}
			t.Logf("%s; %s", sentence, next)
		})
	}
}

// connectProxy is an HTTP proxy that answers CONNECT with a status, and passes on where that is 200.
func connectProxy(t *testing.T, status int, to string) *url.URL {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = near.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		p := &proxy{frozen: make(chan struct{})}
		close(p.frozen)
		go p.pass(far, near)
		p.pass(near, far)
	}))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWebSocketsGoThroughTheProxy(t *testing.T) {
	s := startStation(t)
	for _, test := range []struct {
		name  string
		proxy *url.URL
		want  string // in the sentence; "" for none
	}{
		{"that lets pass", connectProxy(t, http.StatusOK, s.hub.Target().HTTPSAddr), ""},
		{"that forbids", connectProxy(t, http.StatusForbidden, ""), "the proxy does not let the connection to localhost:443 pass"},
		{"that wants a password", connectProxy(t, http.StatusProxyAuthRequired, ""), "the proxy does not let the connection to localhost:443 pass"},
		{"that is not there", &url.URL{Scheme: "http", Host: closedPort(t)}, "the proxy on the way to localhost:443 cannot be reached"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := s.options()
			o.WebSocket, o.AMQPAddr = true, closedPort(t)
			o.Proxy = func(*http.Request) (*url.URL, error) { return test.proxy, nil }
			_, err := Discover(t.Context(), o)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var got *Error
			if !errors.As(err, &got) || !errors.Is(got, ErrUnreachable) {
				t.Fatal(err)
			}
			if sentence, next := got.Explain(); !strings.Contains(sentence, test.want) || !strings.Contains(next, "HTTPS_PROXY") {
				t.Errorf("%q; %q", sentence, next)
			}
			t.Log(err)
		})
	}
}
