package mqtt

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// issue makes a certificate for a device, signed by a parent or, without one, by itself.
func issue(t testing.TB, name string, parent *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true, IsCA: parent == nil, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	signer, by := any(key), template
	if parent != nil {
		signer, by = parent.PrivateKey, parent.Leaf
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, by, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}

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
	authority := issue(t, "authority", nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.Leaf)
	s := newStationWith(t, core.Options{DeviceCAs: trusted}, Options{})
	addr, trust := s.listenTLS()

	own, other := issue(t, "own", nil), issue(t, "own", nil)
	print := sha256.Sum256(own.Leaf.Raw)
	s.deviceWith("own", wire.Authentication{Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: hex.EncodeToString(print[:])}})
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
		{"by an authority", "signed", ptr(issue(t, "signed", &authority)), packets.Accepted},
		{"by an authority for another device", "signed", ptr(issue(t, "own", &authority)), packets.ErrRefusedNotAuthorised},
		{"by an unknown authority", "signed", ptr(issue(t, "signed", ptr(issue(t, "authority", nil)))), packets.ErrRefusedNotAuthorised},
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
