package clients

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/Azure/go-amqp"
	paho "github.com/eclipse/paho.mqtt.golang"

	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/localhub/tlsca/devicecert"
)

// startTrusting starts a hub that was given an authority's file, as with --device-ca.
func startTrusting(t *testing.T, authority tls.Certificate) *station.Station {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate[0]}), 0o600))
	return station.Start(t, func(o *localhub.Options) { o.DeviceCAFiles = []string{file} })
}

// A device that has a certificate and no key is known by its thumbprint or by the authority that signed it, on every
// port and protocol (protocol 1.5, 4.1, 5.1, 5.2); with another's certificate, or none, it is nobody.
// Protocol 1.5.7, 1.5.8, 4.1.25, 5.1.3, 5.2.6.
func TestCertificates(t *testing.T) {
	authority := devicecert.Issue(t, "factory", nil)
	s := startTrusting(t, authority)
	byThumbprint, bySignature := s.Thumbprinted("print-1"), s.Signed("signed-1", authority)
	keys := s.Device("keys-1")
	other := devicecert.Issue(t, "print-1", nil)
	elsewhere := devicecert.Issue(t, "elsewhere", nil)
	unknown := devicecert.Issue(t, "signed-1", &elsewhere)
	misnamed := devicecert.Issue(t, "print-1", &authority)

	for name, c := range map[string]struct {
		i  station.Identity
		ok bool
	}{
		"by thumbprint":            {byThumbprint, true},
		"by its authority":         {bySignature, true},
		"other certificate":        {with(byThumbprint, &other), false},
		"unknown authority":        {with(bySignature, &unknown), false},
		"signed for another":       {with(bySignature, &misnamed), false},
		"a device with keys":       {with(keys, byThumbprint.Certificate), false},
		"none, and no token":       {with(byThumbprint, &tls.Certificate{}), false},
		"signed, but thumbprinted": {with(byThumbprint, &misnamed), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.In(t)
			for _, over := range station.Transports {
				if err := overMQTT(s, c.i, over); (err == nil) != c.ok {
					t.Errorf("MQTT over %s: %v", over, err)
				}
				if err := overAMQP(s, c.i, over); (err == nil) != c.ok {
					t.Errorf("AMQP over %s: %v", over, err)
				}
			}
			want := http.StatusUnauthorized
			if c.ok {
				want = http.StatusNoContent
			}
			if got := s.RESTAs(c.i, "", http.MethodPost, "/"+c.i.Path()+"/messages/events", "by HTTPS"); got.Status != want {
				t.Errorf("HTTPS: %d %s", got.Status, got.Body)
			}
		})
	}
	for _, e := range s.Events(10, 0) {
		if got, _ := e.SystemProperties["iothub-connection-auth-method"].(string); member(t, []byte(got), "type") != `"x509"` {
			t.Errorf("%s of %v says %s", e.Body, e.SystemProperties["iothub-connection-device-id"], got)
		}
	}
}

func with(i station.Identity, c *tls.Certificate) station.Identity {
	i.Certificate = c
	return i
}

func overMQTT(s *station.Station, i station.Identity, over station.Transport) error {
	c, err := s.TryConnect(i, over, func(o *paho.ClientOptions) { o.SetCleanSession(true) })
	if err != nil {
		return err
	}
	c.Publish(1, i.Path()+"/messages/events/", "by MQTT")
	c.Disconnect(100)
	return nil
}

func overAMQP(s *station.Station, i station.Identity, over station.Transport) error {
	conn, err := s.TryDial(over, amqp.SASLTypeExternal(""), i)
	if err != nil {
		return err
	}
	session, err := conn.NewSession(s.Context(), nil)
	if err != nil {
		return err
	}
	out, err := session.NewSender(s.Context(), i.Path()+"/messages/events", nil)
	if err != nil {
		return err
	}
	return out.Send(s.Context(), amqp.NewMessage([]byte("by AMQP")), nil)
}

// A certificate opens the file upload and a device's queue over HTTPS, and no service (protocol 5.2, 5.3, 1.4).
// Protocol 1.4.3, 5.2.6.
func TestCertificateOverHTTPS(t *testing.T) {
	s := station.Start(t)
	wind := s.Thumbprinted("print-1")
	s.Send(s.AsService("service", station.TLS).Sender("/messages/devicebound", nil), message(wind, "m1", ""))
	got := s.RESTAs(wind, "", http.MethodGet, "/devices/print-1/messages/devicebound", "")
	if got.Status != http.StatusOK || got.Body != "to m1" || got.Header.Get("Iothub-Messageid") != "m1" {
		t.Errorf("%d %v %s", got.Status, got.Header, got.Body)
	}
	if got := s.RESTAs(wind, "", http.MethodPost, "/devices/print-1/files", `{"blobName":"a"}`); got.Status != http.StatusOK {
		t.Errorf("upload: %d %s", got.Status, got.Body)
	}
	for _, path := range []string{"/devices", "/twins/print-1", "/statistics/devices"} {
		if got := s.RESTAs(wind, "", http.MethodGet, path, ""); got.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}
