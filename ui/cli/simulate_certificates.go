package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hubscope/device"
	"hubscope/hub/connstr"
)

// certificates are those of devices whose identities have X.509 authentication.
type certificates struct {
	cert, key, folder string

	shared *tls.Certificate // of all such devices
}

// check reads the one pair that there may be, and looks whether there is a folder.
func (c *certificates) check() (err error) {
	switch {
	case c.cert != "" && c.folder != "":
		return errors.New("--cert is one certificate for all devices and --certs a folder with one for each: give one of them")
	case c.key != "" && c.cert == "":
		return errors.New("--key needs --cert, the file with the certificate of that key")
	case c.cert != "":
		if c.shared, err = device.LoadCertificate(c.cert, c.key); err != nil {
			return flagged("--cert", err)
		}
	case c.folder != "":
		if info, err := os.Stat(c.folder); err != nil || !info.IsDir() {
			return fmt.Errorf("--certs: there is no folder %s", c.folder)
		}
	}
	return nil
}

// flagged says with which flag a file was given, and what to do about it.
func flagged(flag string, err error) error {
	var bad *device.CertificateError
	if !errors.As(err, &bad) {
		return fmt.Errorf("%s: %w", flag, err)
	}
	if _, next := bad.Explain(); next != "" {
		return fmt.Errorf("%s: %w (%s)", flag, err, next)
	}
	return fmt.Errorf("%s: %w", flag, err)
}

// given tells whether there are any.
func (c *certificates) given() bool { return c.cert != "" || c.folder != "" }

// pairs are the endings of the files of a certificate and its key: those that people and openssl give. Without a
// file for the key it stands in that of the certificate.
var pairs = []struct{ cert, key string }{
	{".pem", ".key"}, {"-cert.pem", "-key.pem"}, {".crt", ".key"}, {".cert.pem", ".key.pem"}, {".cer", ".key"},
}

// of is a sim.StartOptions.Certificate.
func (c *certificates) of(deviceID string) (*tls.Certificate, error) {
	switch {
	case c.shared != nil:
		return c.shared, nil
	case c.folder == "":
		return nil, errors.New("it proves itself by X.509: --cert or --certs gives its certificate")
	case !filepath.IsLocal(deviceID) || filepath.Base(deviceID) != deviceID:
		return nil, fmt.Errorf("its id is no name of a file, so %s has no certificate of it", c.folder)
	}
	for _, ending := range pairs {
		cert, key := filepath.Join(c.folder, deviceID+ending.cert), filepath.Join(c.folder, deviceID+ending.key)
		if _, err := os.Stat(cert); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
			key = cert
		}
		pair, err := device.LoadCertificate(cert, key)
		if err != nil && key == cert {
			return nil, fmt.Errorf("%w, and there is no %s%s", err, deviceID, ending.key)
		}
		return pair, err
	}
	return nil, fmt.Errorf("there is no certificate of it in %s: its files would be %s.pem and %s.key, or %s-cert.pem and %s-key.pem", c.folder, deviceID, deviceID, deviceID, deviceID)
}

// withCertificate is how many of the devices prove themselves by one.
func withCertificate(list []connstr.Device) (n int) {
	for _, cs := range list {
		if cs.X509 {
			n++
		}
	}
	return n
}
