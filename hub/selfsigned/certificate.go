package selfsigned

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"time"
)

// DefaultValid is how long a certificate holds when nothing else is said: a year, as that of most tools.
const DefaultValid = 365 * 24 * time.Hour

// skew is how far the clock of a hub may be behind: the certificate holds from that long ago.
const skew = time.Hour

// maxCommonName is the longest common name that X.509 has room for (RFC 5280, ub-common-name).
const maxCommonName = 64

// Options of a certificate.
type Options struct {
	// Valid is how long it holds, DefaultValid when 0.
	Valid time.Duration
	// Now is when it begins; the zero time means now.
	Now time.Time
}

// Certificate is a certificate of an elliptic curve, P-256, with its private key. It does not print its key.
type Certificate struct {
	raw   []byte // DER
	key   []byte // DER, PKCS #8
	until time.Time
}

// New makes a key and a certificate for a client of this name. A name that is longer than a common name may be is cut:
// a hub looks at the thumbprint alone.
func New(name string, o Options) (Certificate, error) {
	if o.Valid == 0 {
		o.Valid = DefaultValid
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, fmt.Errorf("make a key: %w", err)
	}
	c := Certificate{until: o.Now.Add(o.Valid)}
	if c.key, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		return Certificate{}, fmt.Errorf("write a key: %w", err)
	}
	template := templateOf(name, o.Now, c.until)
	if c.raw, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), crypto.Signer(key)); err != nil {
		return Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	return c, nil
}

func templateOf(name string, now, until time.Time) *x509.Certificate {
	// Random enough that two certificates of a device differ in it, and positive in 20 bytes (RFC 5280, 4.1.2.2).
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // never fails: it ends the program instead
	return &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: name[:min(len(name), maxCommonName)]},
		NotBefore:    now.Add(-skew), NotAfter: until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true,
	}
}

// Thumbprint is that by SHA-256: 64 hexadecimal digits, as a hub wants them.
func (c Certificate) Thumbprint() string {
	sum := sha256.Sum256(c.raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Until is when the certificate ends.
func (c Certificate) Until() time.Time { return c.until }

// IsZero says that there is none.
func (c Certificate) IsZero() bool { return len(c.raw) == 0 }

// String tells the thumbprint and hides the key.
func (c Certificate) String() string { return "certificate " + c.Thumbprint() }

// GoString is String: no verb shows the key.
func (c Certificate) GoString() string { return c.String() }

// Format implements fmt.Formatter: no verb shows the key.
func (c Certificate) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue implements slog.LogValuer.
func (c Certificate) LogValue() slog.Value { return slog.StringValue(c.String()) }

func (c Certificate) certificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.raw})
}

func (c Certificate) keyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: c.key})
}
