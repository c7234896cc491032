package device_test

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub/tlsca/devicecert"
)

func TestLoadCertificate(t *testing.T) {
	now := time.Now()
	cert, key := devicecert.PEM(t, devicecert.Issue(t, "d", nil))
	_, otherKey := devicecert.PEM(t, devicecert.Issue(t, "e", nil))
	ended, endedKey := devicecert.PEM(t, devicecert.IssueUntil(t, "d", nil, now.Add(-time.Minute)))
	early, earlyKey := devicecert.PEM(t, devicecert.IssueUntil(t, "d", nil, now.Add(3*time.Hour)))
	locked := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}})
	lockedOld := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte{1}})
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1, 2, 3}})
	der, _ := pem.Decode(cert)
	cases := []struct {
		name      string
		cert, key []byte // key nil: in the same file
		want      string // of the error; empty: none
		next      string
	}{
		{"two files", cert, key, "", ""},
		{"one file", append(cert[:len(cert):len(cert)], key...), nil, "", ""},
		{"one file, key first", append(key[:len(key):len(key)], cert...), nil, "", ""},
		{"no key", cert, nil, "there is no private key in c.pem", "it is a PEM file"},
		{"key of another", cert, otherKey, "the key in k.pem is not that of the certificate in c.pem", "made together"},
		{"swapped", key, cert, "there is no certificate in c.pem", "BEGIN CERTIFICATE"},
		{"DER", der.Bytes, key, "there is no certificate in c.pem", "openssl"},
		{"empty", nil, key, "there is no certificate in c.pem", "it must be PEM"},
		{"encrypted", cert, locked, "the private key in k.pem is encrypted", "openssl pkey"},
		{"encrypted as of old", cert, lockedOld, "the private key in k.pem is encrypted", "openssl pkey"},
		{"broken", broken, key, "the certificate in c.pem with the key in k.pem cannot be used: x509: ", ""},
		{"ended", ended, endedKey, "the certificate in c.pem ended at 2", "new one"},
		{"early", early, earlyKey, "the certificate in c.pem begins at 2", "clock"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "c.pem", tc.cert)
			keyFile := ""
			if tc.key != nil {
				keyFile = "k.pem"
				write(t, keyFile, tc.key)
			}
			pair, err := device.LoadCertificate("c.pem", keyFile)
			if tc.want == "" {
				if err != nil || pair.Leaf == nil || pair.Leaf.Subject.CommonName != "d" {
					t.Fatalf("%v, %v", pair, err)
				}
				return
			}
			var bad *device.CertificateError
			if pair != nil || !errors.As(err, &bad) {
				t.Fatalf("%v, %v", pair, err)
			}
			sentence, next := hub.Explain(err)
			if !strings.HasPrefix(sentence, tc.want) || !strings.Contains(next, tc.next) {
				t.Errorf("%q, next %q", sentence, next)
			}
		})
	}
}

func TestLoadCertificateFromNowhere(t *testing.T) {
	dir := t.TempDir()
	for file, want := range map[string]string{
		filepath.Join(dir, "no.pem"): "there is no file " + dir,
		dir:                          dir + " cannot be read: is a directory",
	} {
		if _, err := device.LoadCertificate(file, ""); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
