package hub_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// try lists devices of a hub with this name, reached at this address.
func try(t *testing.T, hostName, addr string, config *tls.Config) error {
	t.Helper()
	c, err := hub.New(hub.Options{
		Target: hub.Target{
			Service:   connstr.Service{HostName: hostName, PolicyName: "p", Key: secret.New(key)},
			HTTPSAddr: addr, TLS: config,
		},
		Retry: hub.Retry{Initial: time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _, err = c.Devices(t.Context(), 0, "")
	return err
}

// Failures that are real: of sockets, name servers and certificates.
func TestExplainConnections(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	addr := server.Listener.Addr().String()
	trusted := server.Client().Transport.(*http.Transport).TLSClientConfig
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()

	cutter, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := cutter.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	defer func() { _ = cutter.Close(); <-done }()

	for _, c := range []struct {
		name     string
		err      error
		sentence string
		next     string
	}{
		{"refused", try(t, "example.com", closed.Addr().String(), trusted), "nothing listens at " + closed.Addr().String(), "is the hub running"},
		{"untrusted", try(t, "example.com", addr, nil), "certificate of the hub is not trusted", "HUBSCOPE_CA_FILE"},
		{"wrong name", try(t, "other.example.org", addr, trusted), "is not for other.example.org", "HostName"},
		{"no TLS", try(t, "example.com", plain.Listener.Addr().String(), trusted), "does not speak TLS", "port"},
		{"cut", try(t, "example.com", cutter.Addr().String(), trusted), "was cut", "try again"},
		{"no such path", try(t, "example.com", addr, trusted), "the hub has no such thing", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			sentence, next := hub.Explain(c.err)
			if !strings.HasPrefix(sentence, "could not list devices: ") || !strings.Contains(sentence, c.sentence) || !strings.Contains(next, c.next) {
				t.Errorf("%v:\n%q\n%q", c.err, sentence, next)
			}
		})
	}
}

func TestExplainKinds(t *testing.T) {
	_, malformed := connstr.Parse("HostName=h;SharedAccessKeyName=p;SharedAccessKey=bad!")
	refusal := func(status int, name, message string) error {
		return fmt.Errorf("outer: %w", &hub.Error{Op: "do it", Status: status, Name: name, Message: message})
	}
	for _, c := range []struct {
		err            error
		sentence, next string
	}{
		{malformed, "connection string: SharedAccessKey is not base64", "copy the key again"},
		{sas.ErrKey, "not base64", "copy"},
		{hub.ErrNoService, "reads events", "the hub's own"},
		{&net.DNSError{Name: "nohub.azure-devices.net", IsNotFound: true}, "there is no host named nohub.azure-devices.net", "check HostName"},
		{&net.DNSError{Name: "h", IsTimeout: true}, "name server did not answer", "network"},
		{context.Canceled, "cancelled", ""},
		{context.DeadlineExceeded, "did not answer in time", "firewall"},
		{refusal(400, "ArgumentInvalid", "bad query"), "could not do it: the hub did not accept the request (bad query)", "correct"},
		{refusal(401, "IotHubUnauthorizedAccess", "Unauthorized"), "refused the policy or its key (Unauthorized)", "clock"},
		{refusal(401, "IotHubNotFound", ""), "no such IoT Hub", "HostName"},
		{refusal(403, "IotHubQuotaExceeded", ""), "quota", "units"},
		{refusal(404, "DeviceNotFound", ""), "there is no such device", "reload"},
		{refusal(409, "DeviceAlreadyExists", ""), "exists already", "another id"},
		{refusal(412, "PreconditionFailed", ""), "changed by somebody else", "reload"},
		{refusal(413, "TooManyDevices", ""), "as many devices", "delete"},
		{refusal(429, "ThrottlingException", ""), "throttled", "slow down"},
		{&hub.Error{Status: 429, RetryAfter: 8 * time.Second}, "throttled", "try again in 8s"},
		{refusal(500, "", ""), "problem of its own", "try again"},
		{refusal(503, "", "busy"), "not available at the moment (busy)", "try again"},
		{refusal(302, "", ""), "status 302", "proxy"},
		{errors.New("something\nelse sig=abc"), "something else sig=***", ""},
		{words{}, "my words", "my step"},
	} {
		sentence, next := hub.Explain(c.err)
		if !strings.Contains(sentence, c.sentence) || !strings.Contains(next, c.next) || c.next == "" && next != "" {
			t.Errorf("%v: %q, %q; want %q, %q", c.err, sentence, next, c.sentence, c.next)
		}
		if strings.HasSuffix(sentence, ".") {
			t.Errorf("full stop in %q", sentence)
		}
	}
	if s, n := hub.Explain(nil); s != "" || n != "" {
		t.Errorf("nil gives %q, %q", s, n)
	}
}

type words struct{}

func (words) Error() string             { return "not this" }
func (words) Explain() (string, string) { return "my words", "my step" }
