package tlsca

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func mustOpen(t *testing.T, dir string, names []string, now time.Time) *Authority {
	t.Helper()
	a, err := open(dir, names, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// handshake connects to a listener of a, and returns what both sides say.
func handshake(t *testing.T, a *Authority, client *tls.Config) (clientErr, serverErr error) {
	t.Helper()
	here, there := net.Pipe()
	deadline := time.Now().Add(10 * time.Second)
	for _, end := range []net.Conn{here, there} {
		defer end.Close()
		if err := end.SetDeadline(deadline); err != nil {
			t.Fatal(err)
		}
	}
	served := make(chan error, 1)
	go func() {
		server := tls.Server(there, a.ServerConfig())
		err := server.Handshake()
		if err == nil {
			_, err = server.Write([]byte("x"))
		}
		served <- err
	}()
	c := tls.Client(here, client)
	if clientErr = c.Handshake(); clientErr == nil {
		_, clientErr = io.ReadFull(c, make([]byte, 1))
	}
	if clientErr != nil {
		_ = here.Close()
	}
	return clientErr, <-served
}

// Protocol 0.10.
func TestNamesAreCovered(t *testing.T) {
	a, err := Open(t.TempDir(), []string{"Hub.Example.NET", "10.1.2.3", "localhost", " ", "0:0:0:0:0:0:0:1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "::1": true, "hub.example.net": true, "10.1.2.3": true,
		"example.net": false, "10.1.2.4": false,
	} {
		client := a.ClientConfig()
		client.ServerName = name
		if err, _ := handshake(t, a, client); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Protocol 0.10.
func TestVersionsAndTrust(t *testing.T) {
	a, err := Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	old := a.ClientConfig()
	old.ServerName, old.MinVersion, old.MaxVersion = "localhost", tls.VersionTLS11, tls.VersionTLS11
	if err, _ := handshake(t, a, old); err == nil {
		t.Error("TLS 1.1 was taken")
	}
	stranger := &tls.Config{ServerName: "localhost", RootCAs: x509.NewCertPool()}
	var unknown x509.UnknownAuthorityError
	if err, _ := handshake(t, a, stranger); !errors.As(err, &unknown) {
		t.Errorf("a client that does not know the authority: %v", err)
	}
	// Any client certificate is let through: who it is for is told elsewhere.
	other, err := Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	device := a.ClientConfig()
	device.ServerName, device.Certificates = "localhost", []tls.Certificate{other.server}
	if clientErr, serverErr := handshake(t, a, device); clientErr != nil || serverErr != nil {
		t.Errorf("client certificate: %v, %v", clientErr, serverErr)
	}
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "ca")
	a := mustOpen(t, dir, nil, time.Now())
	for name, mode := range map[string]os.FileMode{
		".": 0o700, caKeyName: 0o600, serverKeyName: 0o600, caCertName: 0o644,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
	text, err := os.ReadFile(a.CAFile())
	if err != nil || !filepath.IsAbs(a.CAFile()) || !x509.NewCertPool().AppendCertsFromPEM(text) || bytes.Contains(text, []byte("KEY")) {
		t.Errorf("CA file %s: %v", a.CAFile(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new-*")); len(left) != 0 {
		t.Errorf("drafts left behind: %v", left)
	}
}

func TestWhatIsKeptAndWhatIsMadeAgain(t *testing.T) {
	start := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	names := []string{"a.example"}
	for _, c := range []struct {
		name                 string
		change               func(t *testing.T, dir string)
		names                []string
		now                  time.Time
		sameRoot, sameServer bool
	}{
		{"opened again", nil, names, start.Add(time.Hour), true, true},
		{"another name", nil, []string{"b.example"}, start, true, false},
		{"a name less", nil, nil, start, true, false},
		{"server near its end", nil, names, start.Add(serverLifetime - renewBefore), true, false},
		{"root near its end", nil, names, start.Add(rootLifetime - renewBefore), false, false},
		{"server gone", remove(serverCertName), names, start, true, false},
		{"server key gone", remove(serverKeyName), names, start, true, false},
		{"server unreadable", write(serverCertName, "not PEM"), names, start, true, false},
		{"all gone", func(t *testing.T, dir string) { remove(caCertName)(t, dir); remove(caKeyName)(t, dir) }, names, start, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			before := mustOpen(t, dir, names, start)
			if c.change != nil {
				c.change(t, dir)
			}
			after := mustOpen(t, dir, c.names, c.now)
			if same := before.root.Equal(after.root); same != c.sameRoot {
				t.Errorf("same root: %v", same)
			}
			if same := before.server.Leaf.Equal(after.server.Leaf); same != c.sameServer {
				t.Errorf("same server certificate: %v", same)
			}
			if err := after.server.Leaf.CheckSignatureFrom(after.root); err != nil {
				t.Error(err)
			}
		})
	}
}

// Others trust the root: a damaged one is reported, not replaced.
func TestDamagedRootIsReported(t *testing.T) {
	for name, change := range map[string]func(*testing.T, string){
		"certificate": write(caCertName, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		"key":         write(caKeyName, ""),
		"other key": func(t *testing.T, dir string) {
			text, err := os.ReadFile(filepath.Join(dir, serverKeyName))
			if err != nil {
				t.Fatal(err)
			}
			write(caKeyName, string(text))(t, dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustOpen(t, dir, nil, time.Now())
			change(t, dir)
			if _, err := Open(dir, nil); err == nil || !strings.Contains(err.Error(), dir) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func write(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
