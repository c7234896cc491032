// Package supervise keeps the terminal safe from the program that draws on it.
//
// A panic in a goroutine that nobody recovers (a library's, say), or a kill,
// ends a Go process at once: raw mode and the alternate screen would stay
// behind, and a stack trace would cover what is left. So the program with the
// screen runs as a child of the same binary. The parent waits, puts the
// terminal back when the child ended badly, keeps the trace in a file and says
// one sentence. It costs one idle process and some ten milliseconds at start.
package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/term"
)

// marker is set in the child's environment. The child itself never starts
// another one.
const marker = "HUBSCOPE_SUPERVISED"

// Child reports whether this process is the supervised one.
func Child() bool { return os.Getenv(marker) != "" }

// Options of [Run]. Every field is required.
type Options struct {
	// Args are the child's command-line arguments, without the program's name.
	Args []string
	// CrashDir is where a crash report is written; made when it is missing.
	CrashDir string
	// Stdin and Stdout are the terminal.
	Stdin, Stdout *os.File
	// Stderr receives the child's last words, after the terminal is back.
	Stderr io.Writer
}

// Run starts the child, passes SIGINT and SIGTERM on to it, waits for its end
// and gives the exit code that the parent is to end with. The child's standard
// error is held back until the screen is gone; if it holds a stack trace, the
// trace goes to a file in CrashDir and one sentence to Stderr instead.
func Run(ctx context.Context, o Options) (int, error) {
	program, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("find the program's own file: %w", err)
	}
	before, _ := term.GetState(o.Stdin.Fd())
	var said head
	child := exec.CommandContext(ctx, program, o.Args...)
	child.Env = append(os.Environ(), marker+"=1")
	child.Stdin, child.Stdout, child.Stderr = o.Stdin, o.Stdout, &said
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = 15 * time.Second

	// The signals are taken before the child starts, so that none can end the
	// parent and leave the child alone with the terminal.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, passedOn...)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		return 1, fmt.Errorf("start the screen: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case s := <-signals:
			_ = child.Process.Signal(s)
		case err := <-ended:
			return o.finish(err, said.Bytes(), before), nil
		}
	}
}

// finish puts things right after the child and gives the exit code.
func (o Options) finish(err error, said []byte, before *term.State) int {
	code := exitCode(err)
	crashed := isTrace(said)
	if crashed || code < 0 {
		o.restore(before)
	}
	switch {
	case crashed:
		o.report(said)
		return 1
	case code < 0:
		fmt.Fprintf(o.Stderr, "hubscope was ended from outside (%v); the terminal is restored.\n", err)
		return 1
	}
	_, _ = o.Stderr.Write(said)
	return code
}

// report keeps the trace and says where it is.
func (o Options) report(trace []byte) {
	name := filepath.Join(o.CrashDir, "crash-"+time.Now().UTC().Format("20060102T150405Z")+".txt")
	err := os.MkdirAll(o.CrashDir, 0o700)
	if err == nil {
		err = os.WriteFile(name, trace, 0o600)
	}
	if err != nil {
		fmt.Fprintf(o.Stderr, "hubscope ended by an error of its own, and the report could not be kept: %v.\n", err)
		return
	}
	fmt.Fprintf(o.Stderr, "hubscope ended by an error of its own; nothing that a hub had confirmed is lost. Please report it with %s.\n", name)
}

// exitCode is the child's, 0 after a clean end and -1 when a signal ended it.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return 1
}
