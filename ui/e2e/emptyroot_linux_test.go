package e2e

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// emptyRoot is a container with nothing in it but the program and /tmp: no /etc, no home, no certificates, no shell.
type emptyRoot struct {
	t   *testing.T
	dir string
}

func newEmptyRoot(t *testing.T) emptyRoot {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can change the root folder")
	}
	r := emptyRoot{t, t.TempDir()}
	build := exec.Command("go", "build", "-o", filepath.Join(r.dir, "hubscope"), "hubscope")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	for _, dir := range []string{r.dir, filepath.Dir(r.dir), filepath.Join(r.dir, "tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(r.dir, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	return r
}

const nobody = 65534

// command runs the program there, with these variables alone and as somebody without rights.
func (r emptyRoot) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/hubscope", args...)
	cmd.Path, cmd.Dir, cmd.Env = "/hubscope", "/", append([]string{}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// runs gives what it says on both outputs, and its exit code.
func (r emptyRoot) runs(env []string, args ...string) (out, said string, code int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	cmd := r.command(ctx, env, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	if cmd.ProcessState == nil {
		r.t.Fatal("the program did not start")
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// hub runs a local hub until the end of the test, and gives the variables that it prints.
func (r emptyRoot) hub() (env []string) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := r.command(ctx, nil, "hub", "--state-dir", "/tmp/state", "--https-port", "0", "--mqtt-port", "0", "--amqp-port", "0", "--amqp-plain-port", "0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		if cmd.ProcessState.ExitCode() != 0 {
			r.t.Errorf("the hub ended with %d", cmd.ProcessState.ExitCode())
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "# ready" {
			return env
		}
		env = append(env, strings.ReplaceAll(lines.Text(), "'", ""))
	}
	r.t.Fatal("the hub ended before it was ready")
	return nil
}

func TestInAnEmptyRoot(t *testing.T) {
	r := newEmptyRoot(t)

	// Nobody may write where the state is by default.
	if _, said, code := r.runs(nil, "hub"); code == 0 || !strings.Contains(said, "the state folder /.local/state/hubscope can not be made (permission denied): choose another one with --state-dir") {
		t.Errorf("hub: %d, %s", code, said)
	}
	env := r.hub()

	// The hub is found by its state, and by its variables; localhost is known although no file says what it is.
	out, said, code := r.runs(nil, "simulate", "d{1..4}", "--state-dir", "/tmp/state", "--create", "--shard", "1/2", "--count", "3", "--interval", "100ms", "--output", "json")
	if code != 0 || !strings.Contains(out, `"confirmed":6,`) || !strings.Contains(out, `"failures":[]`) {
		t.Errorf("simulate by the state: %d\n%s%s", code, out, said)
	}
	inJob := append([]string{"HUBSCOPE_SHARD=/2", "JOB_COMPLETION_INDEX=1"}, env...)
	out, said, code = r.runs(inJob, "simulate", "d{1..5}", "--create", "--count", "3", "--interval", "100ms", "--transport", "ws", "--output", "json")
	if code != 0 || !strings.Contains(out, `"confirmed":6,`) || !strings.Contains(out, "shard 2/2") {
		t.Errorf("simulate by variables: %d\n%s%s", code, out, said)
	}

	// What is missing is said.
	var untrusted []string
	for _, one := range env {
		if !strings.HasPrefix(one, "HUBSCOPE_CA_FILE=") {
			untrusted = append(untrusted, one)
		}
	}
	if _, said, code := r.runs(untrusted, "simulate", "d1", "--count", "1"); code == 0 || !strings.Contains(said, "this system knows no authority at all") {
		t.Errorf("without the authority: %d, %s", code, said)
	}
	if _, said, code := r.runs(nil, "simulate", "d1", "--shard", "/2"); code != 2 || !strings.Contains(said, "neither JOB_COMPLETION_INDEX nor a number at the end of HOSTNAME") {
		t.Errorf("without an index: %d, %s", code, said)
	}
}
