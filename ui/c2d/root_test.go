package c2d

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// TestMain looks for what is left over, but for ticks and those who wait for them: they end by themselves, in an hour here.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.Tick.func1"),
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.(*Program).execBatchMsg"))
}

// root is the part of the root model that the section needs: answers find it, dialogs lie over it, reports are kept.
type root struct {
	page    *Page
	dialogs []page.Dialog
	size    uitest.Size
	inbox   []tea.Msg

	mu      sync.Mutex
	reports []page.Report // guarded by mu
}

func (r *root) Init() tea.Cmd { return r.page.Init() }

func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmds := []tea.Cmd{r.update(msg)}
	for len(r.inbox) > 0 {
		next := r.inbox[0]
		r.inbox = r.inbox[1:]
		cmds = append(cmds, r.update(next))
	}
	return r, tea.Batch(cmds...)
}

func (r *root) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.size = uitest.Size{Width: msg.Width, Height: msg.Height}
		r.page.SetSize(msg.Width, msg.Height)
		return nil
	case page.Envelope:
		return r.deliver(msg)
	case page.Report:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.reports = append(r.reports, msg)
		return nil
	case page.OpenDialog:
		r.dialogs = append(r.dialogs, msg.Dialog)
		return nil
	case page.CloseDialog:
		r.close()
		return nil
	case tea.KeyPressMsg:
		if n := len(r.dialogs); n > 0 {
			cmd, done := r.dialogs[n-1].Update(msg)
			if done {
				r.close()
			}
			return cmd
		}
	case do:
		return msg()
	}
	return r.page.Update(msg)
}

// deliver gives the section what is its own, and not out of date.
func (r *root) deliver(e page.Envelope) tea.Cmd {
	if _, now := r.page.Address(); e.Generation != 0 && e.Generation != now {
		return nil
	}
	return r.page.Update(e.Msg)
}

// do runs in the event loop.
type do func() tea.Cmd

func (r *root) close() {
	if n := len(r.dialogs); n > 0 {
		r.dialogs = r.dialogs[:n-1]
	}
}

func (r *root) View() tea.View {
	if n := len(r.dialogs); n > 0 {
		text := r.dialogs[n-1].Title() + "\n" + r.dialogs[n-1].View(r.size.Width, r.size.Height-1)
		return tea.NewView(widget.Box(strings.Split(text, "\n"), r.size.Width, r.size.Height))
	}
	return tea.NewView(r.page.View())
}

// scene is the section on a screen of its own.
type scene struct {
	*uitest.Driver
	t    *testing.T
	root *root
	ctx  *page.Context
}

// section opens the section of a hub that is this machine's own.
func section(t *testing.T, o Options, size uitest.Size, mode theme.Mode, prepare func(*page.Context)) *scene {
	t.Helper()
	ctx := page.NewContext(t.Context(), mode)
	ctx.Rights, ctx.Local = &page.Rights{}, true
	if prepare != nil {
		prepare(ctx)
	}
	p := New(ctx, o)
	p.SetFocused(true)
	p.SetVisible(true)
	r := &root{page: p}
	ctx.Deliver = func(msg tea.Msg) { r.inbox = append(r.inbox, msg) }
	s := &scene{Driver: uitest.Start(t, r, size.Width, size.Height), t: t, root: r, ctx: ctx}
	t.Cleanup(p.Close)
	return s
}

// show gives the section a device, in the event loop.
func (s *scene) show(d hub.Device) *scene {
	s.Send(do(func() tea.Cmd { return s.root.page.Show(d, "") }))
	return s
}

// reported waits for a report with all these parts.
func (s *scene) reported(parts ...string) page.Report {
	s.t.Helper()
	var found page.Report
	s.Send(tea.FocusMsg{})
	s.Wait("a report of "+strings.Join(parts, ", "), func(string) bool {
		s.root.mu.Lock()
		defer s.root.mu.Unlock()
		for _, r := range s.root.reports {
			if text := fmt.Sprintf("%s | %s | %s | %s", r.Text, r.Next, r.Detail, r.TrackingID); all(text, parts) {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

func all(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// Press, Type, Send, See and NotSee are those of the driver, for chains that go on.
func (s *scene) Press(names ...string) *scene { s.Driver.Press(names...); return s }
func (s *scene) Type(text string) *scene      { s.Driver.Type(text); return s }
func (s *scene) Send(msg tea.Msg) *scene      { s.Driver.Send(msg); return s }

func (s *scene) See(parts ...string) *scene {
	s.t.Helper()
	s.Driver.See(parts...)
	return s
}

func (s *scene) NotSee(parts ...string) *scene {
	s.t.Helper()
	s.Driver.NotSee(parts...)
	return s
}
