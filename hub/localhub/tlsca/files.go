package tlsca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	certBlock = "CERTIFICATE"
	keyBlock  = "PRIVATE KEY"
)

// readPair reads a certificate and its key. The error is fs.ErrNotExist when
// one of the files is missing.
func readPair(certFile, keyFile string) (pair, error) {
	certDER, err := readPEM(certFile, certBlock)
	if err != nil {
		return pair{}, err
	}
	keyDER, err := readPEM(keyFile, keyBlock)
	if err != nil {
		return pair{}, err
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return pair{}, fmt.Errorf("read %s: %w", certFile, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyDER)
	if err != nil {
		return pair{}, fmt.Errorf("read %s: %w", keyFile, err)
	}
	key, isECDSA := parsed.(*ecdsa.PrivateKey)
	if !isECDSA || !key.PublicKey.Equal(cert.PublicKey) {
		return pair{}, fmt.Errorf("%s is not the key of %s", keyFile, certFile)
	}
	return pair{cert: cert, key: key}, nil
}

func readPEM(file, kind string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("read %s: no PEM block of type %q in it", file, kind)
	}
	return block.Bytes, nil
}

// writePair writes the key before the certificate, so that a certificate is
// never found without its key.
func writePair(certFile, keyFile string, der []byte, key *ecdsa.PrivateKey) (pair, error) {
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair{}, fmt.Errorf("encode a key: %w", err)
	}
	err = writePEM(keyFile, keyBlock, keyDER, 0o600)
	if err == nil {
		err = writePEM(certFile, certBlock, der, 0o644)
	}
	if err != nil {
		return pair{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return pair{}, fmt.Errorf("read back a certificate: %w", err)
	}
	return pair{cert: cert, key: key}, nil
}

// writePEM replaces file in one step, so that no reader sees half of it.
func writePEM(file, kind string, der []byte, mode os.FileMode) error {
	var text bytes.Buffer
	if err := pem.Encode(&text, &pem.Block{Type: kind, Bytes: der}); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".new-*") // mode 0600
	if err != nil {
		return writeError(file, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(text.Bytes())
	if err == nil {
		err = errors.Join(draft.Chmod(mode), draft.Sync())
	}
	if closed := draft.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	return writeError(file, err)
}

// writeError names the file and not its draft.
func writeError(file string, err error) error {
	if err == nil {
		return nil
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("write %s: %w", file, err)
}
