package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const (
	rootLifetime = 10 * 365 * 24 * time.Hour
	// backdate lets clients whose clock is behind accept a new certificate.
	backdate = time.Hour
	// renewBefore is how long before its end a certificate is made again.
	renewBefore = 30 * 24 * time.Hour
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// openRoot loads the root, or makes one when there is none or it nears its end.
// A root that is there but can not be read is an error: to make another one
// silently would break the trust of every program that was told of the first.
func openRoot(dir string, now time.Time) (pair, error) {
	root, err := readPair(filepath.Join(dir, caCertName), filepath.Join(dir, caKeyName))
	switch {
	case err == nil && now.Before(root.cert.NotAfter.Add(-renewBefore)):
		return root, nil
	case err == nil, errors.Is(err, fs.ErrNotExist) && !exists(filepath.Join(dir, caCertName)):
		return makeRoot(dir, now)
	}
	return pair{}, fmt.Errorf("open the certificate authority: %w: delete %s and %s in %s to have a new one made, which clients must then be told of",
		err, caCertName, caKeyName, dir)
}

// exists tells whether something is there. The certificate is written last: one
// without a key has lost it, and clients may trust it; a key alone was never used.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func makeRoot(dir string, now time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make the key of the certificate authority: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		// The name tells one root from another in a trust store.
		Subject:               pkix.Name{Organization: []string{"hubscope"}, CommonName: fmt.Sprintf("hubscope local hub CA %x", serial.Bytes()[:4])},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(rootLifetime),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return pair{}, fmt.Errorf("make the root certificate: %w", err)
	}
	return writePair(filepath.Join(dir, caCertName), filepath.Join(dir, caKeyName), der, key)
}

// newSerial returns a random serial number of 16 bytes.
func newSerial() (*big.Int, error) {
	limit := new(big.Int).Lsh(big.NewInt(1), 126)
	serial, err := rand.Int(rand.Reader, limit)
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	return serial.Add(serial, limit), nil // never short, never negative
}
