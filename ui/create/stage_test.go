package create

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"hubscope/hub"
	"hubscope/hub/selfsigned"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a hub that keeps identities in memory.
type memory struct {
	mu      sync.Mutex
	devices map[string]hub.Device // guarded by mu
	tags    map[string]string     // guarded by mu
	err     error                 // guarded by mu: of every call, while set
	hold    chan struct{}         // bulk calls wait for it; nil: they do not
	held    chan struct{}         // closed when the first bulk call waits; nil: nobody wants to know
	holds   sync.Once             // closes held
}

func newMemory(ids ...string) *memory {
	m := &memory{devices: map[string]hub.Device{}, tags: map[string]string{}}
	for _, id := range ids {
		m.devices[id] = hub.Device{DeviceID: id}
	}
	return m
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *memory) CreateDevice(_ context.Context, d hub.Device) (hub.Device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.devices[d.DeviceID]; taken && m.err == nil {
		return hub.Device{}, &hub.Error{Op: "create device", Status: 409, Code: 409001, Name: "DeviceAlreadyExists", TrackingID: "T-409"}
	}
	if m.err == nil {
		m.devices[d.DeviceID] = d
	}
	return d, m.err
}

func (m *memory) PatchTwin(_ context.Context, id string, u hub.TwinUpdate) (hub.Twin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.tags[id] = string(u.Tags)
	}
	return hub.Twin{}, m.err
}

func (m *memory) Device(_ context.Context, id string) (hub.Device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, there := m.devices[id]
	if !there && m.err == nil {
		return d, &hub.Error{Op: "read device", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	return d, m.err
}

func (m *memory) Identities(context.Context, int) ([]hub.Device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []hub.Device
	for _, d := range m.devices {
		all = append(all, d)
	}
	return all, m.err
}

func (m *memory) Bulk(ctx context.Context, changes []hub.Change) (r hub.BulkResult, err error) {
	if m.hold != nil {
		if m.held != nil {
			m.holds.Do(func() { close(m.held) })
		}
		select {
		case <-m.hold:
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range changes {
		id := c.Device.DeviceID
		_, taken := m.devices[id]
		switch {
		case taken:
			r.Errors = append(r.Errors, hub.BulkError{DeviceID: id, Name: "DeviceAlreadyExists", Message: "it exists"})
		case strings.HasSuffix(id, "13"):
			r.Errors = append(r.Errors, hub.BulkError{DeviceID: id, Name: "ArgumentInvalid", Message: "the hub does not like this one"})
		case m.err == nil:
			m.devices[id] = c.Device
			m.tags[id] = string(c.Tags)
		}
	}
	return r, m.err
}

// stage stands for the root and the list: it shows the dialogs and keeps what they report.
type stage struct {
	*uitest.Driver
	dialogs *Dialogs
	store   *memory
	ctx     *page.Context
	size    uitest.Size

	box    page.Mailbox
	inbox  []tea.Msg
	stack  []page.Dialog
	known  map[string]bool
	report page.Report
	first  hub.Device
	made   int
	files  selfsigned.Files
}

type doMsg func()

func start(t *testing.T, mode theme.Mode, size uitest.Size, store *memory, dir string) *stage {
	t.Helper()
	s := &stage{ctx: page.NewContext(t.Context(), mode), store: store, size: size, known: map[string]bool{"device-1": true}}
	s.ctx.Now = func() time.Time { return time.Date(2026, 11, 22, 14, 3, 21, 0, time.UTC) }
	s.ctx.Location = time.UTC
	s.ctx.Rights = &page.Rights{}
	s.ctx.Deliver = func(msg tea.Msg) { s.inbox = append(s.inbox, msg) }
	s.box = s.ctx.NewMailbox()
	s.dialogs = New(s.ctx, Options{Store: store, Dir: dir})
	s.dialogs.Serve(&s.box, func(id string) bool { return s.known[id] }, func(first hub.Device, n int, files selfsigned.Files) tea.Cmd {
		s.first, s.made, s.files = first, n, files
		return nil
	})
	s.Driver = uitest.Start(t, s, size.Width, size.Height)
	t.Cleanup(s.box.Close)
	return s
}

func (s *stage) Init() tea.Cmd { return nil }

func (s *stage) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := s.take(msg)
	for len(s.inbox) > 0 {
		next := s.inbox[0]
		s.inbox = s.inbox[1:]
		cmd = tea.Batch(cmd, s.take(next))
	}
	return s, cmd
}

func (s *stage) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case doMsg:
		msg()
	case page.Envelope:
		return s.take(msg.Msg)
	case tea.BatchMsg:
		return tea.Batch(msg...)
	case page.OpenDialog:
		s.stack = append(s.stack, msg.Dialog)
	case page.CloseDialog:
		s.stack = slices.DeleteFunc(s.stack, func(d page.Dialog) bool { return d == msg.Dialog })
	case page.Report:
		s.report = msg
	case tea.KeyPressMsg:
		return s.press(msg)
	default:
		return s.dialogs.Update(msg)
	}
	return nil
}

func (s *stage) press(msg tea.KeyPressMsg) tea.Cmd {
	if len(s.stack) == 0 {
		if msg.Text == "N" {
			return s.dialogs.Many()
		}
		return s.dialogs.One()
	}
	cmd, done := s.stack[len(s.stack)-1].Update(msg)
	if done {
		s.stack = s.stack[:len(s.stack)-1]
	}
	return cmd
}

func (s *stage) View() tea.View {
	lines := []string{"made " + s.first.DeviceID + " " + widget.Count(s.made), "", ""}
	if !s.report.Quiet {
		lines[1] = s.report.Text
	}
	if n := len(s.stack); n > 0 {
		top := s.stack[n-1]
		var help []string
		for _, b := range top.ShortHelp() {
			if b.Enabled() {
				help = append(help, b.Help().Key+" "+b.Help().Desc)
			}
		}
		lines = append(lines, top.Title(), "")
		lines = append(lines, strings.Split(top.View(s.size.Width-8, s.size.Height-6), "\n")...)
		lines = append(lines, strings.Join(help, "  "))
	}
	return tea.NewView(widget.Box(lines, s.size.Width, s.size.Height))
}

// do runs something within the program, where the dialogs live.
func (s *stage) do(f func()) *stage {
	done := make(chan struct{})
	s.Send(doMsg(func() { defer close(done); f() }))
	<-done
	return s
}

// settled waits until all that was sent before has been handled and drawn: what is sent after it is taken only then.
func (s *stage) settled() *stage { return s.do(func() {}).do(func() {}) }

// fill types into the line under the cursor in place of what is there, and goes to the next.
func (s *stage) fill(text string) *stage {
	s.Press("ctrl+u").Type(text).Press("tab")
	return s
}

// flat is the screen without styles and line ends, to look for sentences that are wrapped.
func flat(text string) string { return strings.Join(strings.Fields(ansi.Strip(text)), " ") }

func (s *stage) says(sentence string) *stage {
	s.Wait(sentence, func(text string) bool { return strings.Contains(flat(text), sentence) })
	return s
}
