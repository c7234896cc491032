package tlsca

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	caCertName     = "ca.pem"
	caKeyName      = "ca-key.pem"
	serverCertName = "server.pem"
	serverKeyName  = "server-key.pem"
)

// Authority is an opened certificate authority with a server certificate. It
// does not change after Open and may be used concurrently.
type Authority struct {
	dir    string
	root   *x509.Certificate
	server tls.Certificate
}

// Open loads the authority and its server certificate from dir, and makes what
// is missing, has ended, or does not cover names. The folder is made with mode
// 0700, keys are written with mode 0600. The server certificate always covers
// localhost, 127.0.0.1 and ::1. Names may be host names or IP addresses.
func Open(dir string, names []string) (*Authority, error) {
	return open(dir, names, time.Now())
}

func open(dir string, names []string, now time.Time) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the certificate authority: %w", err)
	}
	root, err := openRoot(dir, now)
	if err != nil {
		return nil, err
	}
	server, err := openServer(dir, root, withLoopback(names), now)
	if err != nil {
		return nil, err
	}
	return &Authority{dir: dir, root: root.cert, server: server}, nil
}

// CAFile is the absolute path of the PEM file with the root certificate: what
// other programs are to trust.
func (a *Authority) CAFile() string {
	path := filepath.Join(a.dir, caCertName)
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// ServerConfig returns the configuration for the hub's listeners: TLS 1.2 or
// newer. A client certificate is asked for and may be absent; it is not checked
// here, since X.509 devices are known by thumbprint or by their own authority
// (protocol 4.1).
func (a *Authority) ServerConfig() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{a.server},
		ClientAuth:   tls.RequestClientCert,
	}
}

// ClientConfig returns a configuration that trusts this authority and nothing
// else.
func (a *Authority) ClientConfig() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}
