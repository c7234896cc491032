package cli_test

import (
	"context"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hubscope/hub"
	"hubscope/hub/localhub"
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
		Dir: "testdata/simulate", Setup: startHub,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"connected": connected},
	})
}

type clientKey struct{}

// startHub starts a local hub on $STATE, and writes a file of connection strings for five devices "f1" to "f5".
func startHub(env *testscript.Env) error {
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
	env.Setenv("STATE", dir)
	env.Setenv("HOME", env.WorkDir)
	return os.WriteFile(env.WorkDir+"/devices.txt", []byte(list), 0o600)
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
