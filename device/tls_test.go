package device

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// tlsPeer serves good connections over TLS under the names.
func tlsPeer(t *testing.T, names ...string) (addr string, roots *x509.CertPool) {
	t.Helper()
	certificate, roots := selfSigned(t, names)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener)
	return listener.Addr().String(), roots
}

func serve(t *testing.T, listener net.Listener) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			side := &peerSide{Conn: conn, t: t}
			good(0, side)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
}

func selfSigned(t *testing.T, names []string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}

func TestTLS(t *testing.T) {
	addr, roots := tlsPeer(t, "hub.example", "gateway.example")
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = plain.Close() })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	cases := []struct {
		name, host, gateway, addr string
		roots                     *x509.CertPool
		want                      error
	}{
		{"trusted", "hub.example", "", addr, roots, nil},
		{"port in the name", "hub.example:443", "", addr, roots, nil},
		{"gateway", "elsewhere.example", "gateway.example", addr, roots, nil},
		{"not trusted", "hub.example", "", addr, x509.NewCertPool(), ErrTLS},
		{"another name", "other.example", "", addr, roots, ErrTLS},
		{"no TLS there", "hub.example", "", plain.Addr().String(), roots, ErrTLS},
		{"nobody there", "hub.example", "", gone.Addr().String(), roots, ErrNetwork},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			cs := connstr.Device{HostName: tc.host, GatewayHostName: tc.gateway, DeviceID: "d", Key: secret.New(testKey)}
			c, err := New(cs, Options{MQTTAddr: tc.addr, TLS: &tls.Config{RootCAs: tc.roots}})
			if err != nil {
				t.Fatal(err)
			}
			defer closeNow(c)
			err = c.Connect(t.Context())
			if !errors.Is(err, tc.want) {
				t.Fatalf("error = %v, want %v", err, tc.want)
			}
			if err != nil {
				return
			}
			if err := wait(t, mustSend(t, c, "m")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	cases := []struct {
		host, gateway, option, want string
	}{
		{"h.azure-devices.net", "", "", "h.azure-devices.net:8883"},
		{"localhost:8884", "", "", "localhost:8884"},
		{"h.azure-devices.net", "edge", "", "edge:8883"},
		{"h.azure-devices.net", "", "127.0.0.1:1", "127.0.0.1:1"},
	}
	for _, tc := range cases {
		got := address(connstr.Device{HostName: tc.host, GatewayHostName: tc.gateway}, tc.option, mqttPort)
		if got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}
