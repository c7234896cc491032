// Package devicecert makes certificates of devices, for tests.
package devicecert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// Issue makes a certificate for a client, signed by an authority or, without one, by itself; then it can be the
// authority of others. It holds for an hour.
func Issue(t testing.TB, name string, authority *tls.Certificate) tls.Certificate {
	t.Helper()
	return IssueUntil(t, name, authority, time.Now().Add(time.Hour))
}

// IssueUntil makes one that ends at a time, two hours after it began.
func IssueUntil(t testing.TB, name string, authority *tls.Certificate, end time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: end.Add(-2 * time.Hour), NotAfter: end,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true, IsCA: authority == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	by, signer := template, any(key)
	if authority != nil {
		by, signer = authority.Leaf, authority.PrivateKey
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

// SHA256 is the thumbprint that new programs give.
func SHA256(c tls.Certificate) string {
	sum := sha256.Sum256(c.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

// SHA1 is the thumbprint that old programs give.
func SHA1(c tls.Certificate) string {
	sum := sha1.Sum(c.Leaf.Raw)
	return hex.EncodeToString(sum[:])
}

// PEM gives the certificate and its key as they stand in files.
func PEM(t testing.TB, c tls.Certificate) (certificate, key []byte) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range c.Certificate {
		certificate = append(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one})...)
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}
