package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/hub/wire"
)

func (s *station) deviceWith(id string, a wire.Authentication) {
	s.t.Helper()
	if _, err := s.hub.CreateDevice(context.Background(), wire.Device{DeviceID: id, Authentication: &a}); err != nil {
		s.t.Fatal(err)
	}
}

// A device shows who it is by its certificate: a self-signed one that the identity names, or one of an
// authority that the hub trusts (protocol 4.1, 1.5). Any other is refused.
// Protocol 1.5.7, 1.5.8, 4.1.25.
func TestCertificates(t *testing.T) {
	authority := devicecert.Issue(t, "authority", nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.Leaf)
	s := newStationWith(t, core.Options{DeviceCAs: trusted}, Options{})
	addr, trust := s.listenTLS()

	own, other := devicecert.Issue(t, "own", nil), devicecert.Issue(t, "own", nil)
	s.deviceWith("own", wire.Authentication{Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: devicecert.SHA256(own)}})
	s.deviceWith("signed", wire.Authentication{Type: wire.AuthCA})
	key := s.device("keys")

	for _, c := range []struct {
		name, id    string
		certificate *tls.Certificate
		code        byte
	}{
		{"by thumbprint", "own", &own, packets.Accepted},
		{"of another certificate", "own", &other, packets.ErrRefusedNotAuthorised},
		{"none", "own", nil, packets.ErrRefusedNotAuthorised},
		{"by an authority", "signed", ptr(devicecert.Issue(t, "signed", &authority)), packets.Accepted},
		{"by an authority for another device", "signed", ptr(devicecert.Issue(t, "own", &authority)), packets.ErrRefusedNotAuthorised},
		{"by an unknown authority", "signed", ptr(devicecert.Issue(t, "signed", ptr(devicecert.Issue(t, "authority", nil)))), packets.ErrRefusedNotAuthorised},
		{"of a device with keys", "keys", &own, packets.ErrRefusedNotAuthorised},
	} {
		t.Run(c.name, func(t *testing.T) {
			options := s.pahoClient(addr, withCertificate(trust, c.certificate), c.id, key).SetPassword("")
			client := paho.NewClient(options)
			token := client.Connect()
			token.WaitTimeout(patience)
			defer client.Disconnect(0)
			if got := token.(*paho.ConnectToken).ReturnCode(); got != c.code {
				t.Errorf("CONNACK %d, want %d", got, c.code)
			}
		})
	}
	// A token counts when there is one, whatever the certificate.
	both := paho.NewClient(s.pahoClient(addr, withCertificate(trust, &own), "keys", key))
	wait(t, both.Connect())
	both.Disconnect(0)
}

func ptr[T any](v T) *T { return &v }

func withCertificate(trust *tls.Config, certificate *tls.Certificate) *tls.Config {
	config := trust.Clone()
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	return config
}
