package uitest

import (
	"context"
	"errors"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Driver runs a model in a real tea.Program that has no terminal. Its methods are for the goroutine of the test.
type Driver struct {
	t       testing.TB
	program *tea.Program
	screen  *screen
	done    chan struct{} // closed when the program has ended
	err     error         // how it ended; read after done
}

// Start runs m in a terminal of this size until the test ends. At its end the program is quit, and the test fails when
// it does not stop in time.
func Start(t testing.TB, m tea.Model, width, height int) *Driver {
	t.Helper()
	d := &Driver{t: t, screen: newScreen(), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	d.program = tea.NewProgram(watched{m, d.screen},
		tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer(),
		tea.WithoutSignals(), tea.WithoutSignalHandler(), tea.WithWindowSize(width, height),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}))
	go func() {
		defer close(d.done)
		defer d.screen.end()
		_, d.err = d.program.Run()
	}()
	t.Cleanup(func() {
		cancel()
		<-d.done
	})
	return d
}

// Send gives the model a message, as the terminal or a command would.
func (d *Driver) Send(msg tea.Msg) *Driver {
	d.program.Send(msg)
	return d
}

// Press presses keys one after the other, by the names of [Key].
func (d *Driver) Press(names ...string) *Driver {
	for _, name := range names {
		d.Send(Key(name))
	}
	return d
}

// Type types text, one key a character.
func (d *Driver) Type(text string) *Driver {
	for _, r := range text {
		if r == ' ' {
			d.Press("space")
			continue
		}
		d.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// Resize changes the size of the terminal.
func (d *Driver) Resize(width, height int) *Driver {
	return d.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// See waits until one frame holds all the parts.
func (d *Driver) See(parts ...string) *Driver {
	d.t.Helper()
	d.screen.wait(d.t, quoted(parts), holdsAll(parts))
	return d
}

// NotSee waits until a frame holds none of the parts.
func (d *Driver) NotSee(parts ...string) *Driver {
	d.t.Helper()
	d.screen.wait(d.t, "a frame without "+quoted(parts), holdsNone(parts))
	return d
}

// Wait waits for a frame whose text satisfies; what says in words what is waited for.
func (d *Driver) Wait(what string, satisfied func(text string) bool) *Driver {
	d.t.Helper()
	d.screen.wait(d.t, what, satisfied)
	return d
}

// Frame is the last whole frame, with its styles.
func (d *Driver) Frame() string {
	frame, _, _, _ := d.screen.state()
	return frame
}

// Text is the last whole frame without styles.
func (d *Driver) Text() string { return ansi.Strip(d.Frame()) }

// Frames is how often View was called so far.
func (d *Driver) Frames() int {
	_, drawn, _, _ := d.screen.state()
	return drawn
}

// Ended waits until the program has ended and gives the error of its Run, nil when it was quit.
func (d *Driver) Ended() error {
	d.t.Helper()
	d.waitEnd("end")
	if errors.Is(d.err, context.Canceled) {
		return nil
	}
	return d.err
}

func (d *Driver) waitEnd(what string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	select {
	case <-d.done:
	case <-ctx.Done():
		d.t.Fatalf("after %v the program did not %s; the last frame:\n%s", Patience, what, d.Text())
	}
}

// watched keeps each frame that the model draws.
type watched struct {
	tea.Model
	screen *screen
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := w.Model.Update(msg)
	return watched{next, w.screen}, cmd
}

func (w watched) View() tea.View {
	view := w.Model.View()
	w.screen.put(view.Content)
	return view
}
