package twin

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store keeps twins in memory. A call waits while it is held.
type store struct {
	mu     sync.Mutex
	twins  map[subject]hub.Twin
	reads  []subject
	writes []hub.TwinUpdate
	err    error // of every call, while set
	held   chan struct{}
}

func newStore(twins ...hub.Twin) *store {
	s := &store{twins: map[subject]hub.Twin{}}
	for _, t := range twins {
		s.put(t)
	}
	return s
}

func (s *store) put(t hub.Twin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.twins[subject{t.DeviceID, t.ModuleID}] = t
}

func (s *store) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// hold makes calls wait until release.
func (s *store) hold() (release func()) {
	held := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = nil
		close(held)
	}
}

func (s *store) wait(ctx context.Context) {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held == nil {
		return
	}
	select {
	case <-held:
	case <-ctx.Done():
	}
}

func (s *store) ModuleTwin(ctx context.Context, deviceID, moduleID string) (hub.Twin, error) {
	s.wait(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	of := subject{deviceID, moduleID}
	s.reads = append(s.reads, of)
	if s.err != nil {
		return hub.Twin{}, s.err
	}
	t, ok := s.twins[of]
	if !ok {
		return t, &hub.Error{Op: "read twin of " + of.String(), Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	return t, ctx.Err()
}

func (s *store) PatchModuleTwin(ctx context.Context, deviceID, moduleID string, u hub.TwinUpdate) (hub.Twin, error) {
	s.wait(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, u)
	t := s.twins[subject{deviceID, moduleID}]
	switch {
	case s.err != nil:
		return hub.Twin{}, s.err
	case u.ETag != t.ETag:
		return hub.Twin{}, &hub.Error{Op: "update twin", Status: 412, Code: 412001, Name: "PreconditionFailed"}
	}
	t = patched(t, u)
	s.twins[subject{deviceID, moduleID}] = t
	return t, nil
}

// patched is a twin of the next version.
func patched(t hub.Twin, u hub.TwinUpdate) hub.Twin {
	apply := func(to, patch json.RawMessage) json.RawMessage {
		if patch == nil {
			return to
		}
		old, _ := twinpatch.Parse(to)
		change, _ := twinpatch.Parse(patch)
		return twinpatch.Apply(old, change).JSON()
	}
	t.Tags, t.Desired = apply(t.Tags, u.Tags), apply(t.Desired, u.Desired)
	t.Version++
	t.ETag = fmt.Sprintf("etag-%d", t.Version)
	return t
}

func simple(device, tags, desired, reported string) hub.Twin {
	return hub.Twin{
		DeviceID: device, Version: 3, ETag: "etag-3",
		Tags: json.RawMessage(tags), Desired: json.RawMessage(desired), Reported: json.RawMessage(reported),
	}
}

// bench is the section with a root around it that takes its messages. It lives in a bubble of synctest.
type bench struct {
	t       testing.TB
	*Page   // what is tested
	store   *store
	msgs    chan tea.Msg
	dialogs []page.Dialog
	reports []page.Report
	others  []tea.Msg
}

func newBench(t testing.TB, s *store) *bench {
	t.Helper()
	ctx := page.NewContext(t.Context(), theme.Mono)
	ctx.Rights, ctx.Location = &page.Rights{}, time.UTC
	b := &bench{t: t, Page: New(ctx, Options{Store: s, Getenv: func(string) string { return "true" }}), store: s, msgs: make(chan tea.Msg, 1000)}
	b.SetSize(80, 24)
	b.SetFocused(true)
	t.Cleanup(func() {
		b.Close()
		time.Sleep(time.Hour) // no timer may be left in the bubble
	})
	return b
}

// opened is the section with a twin that was read.
func opened(t testing.TB, s *store, device string) *bench {
	t.Helper()
	b := newBench(t, s)
	b.do(b.SetVisible(true))
	b.show(device)
	b.pass(settle)
	return b
}

func (b *bench) show(device string) {
	b.do(b.Show(hub.Device{DeviceID: device, ConnectionState: hub.Connected}, ""))
	b.settled()
}

func (b *bench) do(cmd tea.Cmd) {
	if cmd != nil {
		go func() { b.msgs <- cmd() }()
	}
}

// settled handles all there is until nothing more comes by itself.
func (b *bench) settled() {
	for {
		synctest.Wait()
		select {
		case msg := <-b.msgs:
			b.handle(msg)
		default:
			return
		}
	}
}

// pass lets time go by.
func (b *bench) pass(d time.Duration) {
	const step = 50 * time.Millisecond
	for ; d > 0; d -= step {
		time.Sleep(min(d, step))
		b.settled()
	}
}

func (b *bench) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			b.do(cmd)
		}
	case page.Envelope:
		if id, gen := b.Address(); msg.To == id && (msg.Generation == 0 || msg.Generation == gen) {
			b.handleInner(msg.Msg)
		}
	case page.OpenDialog:
		b.dialogs = append(b.dialogs, msg.Dialog)
	case page.CloseDialog:
		b.close(msg.Dialog)
	case page.Report:
		b.reports = append(b.reports, msg)
	default:
		b.others = append(b.others, msg)
	}
}

func (b *bench) handleInner(msg tea.Msg) {
	switch msg.(type) {
	case page.OpenDialog, page.CloseDialog, page.Report:
		b.handle(msg)
	default:
		b.do(b.Update(msg))
	}
}

func (b *bench) close(d page.Dialog) {
	for i := range b.dialogs {
		if b.dialogs[i] == d {
			b.dialogs = append(b.dialogs[:i], b.dialogs[i+1:]...)
			return
		}
	}
}

func (b *bench) press(names ...string) {
	for _, name := range names {
		b.key(uitest.Key(name))
	}
}

func (b *bench) key(msg tea.KeyPressMsg) {
	if n := len(b.dialogs); n > 0 {
		top := b.dialogs[n-1]
		cmd, done := top.Update(msg)
		if done {
			b.close(top)
		}
		b.do(cmd)
	} else {
		cmd, _ := b.Press(msg)
		b.do(cmd)
	}
	b.settled()
}

// editTo replaces the text of the draft.
func (b *bench) editTo(text string) {
	b.press("e")
	b.editing().text.Replace("")
	b.do(b.Update(tea.PasteMsg{Content: text}))
	b.settled()
}

// text is what is on the screen, the topmost dialog in front.
func (b *bench) text() string {
	if n := len(b.dialogs); n > 0 {
		return b.dialogs[n-1].Title() + "\n" + ansi.Strip(b.dialogs[n-1].View(76, 18))
	}
	return ansi.Strip(b.View())
}

func (b *bench) see(parts ...string) {
	b.t.Helper()
	for _, p := range parts {
		if !strings.Contains(b.text(), p) {
			b.t.Fatalf("there is no %q in\n%s", p, b.text())
		}
	}
}

func (b *bench) notSee(parts ...string) {
	b.t.Helper()
	for _, p := range parts {
		if strings.Contains(b.text(), p) {
			b.t.Fatalf("there is %q in\n%s", p, b.text())
		}
	}
}

// told is the last report.
func (b *bench) told(parts ...string) {
	b.t.Helper()
	if len(b.reports) == 0 {
		b.t.Fatalf("nothing was reported, want %q", parts)
	}
	last := b.reports[len(b.reports)-1]
	for _, p := range parts {
		if !strings.Contains(last.Text+" / "+last.Next, p) {
			b.t.Fatalf("reported %q / %q, want %q", last.Text, last.Next, p)
		}
	}
}
