package rest_test

import (
	"crypto/tls"
	"net/http"
	"testing"

	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/hub/wire"
)

// Protocol 5.2: a client certificate instead of a token, on the device's own routes only.
// Protocol 5.2.6.
func TestClientCertificateOverHTTPS(t *testing.T) {
	f := start(t)
	certificate := devicecert.Issue(t, "d", nil)
	for id, auth := range map[string]*wire.Authentication{
		"d":     {Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: devicecert.SHA1(certificate)}},
		"other": {Type: wire.AuthSelfSigned, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: "0123456789ABCDEF0123456789ABCDEF01234567"}},
		"keyed": nil,
	} {
		if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: id, Authentication: auth}); err != nil {
			t.Fatal(err)
		}
	}
	config := f.target.TLS.Clone()
	config.Certificates = []tls.Certificate{certificate}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	f.http = &http.Client{Transport: transport}
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodPost, "/devices/d/messages/events", http.StatusNoContent},
		{http.MethodGet, "/devices/d/messages/devicebound", http.StatusNoContent},
		{http.MethodPost, "/devices/other/messages/events", http.StatusUnauthorized},
		{http.MethodPost, "/devices/keyed/messages/events", http.StatusUnauthorized},
		{http.MethodPost, "/devices/unknown/messages/events", http.StatusUnauthorized},
		{http.MethodGet, "/devices/d", http.StatusUnauthorized},
		{http.MethodGet, "/twins/d", http.StatusUnauthorized},
		{http.MethodPost, "/devices/d/messages/devicebound", http.StatusUnauthorized},
	} {
		if got := f.do(t, request{method: c.method, path: c.path, token: "-", body: "x"}); got.status != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
	}
	event := f.events(t, 1)[0]
	if got := event.Annotations["iothub-connection-auth-method"]; got != `{"scope":"device","type":"x509","issuer":"external","acceptingIpFilterRule":null}` {
		t.Errorf("auth method %v", got)
	}
}
