//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	goodKey  = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	goodText = "HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=" + goodKey
)

// TestWrongUse: each mistake gets one sentence that names it, and exit code 2.
func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		args []string
		want []string
	}{
		{"no terminal", nil, nil, []string{"not a terminal", "hubscope hub"}},
		{"no such command", nil, []string{"lst"}, []string{`"lst"`, "--help"}},
		{"no such flag", nil, []string{"--hub"}, []string{"--hub", "--help"}},
		{"no such theme", nil, []string{"--theme", "pink"}, []string{"pink", "dark"}},
		{"not a connection string", nil, []string{"-c", "hello"}, []string{"connection string"}},
		{"a part is missing", nil, []string{"-c", "HostName=h;SharedAccessKey=" + goodKey}, []string{"SharedAccessKeyName", "missing"}},
		{"a key that is not base64", nil, []string{"-c", "HostName=h;SharedAccessKeyName=p;SharedAccessKey=a!b"}, []string{"SharedAccessKey", "base64"}},
		{"a device's connection string", nil, []string{"-c", "HostName=h;DeviceId=d;SharedAccessKey=" + goodKey}, []string{"device"}},
		{"a wrong one in the environment", []string{"IOTHUB_CONNECTION_STRING=HostName=h"}, nil, []string{"SharedAccessKey"}},
		{"a port that is none", nil, []string{"hub", "--mqtt-port", "70000"}, []string{"70000", "65535"}},
		{"an argument too many", nil, []string{"hub", "start"}, []string{`"start"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, code := newUser(t).runs(c.env, c.args...)
			checkSentence(t, said, c.want)
			if code != 2 {
				t.Errorf("exit code %d, want 2: %s", code, said)
			}
		})
	}
}

// TestTheHubCannotStart: a failure, exit code 1.
func TestTheHubCannotStart(t *testing.T) {
	t.Run("damaged state", func(t *testing.T) {
		u := newUser(t)
		hub(t, u).stop()
		file := filepath.Join(u.stateDir(), "hub.db")
		if err := os.WriteFile(file, []byte("this was a hub once"), 0o600); err != nil {
			t.Fatal(err)
		}
		said, code := u.runs(nil, "hub")
		checkSentence(t, said, []string{file, "damaged"})
		if code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
		if kept, _ := os.ReadFile(file); string(kept) != "this was a hub once" {
			t.Errorf("the damaged file was changed")
		}
	})
	t.Run("a port in use", func(t *testing.T) {
		running := hub(t, newUser(t))
		said, code := newUser(t).runs(nil, "hub", "--https-port", running.env["HUBSCOPE_HTTPS_PORT"], "--mqtt-port", "0", "--amqp-port", "0", "--amqp-plain-port", "0")
		checkSentence(t, said, []string{running.env["HUBSCOPE_HTTPS_PORT"], "in use"})
		if code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
	})
	t.Run("state folder not writable", func(t *testing.T) {
		u := newUser(t)
		blocked := filepath.Join(u.home, "file")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		said, code := u.runs(nil, "hub", "--state-dir", blocked)
		checkSentence(t, said, []string{blocked})
		if code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
	})
}

// checkSentence wants one line that holds all parts, and neither a key nor a
// trace.
func checkSentence(t *testing.T, said string, parts []string) {
	t.Helper()
	last := said[strings.LastIndex(said, "\n")+1:]
	for _, part := range parts {
		if !strings.Contains(last, part) {
			t.Errorf("said %q, want %q in it", last, part)
		}
	}
	if !strings.HasPrefix(last, "hubscope: ") || strings.Contains(said, goodKey) || strings.Contains(said, "goroutine") {
		t.Errorf("not one clean sentence: %q", said)
	}
}

var anyPorts = []string{"hub", "--https-port", "0", "--mqtt-port", "0", "--amqp-port", "0", "--amqp-plain-port", "0"}

// runningHub is "hubscope hub" when it is ready.
type runningHub struct {
	t   testing.TB
	cmd *exec.Cmd
	env map[string]string
	// said are the comments before "# ready".
	said   string
	stderr bytes.Buffer // to be read when the hub has ended
}

func hub(t testing.TB, u user) *runningHub { return hubWith(t, u, anyPorts...) }

func hubWith(t testing.TB, u user, args ...string) *runningHub {
	t.Helper()
	h := &runningHub{t: t, cmd: u.command(args...), env: map[string]string{}}
	h.cmd.Stderr = &h.stderr
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.stop)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "# ready" {
			return h
		}
		if comment, found := strings.CutPrefix(lines.Text(), "# "); found {
			h.said += comment + "\n"
			continue
		}
		name, value, _ := strings.Cut(lines.Text(), "=")
		h.env[name] = strings.Trim(value, "'")
	}
	t.Fatal("the hub ended before it was ready")
	return nil
}

// stop ends the hub as a service manager does, and wants a clean end.
func (h *runningHub) stop() {
	if h.cmd.ProcessState != nil {
		return
	}
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	if err := h.cmd.Wait(); err != nil {
		h.t.Errorf("the hub did not end cleanly: %v", err)
	}
}

// variables are what "hubscope hub" printed, as an environment.
func (h *runningHub) variables() []string {
	var all []string
	for name, value := range h.env {
		all = append(all, name+"="+value)
	}
	return all
}

// TestTheScreenOnARunningHub: the variables that the hub prints are enough,
// whatever its ports.
func TestTheScreenOnARunningHub(t *testing.T) {
	running := hub(t, newUser(t))
	u := newUser(t)
	cmd := u.command()
	cmd.Env = append(cmd.Env, running.variables()...)
	screen := runIn(t, cmd)
	screen.See("local hub", "No devices yet")
	// Typed in one go: nothing gets ahead of the dialog.
	screen.Press("n", "enter").See("1 of 1", "offline").NotSee("New device")
	screen.Press("s").See("connected", "windSpeed")
	screen.Press("ctrl+c")
	if code := screen.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(filepath.Join(u.stateDir(), "hub.db")); err == nil {
		t.Errorf("a hub of its own was started beside the running one")
	}
}

// TestAHubThatDoesNotAnswer and a wrong key are said on the screen, which stays.
func TestAHubThatRefuses(t *testing.T) {
	running := hub(t, newUser(t))
	cmd := newUser(t).command()
	cmd.Env = append(cmd.Env, running.variables()...)
	cmd.Args = append(cmd.Args, "-c", goodText)
	screen := runIn(t, cmd)
	screen.See("refused the policy or its", "r tries again", "The stream has stopped").NotSee(goodKey)
	screen.Press("ctrl+c")
	if code := screen.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
