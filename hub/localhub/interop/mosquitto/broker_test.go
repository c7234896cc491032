package mosquitto

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startBroker starts mosquitto with more lines of configuration and waits until it listens on addr. It skips
// the test where mosquitto is not installed. Nothing is persistent: the broker keeps messages in memory.
func startBroker(t testing.TB, addr, configuration string) {
	t.Helper()
	program := find("mosquitto")
	if program == "" {
		t.Skip("mosquitto is not installed")
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	ctx, stop := context.WithCancel(context.Background())
	broker := exec.CommandContext(ctx, program, "-c", file)
	broker.Cancel = func() error { return broker.Process.Signal(os.Interrupt) }
	broker.WaitDelay = 5 * time.Second
	broker.Stderr, broker.Stdout = &log, &log
	if err := broker.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		broker.Wait()
		if t.Failed() {
			t.Logf("mosquitto: %s", log.String())
		}
	})
	if err := reachable(addr); err != nil {
		t.Fatal(err)
	}
}

// find looks for a program in PATH and where Debian keeps its servers.
func find(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if path, err := exec.LookPath("/usr/sbin/" + name); err == nil {
		return path
	}
	return ""
}

// reachable waits until something listens on addr, 10 seconds at most.
func reachable(addr string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("nothing listens on %s: %w", addr, err)
		}
	}
}

// freeAddress is an address on loopback that nothing listened on a moment ago: mosquitto can not be asked
// to choose one.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
