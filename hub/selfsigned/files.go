package selfsigned

import (
	"crypto/sha1" // thumbprints of IoT Hub may be SHA-1: a choice of the owner, not a signature
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Files are where a certificate and its key are, in PEM.
type Files struct{ Certificate, Key string }

// IsZero says that there are none.
func (f Files) IsZero() bool { return f == Files{} }

// ExistsError says that a file is there already, and was left alone.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string { return "the file " + e.Path + " is there already" }

// Explain gives the words for people.
func (e *ExistsError) Explain() (sentence, next string) {
	return filepath.Base(e.Path) + " is there already and is left alone", "choose another folder, or move it away"
}

// FilesOf are the files of a device in a folder. What a file name may not hold on some system is percent-encoded.
func FilesOf(folder, deviceID string) Files {
	name := fileName(deviceID)
	return Files{Certificate: filepath.Join(folder, name+".cert.pem"), Key: filepath.Join(folder, name+".key.pem")}
}

func fileName(id string) string {
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Save writes the two files of a device into a folder, which is made when it is not there, so that only their owner can
// read them. It overwrites nothing: a file that is there is an *ExistsError, and none is written then.
func (c Certificate) Save(folder, deviceID string) (Files, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Files{}, fmt.Errorf("make the folder for certificates: %w", err)
	}
	f := FilesOf(folder, deviceID)
	if err := create(f.Key, c.keyPEM()); err != nil {
		return Files{}, err
	}
	if err := create(f.Certificate, c.certificatePEM()); err != nil {
		_ = os.Remove(f.Key) // made a moment ago, and of no use alone
		return Files{}, err
	}
	return f, nil
}

func create(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return &ExistsError{path}
	}
	if err != nil {
		return fmt.Errorf("write a certificate: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("write a certificate: %w", err)
	}
	return nil
}

// Remove takes the files away again.
func (f Files) Remove() error {
	return errors.Join(os.Remove(f.Certificate), os.Remove(f.Key))
}

// Proves says whether a certificate has one of the thumbprints, SHA-1 or SHA-256, in any case.
func Proves(pair *tls.Certificate, thumbprints ...string) bool {
	if len(pair.Certificate) == 0 {
		return false
	}
	first, second := sha1.Sum(pair.Certificate[0]), sha256.Sum256(pair.Certificate[0])
	for _, t := range thumbprints {
		if strings.EqualFold(t, hex.EncodeToString(first[:])) || strings.EqualFold(t, hex.EncodeToString(second[:])) {
			return true
		}
	}
	return false
}
