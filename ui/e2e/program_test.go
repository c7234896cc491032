//go:build unix

package e2e

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	// What the program is made of: a change there must not leave the results of
	// these tests in the test cache.
	_ "hubscope/ui/cli"
	"hubscope/ui/uitest"
)

// binary is the program under test, built once for all tests of the package.
var binary string

func TestMain(m *testing.M) {
	if os.Getenv(bareEnv) != "" {
		playBareScreen()
	}
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))) // they mostly wait for time-outs
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hubscope-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// Read for the test cache, as the imports above: main cannot be imported.
	if _, err := os.ReadFile(filepath.Join("..", "..", "main.go")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	binary = filepath.Join(dir, "hubscope")
	build := exec.Command("go", "build", "-o", binary, "hubscope")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// user is somebody with a home folder of their own and nothing in it.
type user struct {
	t    testing.TB
	home string
}

func newUser(t testing.TB) user {
	t.Helper()
	return user{t, t.TempDir()}
}

// stateDir is where the local hub of this user keeps its state.
func (u user) stateDir() string { return filepath.Join(u.home, ".local", "state", "hubscope") }

// command runs the program with an environment that has nothing of ours in it.
func (u user) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Dir = u.home
	cmd.Env = []string{"HOME=" + u.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC"}
	return cmd
}

// opens shows the screen of the program.
func (u user) opens(width, height int, args ...string) *uitest.Terminal {
	u.t.Helper()
	return uitest.Run(u.t, u.command(args...), width, height)
}

// runs gives what a run without a terminal says on standard error, and its exit
// code.
func (u user) runs(env []string, args ...string) (said string, code int) {
	u.t.Helper()
	cmd := u.command(args...)
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		u.t.Fatal(err)
	}
	return strings.TrimSpace(stderr.String()), cmd.ProcessState.ExitCode()
}

func runIn(t testing.TB, cmd *exec.Cmd) *uitest.Terminal {
	t.Helper()
	return uitest.Run(t, cmd, 120, 36)
}
