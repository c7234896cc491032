package selfsigned_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/selfsigned"
)

func made(t *testing.T, name string, o selfsigned.Options) selfsigned.Certificate {
	t.Helper()
	c, err := selfsigned.New(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A device that proves itself with the files is let in by a hub that knows the thumbprint.
func TestAHubTakesIt(t *testing.T) {
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(t.Context()) }()
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c := made(t, "pump-1", selfsigned.Options{})
	files, err := c.Save(t.TempDir(), "pump-1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.CreateDevice(t.Context(), hub.Device{
		DeviceID: "pump-1", Auth: hub.Authentication{Type: hub.AuthSelfSigned, PrimaryThumbprint: c.Thumbprint()},
	})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := device.LoadCertificate(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	target := h.Target()
	config := target.TLS.Clone()
	config.Certificates = []tls.Certificate{*pair}
	dev, err := device.New(d.ConnectionString(target.Service), device.Options{MQTTAddr: target.MQTTAddr, TLS: config})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dev.Close(t.Context()) }()
	if err := dev.Connect(t.Context()); err != nil {
		t.Error(err)
	}
	if !selfsigned.Proves(pair, "", strings.ToLower(c.Thumbprint())) || selfsigned.Proves(pair, "00") {
		t.Error("the thumbprint is not that of the certificate")
	}
}

func TestFilesAreTheOwnersAndNeverOverwritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	c := made(t, "gate", selfsigned.Options{})
	files, err := c.Save(folder, "gate")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{files.Certificate, files.Key} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	before, _ := os.ReadFile(files.Key)
	var exists *selfsigned.ExistsError
	if _, err := made(t, "gate", selfsigned.Options{}).Save(folder, "gate"); !errors.As(err, &exists) {
		t.Errorf("saved again: %v", err)
	}
	if after, _ := os.ReadFile(files.Key); string(after) != string(before) {
		t.Error("the key was overwritten")
	}
	if err := os.Remove(files.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Save(folder, "gate"); !errors.As(err, &exists) || exists.Path != files.Certificate {
		t.Errorf("saved over a certificate: %v", err)
	}
	if _, err := os.Stat(files.Key); !os.IsNotExist(err) {
		t.Error("a key stays alone")
	}
}

func TestNamesOfFiles(t *testing.T) {
	for id, want := range map[string]string{
		"pump-1": "pump-1", "a.b_c": "a.b_c", "..": "%2E.", "con:1*?": "con%3A1%2A%3F", "100%": "100%25", ".hidden": "%2Ehidden",
	} {
		if got := selfsigned.FilesOf("d", id); got.Certificate != filepath.Join("d", want+".cert.pem") || got.Key != filepath.Join("d", want+".key.pem") {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

func TestWhatIsInIt(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	c := made(t, strings.Repeat("x", 128), selfsigned.Options{Now: now, Valid: 48 * time.Hour})
	files, err := c.Save(t.TempDir(), "x")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := device.LoadCertificate(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := pair.Leaf
	if len(leaf.Subject.CommonName) != 64 || !leaf.NotAfter.Equal(now.Add(48*time.Hour)) || !leaf.NotBefore.Before(now) || leaf.IsCA {
		t.Errorf("%v from %v to %v", leaf.Subject, leaf.NotBefore, leaf.NotAfter)
	}
	if err := leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature); err != nil {
		t.Error(err)
	}
	for _, shown := range []string{fmt.Sprint(c), fmt.Sprintf("%#v %+v %x", c, c, c)} {
		if !strings.Contains(shown, c.Thumbprint()) || len(shown) > 300 {
			t.Errorf("shown as %q", shown)
		}
	}
}
