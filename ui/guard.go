package ui

import (
	"fmt"
	"io"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
)

// PanicError is a fault of the program itself that was caught while the screen
// was up. The terminal is restored when Run gives it.
type PanicError struct {
	Value any
	// Stack is for a crash report, not for the screen.
	Stack []byte
}

// Error is one sentence.
func (e *PanicError) Error() string {
	return fmt.Sprintf("hubscope met a fault of its own and had to stop: %v", e.Value)
}

// guarded is the model that Bubble Tea runs: the App, with panics turned into an
// orderly end. Bubble Tea's own recovery would print the stack on the screen.
type guarded struct {
	app   *App
	debug io.Writer
	fault *PanicError
	quit  func()
}

type faultMsg struct{ fault *PanicError }

func (g *guarded) Init() (cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			cmd = g.stop(&PanicError{r, debug.Stack()})
		}
	}()
	return guardCmd(g.app.Init())
}

func (g *guarded) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	m = g
	defer func() {
		if r := recover(); r != nil {
			cmd = g.stop(&PanicError{r, debug.Stack()})
		}
	}()
	if f, ok := msg.(faultMsg); ok {
		return g, g.stop(f.fault)
	}
	start := time.Now()
	cmd = guardCmd(g.app.Update(msg))
	g.note(msg, time.Since(start))
	return g, cmd
}

func (g *guarded) View() (v tea.View) {
	defer func() {
		if r := recover(); r != nil {
			g.stop(&PanicError{r, debug.Stack()})
			// Nothing can be returned from here that ends the program.
			go g.quit()
			v = tea.View{}
		}
	}()
	if g.fault != nil {
		return tea.View{}
	}
	return g.app.View()
}

func (g *guarded) stop(f *PanicError) tea.Cmd {
	if g.fault == nil {
		g.fault = f
	}
	return tea.Quit
}

// note writes type and time of a message for --debug, never its content: there
// may be keys in it.
func (g *guarded) note(msg tea.Msg, took time.Duration) {
	if g.debug == nil {
		return
	}
	fmt.Fprintf(g.debug, "%s %-40T %s\n", time.Now().Format("15:04:05.000000"), msg, took)
}

// guardCmd makes a panic in a command a message.
func guardCmd(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = faultMsg{&PanicError{r, debug.Stack()}}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = guardCmd(batch[i])
			}
		}
		return msg
	}
}
