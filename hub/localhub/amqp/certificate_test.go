package amqp

import (
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

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/tlsca"
	"hubscope/hub/wire"
)

func selfSigned(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Protocol 5.1: a client certificate with SASL EXTERNAL or with no SASL at all.
// Protocol 1.5.7, 5.1.3.
func TestCertificate(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	ca, err := tlsca.Open(t.TempDir(), []string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	addr := serveTLS(t, coreHub{h}, ca)
	mine, other := selfSigned(t, "x"), selfSigned(t, "y")
	sum := sha256.Sum256(mine.Certificate[0])
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "x", Authentication: &wire.Authentication{
		Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: hex.EncodeToString(sum[:])},
	}}); err != nil {
		t.Fatal(err)
	}
	session := func(t *testing.T, sasl goamqp.SASLType, certificates ...tls.Certificate) (*goamqp.Session, error) {
		config := ca.ClientConfig()
		config.ServerName, config.Certificates = "localhost", certificates
		c, err := goamqp.Dial(testContext(t), "amqps://"+addr, &goamqp.ConnOptions{HostName: "localhost", SASLType: sasl, TLSConfig: config})
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { _ = c.Close() })
		return c.NewSession(testContext(t), nil)
	}
	for name, sasl := range map[string]goamqp.SASLType{"external": goamqp.SASLTypeExternal(""), "none": nil} {
		t.Run(name, func(t *testing.T) {
			s, err := session(t, sasl, mine)
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.NewSender(testContext(t), "devices/x/messages/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Send(testContext(t), goamqp.NewMessage([]byte("x")), nil); err != nil {
				t.Error(err)
			}
			// The same certificate stands for no other device, and no service.
			_, err = s.NewSender(testContext(t), "devices/d1/messages/events", nil)
			rejected(t, err, condUnauthorized)
			_, err = s.NewSender(testContext(t), toDevices, nil)
			rejected(t, err, condUnauthorized)

			s, err = session(t, sasl, other)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.NewSender(testContext(t), "devices/x/messages/events", nil)
			rejected(t, err, condUnauthorized)
		})
	}
	if _, err := session(t, goamqp.SASLTypeExternal("")); err == nil {
		t.Error("SASL EXTERNAL without a certificate was taken")
	}
}
