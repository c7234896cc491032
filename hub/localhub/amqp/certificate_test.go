package amqp

import (
	"crypto/tls"
	"testing"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/tlsca"
	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/hub/wire"
)

// Protocol 5.1: a client certificate with SASL EXTERNAL or with no SASL at all.
// Protocol 1.5.7, 5.1.3.
func TestCertificate(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	ca, err := tlsca.Open(t.TempDir(), []string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	addr := serveTLS(t, coreHub{h}, ca)
	mine, other := devicecert.Issue(t, "x", nil), devicecert.Issue(t, "y", nil)
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "x", Authentication: &wire.Authentication{
		Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: devicecert.SHA256(mine)},
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
