package cli_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/tlsca/devicecert"
	"hubscope/ui/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hubscope": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(cli.ExitCode(os.Stderr, cli.Root("test").ExecuteContext(ctx)))
	}})
}

// The scripts run hubscope simulate as people do, in processes of its own, against a local hub.
func TestSimulate(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/simulate", Setup: func(env *testscript.Env) error { return startHub(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"connected": connected},
	})
}

type clientKey struct{}

// startHub starts a local hub on $STATE, and writes a file of connection strings for five devices "f1" to "f5", and
// files of certificates.
func startHub(t *testing.T, env *testscript.Env) error {
	dir := env.WorkDir + "/state"
	h, err := localhub.Start(context.Background(), localhub.Options{StateDir: dir})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = h.Close(context.Background()) })
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		return err
	}
	env.Defer(client.Close)
	env.Values[clientKey{}] = client
	list := "# devices of a test\n\n"
	for i := range 5 {
		d, err := client.CreateDevice(context.Background(), hub.Device{DeviceID: "f" + strconv.Itoa(i+1)})
		if err != nil {
			return err
		}
		list += d.ConnectionString(h.Target().Service).Reveal() + "\n"
	}
	if err := writeCertificates(t, client, env.WorkDir); err != nil {
		return err
	}
	env.Setenv("STATE", dir)
	env.Setenv("HOME", env.WorkDir)
	return os.WriteFile(env.WorkDir+"/devices.txt", []byte(list), 0o600)
}

// writeCertificates makes devices "x1" to "x4" that prove themselves by a certificate, and files in certs: a pair for x1
// and x2, one that has ended for x3, none for x4. What is in odd does not belong together.
func writeCertificates(t *testing.T, client *hub.Client, dir string) error {
	soon, before := time.Now().Add(time.Hour), time.Now().Add(-time.Minute)
	for _, one := range []struct {
		id, cert, key string
		end           time.Time
	}{
		{"x1", "certs/x1.pem", "certs/x1.key", soon},
		{"x2", "certs/x2-cert.pem", "certs/x2-key.pem", soon},
		{"x3", "certs/x3.pem", "certs/x3.key", before},
		{"x4", "other/x4.pem", "other/x4.key", soon},
		{"y1", "odd/x1.pem", "other/x1.key", soon},
		{"y2", "odd/x2.pem", "other/x2.key", soon},
		{"y3", "other/x2.pem", "odd/x2.key", soon},
	} {
		certificate := devicecert.IssueUntil(t, one.id, nil, one.end)
		auth := hub.Authentication{Type: hub.AuthSelfSigned, PrimaryThumbprint: devicecert.SHA1(certificate)}
		if _, err := client.CreateDevice(context.Background(), hub.Device{DeviceID: one.id, Auth: auth}); err != nil {
			return err
		}
		public, private := devicecert.PEM(t, certificate)
		for name, text := range map[string][]byte{one.cert: public, one.key: private} {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(file, text, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// connected waits until the hub counts so many devices as connected.
func connected(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 1 {
		ts.Fatalf("usage: connected number")
	}
	want, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	client := ts.Value(clientKey{}).(*hub.Client)
	var got int64
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		s, err := client.ServiceStatistics(context.Background())
		ts.Check(err)
		if got = s.ConnectedDeviceCount; got == want {
			return
		}
	}
	ts.Fatalf("%d devices are connected, want %d", got, want)
}
