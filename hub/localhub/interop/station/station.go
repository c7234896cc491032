// Package station starts the whole local hub on free ports, for the tests beside it, and gives them clients that
// nobody here wrote, set up as their users set them up: paho and go-amqp as devices, modules and services, over TLS
// and over WebSocket, with tokens and with certificates; azeventhubs with the connection string that the hub
// prints; net/http with a token.
package station

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// Patience is how long a test waits for anything.
const Patience = time.Minute

// Station is a local hub that lives as long as the test.
type Station struct {
	T       testing.TB
	Hub     *localhub.Hub
	Service *hub.Client // with the policy iothubowner
}

// Start starts a hub; change alters its options.
func Start(t testing.TB, change ...func(*localhub.Options)) *Station {
	t.Helper()
	var o localhub.Options
	for _, f := range change {
		f(&o)
	}
	return On(t, StartHub(t, o))
}

// On is a station on a hub that runs.
func On(t testing.TB, h *localhub.Hub) *Station {
	t.Helper()
	service, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	return &Station{T: t, Hub: h, Service: service}
}

// StartHub starts a hub, on a state folder of its own if there is none, that is closed at the end of the test.
func StartHub(t testing.TB, o localhub.Options) *localhub.Hub {
	t.Helper()
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	h, err := localhub.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { CloseHub(t, h) })
	return h
}

// CloseHub closes a hub, once or more often.
func CloseHub(t testing.TB, h *localhub.Hub) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Error(err)
	}
}

// In is the same station for a part of its test.
func (s *Station) In(t testing.TB) *Station {
	part := *s
	part.T = t
	return &part
}

// Context ends with the test, or when Patience is at its end.
func (s *Station) Context() context.Context {
	ctx, cancel := context.WithTimeout(s.T.Context(), Patience)
	s.T.Cleanup(cancel)
	return ctx
}

// Variable is one of those that the hub prints for other programs.
func (s *Station) Variable(name string) string {
	s.T.Helper()
	for _, v := range s.Hub.Environment() {
		if v.Name == name {
			return v.Value
		}
	}
	s.T.Fatalf("the hub prints no %s", name)
	return ""
}

// Trust is a TLS configuration for a client that dials an address and means localhost.
func (s *Station) Trust(certificates ...tls.Certificate) *tls.Config {
	config := s.Hub.Target().TLS.Clone()
	config.ServerName = "localhost"
	config.Certificates = certificates
	return config
}

// Policy gives the key of a shared access policy.
func (s *Station) Policy(name string) secret.Text {
	s.T.Helper()
	policy, ok := s.Hub.Core().Policy(name)
	if !ok {
		s.T.Fatalf("no policy %s", name)
	}
	return policy.Primary
}

// ServiceToken is a token of a policy for the whole hub.
func (s *Station) ServiceToken(policy string) string {
	s.T.Helper()
	return s.Sign("localhost", s.Policy(policy), policy, time.Hour)
}

// Sign makes a token for a resource; a lifetime below 0 has gone by.
func (s *Station) Sign(resource string, key secret.Text, policy string, lifetime time.Duration) string {
	s.T.Helper()
	token, err := sas.IoTHub(resource, key, policy, time.Now().Add(lifetime))
	if err != nil {
		s.T.Fatal(err)
	}
	return token.Reveal()
}

// Until asks again until it is so.
func (s *Station) Until(what string, so func() bool) {
	s.T.Helper()
	ctx := s.Context()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			s.T.Fatalf("never: %s", what)
		case <-again.C:
		}
	}
}
