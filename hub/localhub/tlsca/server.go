package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// serverLifetime stays under the 825 days that macOS accepts.
const serverLifetime = 800 * 24 * time.Hour

// withLoopback adds the names that every local hub has, without repeating any.
func withLoopback(names []string) []string {
	var all []string
	for _, name := range slices.Concat([]string{"localhost", "127.0.0.1", "::1"}, names) {
		name = strings.ToLower(strings.TrimSpace(name))
		if ip := net.ParseIP(name); ip != nil {
			name = ip.String()
		}
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// openServer loads the server certificate if it still serves, and makes one
// otherwise: unlike the root, nobody holds on to it.
func openServer(dir string, root pair, names []string, now time.Time) (tls.Certificate, error) {
	certFile, keyFile := filepath.Join(dir, serverCertName), filepath.Join(dir, serverKeyName)
	server, err := readPair(certFile, keyFile)
	if err != nil || !serves(server.cert, root.cert, names, now) {
		server, err = makeServer(certFile, keyFile, root, names, now)
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{
		Certificate: [][]byte{server.cert.Raw, root.cert.Raw},
		PrivateKey:  server.key,
		Leaf:        server.cert,
	}, nil
}

// serves tells whether cert is from root, covers exactly names, and lasts.
func serves(cert, root *x509.Certificate, names []string, now time.Time) bool {
	if cert.CheckSignatureFrom(root) != nil || !now.Before(cert.NotAfter.Add(-renewBefore)) || now.Before(cert.NotBefore) {
		return false
	}
	var covered []string
	for _, ip := range cert.IPAddresses {
		covered = append(covered, ip.String())
	}
	covered = append(covered, cert.DNSNames...)
	wanted := slices.Clone(names)
	slices.Sort(covered)
	slices.Sort(wanted)
	return slices.Equal(covered, wanted)
}

func makeServer(certFile, keyFile string, root pair, names []string, now time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make the key of the server certificate: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"hubscope"}, CommonName: names[0]},
		NotBefore:    now.Add(-backdate),
		NotAfter:     earlier(now.Add(serverLifetime), root.cert.NotAfter),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, root.cert, key.Public(), root.key)
	if err != nil {
		return pair{}, fmt.Errorf("make the server certificate for %s: %w", strings.Join(names, ", "), err)
	}
	return writePair(certFile, keyFile, der, key)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
