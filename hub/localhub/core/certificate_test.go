package core

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"hubscope/hub/wire"
)

// signer is a certificate with its key.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// certificate makes one that is signed by parent, or by itself with nil.
func certificate(t testing.TB, name string, isCA bool, parent *signer) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: isCA, BasicConstraintsValid: true,
	}
	if parent == nil {
		parent = &signer{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{cert, key}
}

func createX509(t testing.TB, h *Hub, id, authType, primary, secondary string) {
	t.Helper()
	d := wire.Device{DeviceID: id, Authentication: &wire.Authentication{
		Type: authType, X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: primary, SecondaryThumbprint: secondary},
	}}
	if _, err := h.CreateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// protocol 1.5: SHA-1 or SHA-256, either of the two, in any case.
// Protocol 1.5.6.
func TestThumbprints(t *testing.T) {
	h := openHub(t, Options{})
	mine, other := certificate(t, "anything", false, nil), certificate(t, "d", false, nil)
	first, second := sha1.Sum(mine.cert.Raw), sha256.Sum256(mine.cert.Raw)
	createX509(t, h, "sha1", "selfSigned", hex.EncodeToString(first[:]), "")
	createX509(t, h, "sha2", "selfSigned", strings.Repeat("0", 64), strings.ToUpper(hex.EncodeToString(second[:])))
	createDevice(t, h, "keys")
	for _, id := range []string{"sha1", "sha2"} {
		p, err := h.AuthenticateCertificate([]*x509.Certificate{mine.cert}, ID{Device: id})
		if err != nil {
			t.Fatal(err)
		}
		if p.ID.Device != id || !p.Allows(DeviceConnect, "devices/"+id+"/messages/events") || p.Allows(DeviceConnect, "devices/other") || !strings.Contains(p.AuthMethod, "x509") {
			t.Errorf("principal = %+v", p)
		}
		_, err = h.AuthenticateCertificate([]*x509.Certificate{other.cert}, ID{Device: id})
		wantCode(t, err, CodeUnauthorized)
		_, err = h.AuthenticateCertificate(nil, ID{Device: id})
		wantCode(t, err, CodeUnauthorized)
	}
	for _, id := range []string{"keys", "unknown", ""} {
		_, err := h.AuthenticateCertificate([]*x509.Certificate{mine.cert}, ID{Device: id})
		wantCode(t, err, CodeUnauthorized)
	}
	d, _ := h.Device("sha1")
	d.Status = wire.Disabled
	if _, err := h.UpdateDevice(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	_, err := h.AuthenticateCertificate([]*x509.Certificate{mine.cert}, ID{Device: "sha1"})
	wantCode(t, err, CodeDeviceDisabled)
}

// Protocol 1.5.8.
func TestCertificateAuthority(t *testing.T) {
	root := certificate(t, "root", true, nil)
	factory := certificate(t, "factory", true, root)
	pool := x509.NewCertPool()
	pool.AddCert(root.cert)
	now := time.Now()
	h := openHub(t, Options{DeviceCAs: pool, Now: func() time.Time { return now }})
	createX509(t, h, "d", "certificateAuthority", "", "")
	if _, err := h.CreateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "m", Authentication: &wire.Authentication{Type: wire.AuthCA}}); err != nil {
		t.Fatal(err)
	}
	direct, through := certificate(t, "d", false, root), certificate(t, "d", false, factory)
	for name, c := range map[string]struct {
		chain []*x509.Certificate
		ok    bool
	}{
		"direct":               {[]*x509.Certificate{direct.cert}, true},
		"with intermediate":    {[]*x509.Certificate{through.cert, factory.cert}, true},
		"without intermediate": {[]*x509.Certificate{through.cert}, false},
		"another's":            {[]*x509.Certificate{certificate(t, "e", false, root).cert}, false},
		"self-signed":          {[]*x509.Certificate{certificate(t, "d", false, nil).cert, root.cert}, false},
	} {
		for _, id := range []ID{{Device: "d"}, {Device: "d", Module: "m"}} {
			_, err := h.AuthenticateCertificate(c.chain, id)
			if c.ok != (err == nil) {
				t.Errorf("%s of %s: %v", name, id, err)
			}
			if !c.ok {
				wantCode(t, err, CodeUnauthorized)
			}
		}
	}
	now = now.Add(2 * time.Hour)
	_, err := h.AuthenticateCertificate([]*x509.Certificate{direct.cert}, ID{Device: "d"})
	wantCode(t, err, CodeUnauthorized)
	h.o.DeviceCAs = nil
	_, err = h.AuthenticateCertificate([]*x509.Certificate{direct.cert}, ID{Device: "d"})
	wantCode(t, err, CodeUnauthorized)
}
