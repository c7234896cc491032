package station

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/hub/secret"
)

// Identity is a device or a module and its proof: a key, or a certificate.
type Identity struct {
	DeviceID, ModuleID string // no module: the device itself
	Key                secret.Text
	Certificate        *tls.Certificate
}

// Path is devices/{id}, or devices/{id}/modules/{module}.
func (i Identity) Path() string {
	if i.ModuleID == "" {
		return "devices/" + i.DeviceID
	}
	return "devices/" + i.DeviceID + "/modules/" + i.ModuleID
}

// ClientID is that of MQTT.
func (i Identity) ClientID() string {
	if i.ModuleID == "" {
		return i.DeviceID
	}
	return i.DeviceID + "/" + i.ModuleID
}

func (i Identity) certificates() []tls.Certificate {
	if i.Certificate == nil {
		return nil
	}
	return []tls.Certificate{*i.Certificate}
}

// Token proves the identity for an hour; empty for a certificate.
func (s *Station) Token(i Identity) string {
	s.T.Helper()
	if i.Certificate != nil {
		return ""
	}
	return s.Sign("localhost/"+i.Path(), i.Key, "", time.Hour)
}

// Device makes a device with keys.
func (s *Station) Device(id string) Identity {
	s.T.Helper()
	return Identity{DeviceID: id, Key: s.create(hub.Device{DeviceID: id}).Auth.Primary}
}

// ConnectionString is that of a device with keys.
func (s *Station) ConnectionString(i Identity) connstr.Device {
	return s.Hub.Target().Service.ForDevice(i.DeviceID, i.Key)
}

// Module makes a module with keys of a device that is there.
func (s *Station) Module(device, id string) Identity {
	s.T.Helper()
	m, err := s.Service.CreateModule(s.T.Context(), hub.Module{DeviceID: device, ModuleID: id})
	if err != nil {
		s.T.Fatal(err)
	}
	return Identity{DeviceID: device, ModuleID: id, Key: m.Auth.Primary}
}

// Thumbprinted makes a device that is known by the SHA-256 thumbprint of its self-signed certificate.
func (s *Station) Thumbprinted(id string) Identity {
	s.T.Helper()
	own := devicecert.Issue(s.T, id, nil)
	s.create(hub.Device{DeviceID: id, Auth: hub.Authentication{Type: hub.AuthSelfSigned, PrimaryThumbprint: devicecert.SHA256(own)}})
	return Identity{DeviceID: id, Certificate: &own}
}

// Signed makes a device that is known by a certificate of an authority.
func (s *Station) Signed(id string, authority tls.Certificate) Identity {
	s.T.Helper()
	own := devicecert.Issue(s.T, id, &authority)
	s.create(hub.Device{DeviceID: id, Auth: hub.Authentication{Type: hub.AuthCA}})
	return Identity{DeviceID: id, Certificate: &own}
}

func (s *Station) create(d hub.Device) hub.Device {
	s.T.Helper()
	made, err := s.Service.CreateDevice(s.T.Context(), d)
	if err != nil {
		s.T.Fatal(err)
	}
	return made
}

// WritePEM writes the files that programs are given: the certificate and its key.
func WritePEM(t testing.TB, c tls.Certificate) (certificate, key string) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("certificate.pem", "CERTIFICATE", c.Certificate[0]), write("key.pem", "PRIVATE KEY", raw)
}
