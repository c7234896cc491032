package method

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// root is the part of the root model that these pages need: answers find their page, dialogs lie over it.
type root struct {
	page    page.Page
	dialogs []page.Dialog
	width   int
	height  int
	inbox   []tea.Msg

	mu      sync.Mutex
	reports []page.Report // guarded by mu
}

func (r *root) Init() tea.Cmd { return r.page.Init() }

func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := r.update(msg)
	cmds := []tea.Cmd{cmd}
	for len(r.inbox) > 0 {
		next := r.inbox[0]
		r.inbox = r.inbox[1:]
		_, cmd := r.update(next)
		cmds = append(cmds, cmd)
	}
	return r, tea.Batch(cmds...)
}

func (r *root) update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
		r.page.SetSize(msg.Width, msg.Height)
		return r, nil
	case page.Envelope:
		return r, r.page.Update(msg.Msg)
	case page.Report:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.reports = append(r.reports, msg)
		return r, nil
	case page.OpenDialog:
		r.dialogs = append(r.dialogs, msg.Dialog)
		return r, nil
	case page.CloseDialog:
		r.close(msg.Dialog)
		return r, nil
	case tea.KeyPressMsg, tea.PasteMsg:
		if n := len(r.dialogs); n > 0 {
			top := r.dialogs[n-1]
			cmd, done := top.Update(msg)
			if done {
				r.close(top)
			}
			return r, cmd
		}
	case do:
		return r, msg()
	}
	return r, r.page.Update(msg)
}

// do runs in the event loop.
type do func() tea.Cmd

func (r *root) close(d page.Dialog) {
	for i := range r.dialogs {
		if r.dialogs[i] == d {
			r.dialogs = append(r.dialogs[:i], r.dialogs[i+1:]...)
			return
		}
	}
}

func (r *root) View() tea.View {
	text := r.page.View()
	if n := len(r.dialogs); n > 0 {
		text = r.dialogs[n-1].Title() + "\n" + r.dialogs[n-1].View(r.width, r.height-1)
	}
	return tea.NewView(text)
}

// reported waits for a report that holds all the parts, in what it says and in its tracking id.
func (s *scene) reported(parts ...string) page.Report {
	s.t.Helper()
	var found page.Report
	s.Send(tea.FocusMsg{})
	s.Wait("a report of "+strings.Join(parts, ", "), func(string) bool {
		s.root.mu.Lock()
		defer s.root.mu.Unlock()
		for _, r := range s.root.reports {
			text, all := fmt.Sprintf("%s | %s | %s | %s", r.Text, r.Next, r.Detail, r.TrackingID), true
			for _, p := range parts {
				all = all && strings.Contains(text, p)
			}
			if all {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

// scene is a page on a screen of its own.
type scene struct {
	*uitest.Driver
	t    *testing.T
	root *root
	ctx  *page.Context
}

// section opens the section Methods of a device.
func section(t *testing.T, o Options, size uitest.Size, mode theme.Mode, prepare func(*page.Context, *Page)) *scene {
	t.Helper()
	ctx := page.NewContext(t.Context(), mode)
	ctx.Rights = &page.Rights{}
	p := New(ctx, o)
	p.SetFocused(true)
	p.SetVisible(true)
	if prepare != nil {
		prepare(ctx, p)
	}
	return open(t, ctx, p, size)
}

func open(t *testing.T, ctx *page.Context, p page.Page, size uitest.Size) *scene {
	t.Helper()
	r := &root{page: p}
	ctx.Deliver = func(msg tea.Msg) { r.inbox = append(r.inbox, msg) }
	return &scene{Driver: uitest.Start(t, r, size.Width, size.Height), t: t, root: r, ctx: ctx}
}

// show gives the section a device, in the event loop.
func (s *scene) show(d hub.Device, module string) *scene {
	s.Send(do(func() tea.Cmd { return s.root.page.(*Page).Show(d, module) }))
	return s
}

func connected(id string) hub.Device {
	return hub.Device{DeviceID: id, Status: hub.Enabled, ConnectionState: hub.Connected}
}

var _ page.Dialog = (*book)(nil)

var middle = uitest.Size{Width: 60, Height: 24}

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

// boxed makes a dialog as large as the screen.
func boxed(text string, size uitest.Size) string {
	return widget.Box(strings.Split(text, "\n"), size.Width, size.Height)
}
