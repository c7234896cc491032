package mqtt

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hubscope/device/topic"
	"hubscope/hub/localhub/tlsca"
	"hubscope/hub/secret"
)

// listenTLS serves over TLS, as devices connect, and returns the address and what a device trusts.
func (s *station) listenTLS() (string, *tls.Config) {
	s.t.Helper()
	ca, err := tlsca.Open(s.t.TempDir(), []string{"localhost"})
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.serve(tls.NewListener(l, ca.ServerConfig()))
	trust := ca.ClientConfig()
	trust.ServerName = "localhost"
	return l.Addr().String(), trust
}

// pahoClient is an unmodified client on a TLS connection.
func (s *station) pahoClient(addr string, trust *tls.Config, id string, key secret.Text) *paho.ClientOptions {
	return paho.NewClientOptions().
		AddBroker("ssl://" + addr).
		SetTLSConfig(trust).
		SetProtocolVersion(4).
		SetClientID(id).
		SetUsername(topic.Username("localhost", id, "")).
		SetPassword(s.token(id, key, time.Now().Add(time.Hour))).
		SetCleanSession(false).
		SetAutoReconnect(false).
		SetConnectTimeout(patience)
}

func wait(t testing.TB, token paho.Token) {
	t.Helper()
	if !token.WaitTimeout(patience) {
		t.Fatal("no answer")
	}
	if err := token.Error(); err != nil {
		t.Fatal(err)
	}
}

func TestPahoOverTLS(t *testing.T) {
	s := newStation(t)
	addr, trust := s.listenTLS()
	const clients, messages = 4, 500
	var running sync.WaitGroup
	for i := range clients {
		id := fmt.Sprintf("dev%d", i)
		options := s.pahoClient(addr, trust, id, s.device(id))
		running.Go(func() {
			c := paho.NewClient(options)
			wait(t, c.Connect())
			defer c.Disconnect(100)
			wait(t, c.Subscribe("devices/"+id+"/messages/devicebound/#", 1, nil))
			var last paho.Token
			for n := range messages {
				last = c.Publish("devices/"+id+"/messages/events/n="+fmt.Sprint(n), 1, false, fmt.Sprint(n))
			}
			wait(t, last)
		})
	}
	running.Wait()
	for i := range clients {
		id := fmt.Sprintf("dev%d", i)
		for n, m := range s.events(id, messages) {
			if got := body(t, m); got != fmt.Sprint(n) || m.ApplicationProperties["n"] != got {
				t.Fatalf("%s: message %d is %s, %v", id, n, got, m.ApplicationProperties)
			}
		}
	}
}

func TestPahoIsRefused(t *testing.T) {
	s := newStation(t)
	addr, trust := s.listenTLS()
	options := s.pahoClient(addr, trust, "dev1", s.device("dev2"))
	s.device("dev1")
	c := paho.NewClient(options)
	token := c.Connect()
	token.WaitTimeout(patience)
	if err := token.Error(); err == nil || !strings.Contains(strings.ToLower(err.Error()), "not authori") {
		t.Errorf("got %v", err)
	}
}
