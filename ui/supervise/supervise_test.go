//go:build unix

package supervise

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// The test binary plays both parts: a parent in a pseudo-terminal, which is the
// code under test, and its child, a screen that ends as its argument says.
func TestMain(m *testing.M) {
	switch {
	case Child():
		playScreen(os.Args[len(os.Args)-1])
	case os.Getenv("SUPERVISE_TEST_DIR") != "":
		code, err := Run(context.Background(), Options{
			Args: os.Args[1:], CrashDir: os.Getenv("SUPERVISE_TEST_DIR"),
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		})
		if err != nil {
			fmt.Println(err)
		}
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// playScreen takes the terminal as Bubble Tea does, then ends in the way named.
func playScreen(end string) {
	_, _ = term.MakeRaw(os.Stdin.Fd())
	fmt.Print("\x1b[?1049h\x1b[?25l\x1b[?1002h")
	switch end {
	case "clean":
		fmt.Fprintln(os.Stderr, "a last word")
		os.Exit(3)
	case "panic":
		go func() { panic("somebody's library") }()
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	time.Sleep(time.Minute) // the end comes from another goroutine, or from the kernel
}

// runIn plays one end in a pseudo-terminal and gives what it shows, the
// terminal's local modes before and after, the exit code and the crash folder.
func runIn(t *testing.T, end string) (shown string, code int, dir string, restored bool) {
	t.Helper()
	dir = t.TempDir()
	control, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer control.Close()
	before, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], end)
	cmd.Env = append(os.Environ(), "SUPERVISE_TEST_DIR="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	output := make(chan string)
	go func() {
		text, _ := io.ReadAll(control)
		output <- string(text)
	}()
	_ = cmd.Run()
	after, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	tty.Close()
	return <-output, cmd.ProcessState.ExitCode(), dir, *after == *before
}

func TestAPanicLeavesTheTerminalAsItWas(t *testing.T) {
	shown, code, dir, restored := runIn(t, "panic")
	if code != 1 || !restored {
		t.Errorf("exit code %d, terminal restored: %v; want 1 and true", code, restored)
	}
	if strings.Contains(shown, "goroutine ") || !strings.Contains(shown, "ended by an error of its own") {
		t.Errorf("want one sentence and no trace, got %q", shown)
	}
	if !strings.Contains(shown, "\x1b[?1049l") || !strings.Contains(shown, "\x1b[?25h") {
		t.Errorf("the alternate screen and the cursor were not given back: %q", shown)
	}
	reports, _ := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	if len(reports) != 1 {
		t.Fatalf("want one crash report, got %v", reports)
	}
	trace, _ := os.ReadFile(reports[0])
	if !strings.Contains(string(trace), "somebody's library") {
		t.Errorf("the report does not name the cause: %s", trace)
	}
}

func TestAKillLeavesTheTerminalAsItWas(t *testing.T) {
	shown, code, _, restored := runIn(t, "kill")
	if code != 1 || !restored || !strings.Contains(shown, "ended from outside") {
		t.Errorf("exit code %d, restored %v, shown %q", code, restored, shown)
	}
}

func TestACleanEndIsPassedOn(t *testing.T) {
	shown, code, _, _ := runIn(t, "clean")
	if code != 3 || !strings.Contains(shown, "a last word") {
		t.Errorf("exit code %d, shown %q; want 3 and the child's words", code, shown)
	}
}
