//go:build unix

package uitest

import (
	"context"
	"errors"
	"image/color"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// Terminal is a real program in a pseudo-terminal, and the virtual screen that it draws on. Its methods are for the
// goroutine of the test.
type Terminal struct {
	t       testing.TB
	command *exec.Cmd
	tty     *os.File
	screen  *screen
	done    chan struct{} // closed when the program has ended and all it wrote was read
	err     error         // how it ended; read after done

	mu       sync.Mutex
	emulator *vt.Emulator // guarded by mu, but for its Read
	title    string
	bells    int
	clips    []string
	pump     sync.WaitGroup
}

// Run starts command on a screen of this size. TERM is set for it. When the test ends, the program is asked to end by
// SIGTERM and waited for; one that does not end in time is killed and fails the test.
func Run(t testing.TB, command *exec.Cmd, width, height int) *Terminal {
	t.Helper()
	r := &Terminal{t: t, command: command, screen: newScreen(), done: make(chan struct{}), emulator: vt.NewEmulator(width, height)}
	// The program asks for these, and waits for answers.
	r.emulator.SetDefaultBackgroundColor(color.RGBA{0x14, 0x16, 0x1b, 0xff})
	r.emulator.SetDefaultForegroundColor(color.RGBA{0xd0, 0xd4, 0xdc, 0xff})
	r.emulator.SetCallbacks(vt.Callbacks{
		Title: func(title string) { r.title = title },
		Bell:  func() { r.bells++ },
	})
	r.emulator.RegisterOscHandler(52, func(data []byte) bool {
		r.clips = append(r.clips, string(data))
		return true
	})
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = append(command.Env, "TERM=xterm-256color", "COLORTERM=truecolor")
	tty, err := pty.StartWithSize(command, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatalf("start %s: %v", command.Path, err)
	}
	r.tty = tty
	r.pump.Go(r.readProgram)
	r.pump.Go(r.answerProgram)
	go func() {
		defer close(r.done)
		r.err = command.Wait()
		r.pump.Wait()
		r.screen.end()
	}()
	t.Cleanup(r.stop)
	return r
}

// readProgram draws what the program writes until its side of the terminal is closed.
func (r *Terminal) readProgram() {
	buf := make([]byte, 32*1024)
	for {
		n, err := r.tty.Read(buf)
		if n > 0 {
			r.draw(buf[:n])
		}
		if err != nil {
			break
		}
	}
	// Not emulator.Close: it would be in a race with Read.
	if input, ok := r.emulator.InputPipe().(io.Closer); ok {
		_ = input.Close()
	}
}

func (r *Terminal) draw(data []byte) {
	r.mu.Lock()
	_, _ = r.emulator.Write(data)
	frame := r.emulator.Render()
	r.mu.Unlock()
	r.screen.hear(frame)
	r.screen.put(frame)
}

// answerProgram carries key presses, and what the terminal itself answers, to the program.
func (r *Terminal) answerProgram() {
	_, _ = io.Copy(r.tty, answers{r.emulator})
	// The program is gone; an unread answer would hold up drawing the last of what it wrote.
	_, _ = io.Copy(io.Discard, answers{r.emulator})
}

// answers hides all of the emulator but Read, which is a pipe and needs no lock.
type answers struct{ io.Reader }

// Press presses keys one after the other, by the names of [Key].
func (r *Terminal) Press(names ...string) *Terminal {
	r.screen.listen()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range names {
		k := Key(name)
		if k.Text != "" && k.Text != " " {
			r.emulator.SendText(k.Text)
			continue
		}
		k.Text = ""
		r.emulator.SendKey(uv.KeyPressEvent(k))
	}
	return r
}

// Type types text.
func (r *Terminal) Type(text string) *Terminal {
	r.screen.listen()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emulator.SendText(text)
	return r
}

// Resize changes the size of the terminal.
func (r *Terminal) Resize(width, height int) *Terminal {
	r.t.Helper()
	r.mu.Lock()
	r.emulator.Resize(width, height)
	r.mu.Unlock()
	if err := pty.Setsize(r.tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		r.t.Fatalf("resize the terminal: %v", err)
	}
	return r
}

// See waits until the screen holds all the parts. What its last line has told since the last key counts too, although
// it may be gone from there.
func (r *Terminal) See(parts ...string) *Terminal {
	r.t.Helper()
	r.screen.waitTold(r.t, parts)
	return r
}

// NotSee waits until the screen holds none of the parts.
func (r *Terminal) NotSee(parts ...string) *Terminal {
	r.t.Helper()
	r.screen.wait(r.t, "a screen without "+quoted(parts), holdsNone(parts))
	return r
}

// Wait waits for a screen whose text satisfies; what says in words what is waited for.
func (r *Terminal) Wait(what string, satisfied func(text string) bool) *Terminal {
	r.t.Helper()
	r.screen.wait(r.t, what, satisfied)
	return r
}

// Frame is what is on the screen, with its styles.
func (r *Terminal) Frame() string {
	frame, _, _, _ := r.screen.state()
	return frame
}

// Text is what is on the screen without styles.
func (r *Terminal) Text() string { return ansi.Strip(r.Frame()) }

// Clipboard gives what the program wrote to the clipboard (OSC 52), raw, oldest first; Bells how often it rang.
func (r *Terminal) Clipboard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.clips...)
}

// Bells is how often the program rang the bell.
func (r *Terminal) Bells() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bells
}

// Title is the window's title as the program set it.
func (r *Terminal) Title() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.title
}

// Ended waits until the program has ended and gives its exit code.
func (r *Terminal) Ended() int {
	r.t.Helper()
	if !r.waitEnd() {
		r.t.Fatalf("after %v the program did not end; the screen:\n%s", Patience, r.Text())
	}
	var exit *exec.ExitError
	if r.err != nil && !errors.As(r.err, &exit) {
		r.t.Fatalf("wait for the program: %v", r.err)
	}
	return r.command.ProcessState.ExitCode()
}

func (r *Terminal) waitEnd() bool {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	select {
	case <-r.done:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Terminal) stop() {
	_ = r.command.Process.Signal(syscall.SIGTERM)
	if !r.waitEnd() {
		r.t.Errorf("the program did not end within %v of SIGTERM", Patience)
		_ = r.command.Process.Kill()
		_ = r.tty.Close()
		<-r.done
	}
	_ = r.tty.Close()
}
