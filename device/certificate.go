package device

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
)

// CertificateError is why the files of a device's certificate cannot be used. Its words name the file and never hold
// what is in one.
type CertificateError struct {
	reason
	err error
}

// Unwrap gives what the system or the parser said; nil when there is no more to say.
func (e *CertificateError) Unwrap() error { return e.err }

func badCertificate(err error, sentence, next string) *CertificateError {
	return &CertificateError{reason{sentence, next}, err}
}

// LoadCertificate reads the certificate with which a device proves itself, for the TLS of [Options]: a PEM file with the
// certificate and those above it up to the authority, and one with the private key, which may be the same. The pair
// must belong together and hold now. Every error is a [CertificateError].
func LoadCertificate(certificateFile, keyFile string) (*tls.Certificate, error) {
	if keyFile == "" {
		keyFile = certificateFile
	}
	certificate, err := readPEM(certificateFile)
	if err != nil {
		return nil, err
	}
	if !hasBlock(certificate, isCertificateBlock) {
		return nil, badCertificate(nil, "there is no certificate in "+certificateFile, noPEM(certificate, "BEGIN CERTIFICATE"))
	}
	key := certificate
	if keyFile != certificateFile {
		if key, err = readPEM(keyFile); err != nil {
			return nil, err
		}
	}
	switch {
	case hasBlock(key, isEncryptedKey):
		return nil, badCertificate(nil, "the private key in "+keyFile+" is encrypted", "decrypt it, as by openssl pkey -in "+keyFile)
	case !hasBlock(key, isKey):
		return nil, badCertificate(nil, "there is no private key in "+keyFile, noPEM(key, "BEGIN PRIVATE KEY"))
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, explainPair(err, certificateFile, keyFile)
	}
	if err := checkTime(&pair, certificateFile, time.Now()); err != nil {
		return nil, err
	}
	return &pair, nil
}

func readPEM(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, badCertificate(err, "there is no file "+file, "check its name")
	case errors.As(err, &cause):
		return nil, badCertificate(err, file+" cannot be read: "+cause.Err.Error(), "")
	case err != nil:
		return nil, badCertificate(err, file+" cannot be read", "")
	}
	return text, nil
}

func hasBlock(text []byte, is func(*pem.Block) bool) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if is(block) {
			return true
		}
	}
	return false
}

func isCertificateBlock(b *pem.Block) bool { return b.Type == "CERTIFICATE" }

// isKey knows a key by what [tls.X509KeyPair] takes: PKCS 1, PKCS 8 and SEC 1.
func isKey(b *pem.Block) bool { return strings.HasSuffix(b.Type, "PRIVATE KEY") }

// isEncryptedKey knows both forms of encryption: that of PKCS 8, and the old one that the headers tell.
func isEncryptedKey(b *pem.Block) bool {
	return b.Type == "ENCRYPTED PRIVATE KEY" || isKey(b) && strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED")
}

// noPEM is what to do about a file in which a block is missed.
func noPEM(text []byte, wanted string) string {
	if bytes.Contains(text, []byte("-----BEGIN ")) {
		return "it is a PEM file, but has no part that says " + wanted
	}
	return "it must be PEM: text that says " + wanted + "; openssl makes that of DER and PFX files"
}

func explainPair(err error, certificateFile, keyFile string) error {
	words := strings.TrimPrefix(err.Error(), "tls: ")
	switch {
	case strings.Contains(words, "does not match"):
		return badCertificate(err, "the key in "+keyFile+" is not that of the certificate in "+certificateFile, "give the two that were made together")
	case certificateFile == keyFile:
		return badCertificate(err, "the certificate in "+certificateFile+" cannot be used: "+words, "")
	default:
		return badCertificate(err, "the certificate in "+certificateFile+" with the key in "+keyFile+" cannot be used: "+words, "")
	}
}

func checkTime(pair *tls.Certificate, file string, now time.Time) error {
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return badCertificate(nil, "the certificate in "+file+" ended at "+leaf.NotAfter.UTC().Format(time.RFC3339), "have a new one issued; the hub must know its thumbprint or its authority")
	case now.Before(leaf.NotBefore):
		return badCertificate(nil, "the certificate in "+file+" begins at "+leaf.NotBefore.UTC().Format(time.RFC3339)+" only", "wait, or look whether the clock is right")
	}
	return nil
}
