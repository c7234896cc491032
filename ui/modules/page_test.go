package modules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

var now = time.Date(2026, 11, 22, 14, 3, 21, 0, time.UTC)

// store answers every call with err, when there is one.
type store struct {
	modules []hub.Module
	err     error
	created hub.Module
	updated hub.Module
	now     *hub.Module // what reading finds whatever err is
	deleted string
	hangs   bool // deleting is not answered
}

func (s *store) Modules(context.Context, string) ([]hub.Module, error) { return s.modules, s.err }

func (s *store) Module(context.Context, string, string) (hub.Module, error) {
	if s.now != nil {
		return *s.now, nil
	}
	return camera(), s.err
}

func (s *store) CreateModule(_ context.Context, m hub.Module) (hub.Module, error) {
	s.created = m
	return m, s.err
}

func (s *store) UpdateModule(_ context.Context, m hub.Module) (hub.Module, error) {
	s.updated = m
	return m, s.err
}

func (s *store) DeleteModule(ctx context.Context, _, moduleID, _ string) error {
	if s.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	s.deleted = moduleID
	return s.err
}

func camera() hub.Module {
	return hub.Module{
		DeviceID: "gate-1", ModuleID: "camera", GenerationID: "637194821937465299", ETag: "MjU2NzEzMTYx",
		ConnectionState: hub.Connected, ConnectionStateUpdated: now.Add(-70 * time.Second), LastActivity: now.Add(-2 * time.Second),
		Auth: hub.Authentication{Type: hub.AuthSAS, Primary: secret.New("cHJpbWFyeSBrZXkgb2YgYSBtb2R1bGUgaW4gYSB0ZXN0IQ=="), Secondary: secret.New("c2Vjb25kYXJ5IGtleSBvZiBhIG1vZHVsZSBpbiBhIHRlc3Q=")},
	}
}

func agent() hub.Module {
	return hub.Module{DeviceID: "gate-1", ModuleID: "$edgeAgent", ManagedBy: "IotEdge"}
}

// failures are those that can meet these pages, as the hub sends them.
var failures = map[string]error{
	"401":      &hub.Error{Op: "reach the modules", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess", TrackingID: "T-1"},
	"403":      &hub.Error{Op: "reach the modules", Status: 403, Code: 403002, Name: "IotHubQuotaExceeded", TrackingID: "T-1"},
	"404":      &hub.Error{Op: "reach the modules", Status: 404, Code: 404001, Name: "DeviceNotFound", TrackingID: "T-1"},
	"409":      &hub.Error{Op: "reach the modules", Status: 409, Code: 409301, Name: "ModuleAlreadyExistsOnDevice", TrackingID: "T-1"},
	"413":      &hub.Error{Op: "reach the modules", Status: 413, Code: 413003, Name: "TooManyModulesOnDevice", TrackingID: "T-1"}, // the quota of 50 a device
	"412":      &hub.Error{Op: "reach the modules", Status: 412, Code: 412001, Name: "PreconditionFailed", TrackingID: "T-1"},
	"429":      &hub.Error{Op: "reach the modules", Status: 429, Code: 429001, Name: "ThrottlingException", TrackingID: "T-1"},
	"time-out": fmt.Errorf("reach the modules: %w", context.DeadlineExceeded),
	"dropped":  fmt.Errorf("reach the modules: %w", errors.New("connection reset by peer")),
}

func contextOf(t *testing.T, mode theme.Mode) *page.Context {
	t.Helper()
	c := page.NewContext(t.Context(), mode)
	c.Now, c.Location = func() time.Time { return now }, time.UTC
	c.Deliver = func(tea.Msg) {}
	c.Rights = &page.Rights{}
	return c
}

func options(s *store) Options {
	return Options{Store: s, Service: connstr.Service{HostName: "hub.azure-devices.net", PolicyName: "iothubowner", Key: secret.New("a2V5")}}
}

func opened(t *testing.T, mode theme.Mode, s *store) *List {
	t.Helper()
	p := NewList(contextOf(t, mode), options(s))
	p.SetSize(80, 24)
	p.Show(hub.Device{DeviceID: "gate-1"}, "")
	answer(t, p.Update, p.read())
	return p
}

func openedOne(t *testing.T, mode theme.Mode, s *store) *One {
	t.Helper()
	p := NewOne(contextOf(t, mode), options(s))
	p.SetSize(80, 24)
	answer(t, p.Update, p.Show(hub.Device{DeviceID: "gate-1"}, "camera"))
	return p
}

// answer runs a call and gives the page what became of it.
func answer(t *testing.T, update func(tea.Msg) tea.Cmd, cmd tea.Cmd) tea.Cmd {
	t.Helper()
	m, ok := cmd().(page.Envelope)
	if !ok {
		t.Fatalf("got %T", m)
	}
	return update(m.Msg)
}

// reported is the first report that a command tells.
func reported(cmd tea.Cmd) (page.Report, bool) {
	if cmd == nil {
		return page.Report{}, false
	}
	switch m := cmd().(type) {
	case page.Report:
		return m, true
	case tea.BatchMsg:
		for _, c := range m {
			if r, ok := reported(c); ok {
				return r, true
			}
		}
	}
	return page.Report{}, false
}

func TestFrames(t *testing.T) {
	frames := map[string]func(t *testing.T, mode theme.Mode) page.Page{
		"list": func(t *testing.T, m theme.Mode) page.Page {
			return opened(t, m, &store{modules: []hub.Module{camera(), agent()}})
		},
		"empty": func(t *testing.T, m theme.Mode) page.Page { return opened(t, m, &store{}) },
		"one":   func(t *testing.T, m theme.Mode) page.Page { return openedOne(t, m, &store{}) },
		"one-shown": func(t *testing.T, m theme.Mode) page.Page {
			p := openedOne(t, m, &store{})
			p.toggleKeys()
			return p
		},
	}
	for name, err := range failures {
		if name == "409" || name == "412" || name == "413" {
			continue // no answer to reading
		}
		frames["list-"+name] = func(t *testing.T, m theme.Mode) page.Page { return opened(t, m, &store{err: err}) }
		frames["list-old-"+name] = func(t *testing.T, m theme.Mode) page.Page {
			s := &store{modules: []hub.Module{camera(), agent()}}
			p := opened(t, m, s)
			s.err = err
			p.ctx.Now = func() time.Time { return now.Add(42 * time.Second) }
			answer(t, p.Update, p.read())
			return p
		}
		frames["one-old-"+name] = func(t *testing.T, m theme.Mode) page.Page {
			s := &store{}
			p := openedOne(t, m, s)
			s.err = err
			p.ctx.Now = func() time.Time { return now.Add(42 * time.Second) }
			answer(t, p.Update, p.read())
			return p
		}
	}
	for name, play := range frames {
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			for _, size := range []uitest.Size{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}} {
				if mode != theme.Dark && size.Width != 120 {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%d", name, []string{"dark", "light", "mono"}[mode], size.Width), func(t *testing.T) {
					p := play(t, mode)
					p.SetSize(size.Width, size.Height)
					uitest.Golden(t, p.View(), size)
				})
			}
		}
	}
}

// TestOldRows: rows that cannot be read again stay, with the age of the rows and not that
// of the last attempt; the journal has the failure once.
func TestOldRows(t *testing.T) {
	for name, err := range failures {
		t.Run(name, func(t *testing.T) {
			s := &store{modules: []hub.Module{camera()}}
			p := opened(t, theme.Mono, s)
			s.err = err
			p.ctx.Now = func() time.Time { return now.Add(20 * time.Second) }
			if r, ok := reported(answer(t, p.Update, p.read())); !ok || !r.Quiet || r.Detail == "" {
				t.Errorf("the journal has %+v", r)
			}
			if _, ok := reported(answer(t, p.Update, p.read())); ok {
				t.Error("the same failure is told twice")
			}
			if got := ansi.Strip(p.View()); !strings.Contains(got, "camera") || !strings.Contains(got, "read 20 s ago") {
				t.Error(got)
			}
		})
	}
}

// TestCreateFails: what was typed stays, beside the reason; the journal has the tracking id.
// TestReadBeforeAChange: a list that was asked for before a module was made does not take it away.
func TestReadBeforeAChange(t *testing.T) {
	s := &store{modules: []hub.Module{agent()}}
	p := opened(t, theme.Dark, s)
	generation := func() uint64 { _, g := p.Address(); return g }
	p.read()
	before := generation()
	s.modules = []hub.Module{camera(), agent()}
	answer(t, p.Update, p.again("gate-1"))
	if len(p.rows.modules) != 2 || generation() == before {
		t.Errorf("%d modules; an answer to generation %d counts in %d", len(p.rows.modules), before, generation())
	}
}

func TestCreateFails(t *testing.T) {
	for name, err := range failures {
		t.Run(name, func(t *testing.T) {
			s := &store{err: err}
			p := opened(t, theme.Mono, &store{})
			p.o.Store = s
			p.askNew()
			r, ok := reported(answer(t, p.Update, p.create(hub.Module{DeviceID: "gate-1", ModuleID: "module-1"})))
			if !ok || !strings.HasPrefix(r.Text, "module module-1 not created") && !strings.HasPrefix(r.Text, "could not") {
				t.Errorf("the journal has %+v", r)
			}
			var refused *hub.Error
			if errors.As(err, &refused) && r.TrackingID != refused.TrackingID {
				t.Errorf("tracking id %q", r.TrackingID)
			}
			got := ansi.Strip(p.sheet.View(76, 20))
			sentence, _ := hub.Explain(err)
			if !strings.Contains(got, "module-1") || !strings.Contains(strings.Join(strings.Fields(got), " "), strings.Fields(sentence)[0]) {
				t.Error(got)
			}
			if denied := !p.ctx.May(page.ChangeRegistry); denied != (name == "401") {
				t.Errorf("creating is denied from now on: %v", denied)
			}
		})
	}
}

// TestDeleteFails: a module that is gone already is deleted; any other failure is told.
func TestDeleteFails(t *testing.T) {
	for name, err := range failures {
		t.Run(name, func(t *testing.T) {
			p := opened(t, theme.Mono, &store{modules: []hub.Module{camera()}})
			r, ok := reported(p.onDeleted(deletedMsg{module: camera(), err: err}))
			want := page.Failure
			if name == "404" {
				want = page.Success
			}
			if !ok || r.Severity != want {
				t.Errorf("told %+v", r)
			}
		})
	}
}

// TestKeysHide: when the section is left, when another module is shown, by the key.
func TestKeysHide(t *testing.T) {
	secondary := camera().Auth.Secondary.Reveal()
	for name, hide := range map[string]func(p *One){
		"left": func(p *One) { p.SetVisible(false) },
		"key":  func(p *One) { p.toggleKeys() },
		"gone": func(p *One) { p.Show(hub.Device{DeviceID: "gate-1"}, "other") },
	} {
		p := openedOne(t, theme.Mono, &store{})
		p.SetSize(200, 40)
		p.toggleKeys()
		if !strings.Contains(p.View(), secondary) {
			t.Fatalf("%s: the key is not shown", name)
		}
		hide(p)
		if strings.Contains(p.View(), secondary) {
			t.Errorf("%s: the key is still shown", name)
		}
	}
}

// TestKeysHideLate: after their time, counted from when they were shown last.
func TestKeysHideLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := openedOne(t, theme.Mono, &store{})
		old := p.toggleKeys()
		p.toggleKeys()
		last := p.toggleKeys()
		start := time.Now()
		answer(t, p.Update, old)
		if !p.shown || time.Since(start) != p.o.HideAfter {
			t.Errorf("an older timer hides what was shown later, or fires after %s", time.Since(start))
		}
		if answer(t, p.Update, last); p.shown {
			t.Error("the keys are still shown")
		}
	})
}

// TestReadOnly: nothing is asked for, and the reason is told.
func TestReadOnly(t *testing.T) {
	p := opened(t, theme.Mono, &store{modules: []hub.Module{camera()}})
	p.ctx.Rights.ReadOnly = true
	for _, k := range []string{"n", "d"} {
		cmd, taken := p.Press(uitest.Key(k))
		if r, ok := reported(cmd); !taken || !ok || r.Severity != page.Warning || !strings.Contains(r.Text, "--read-only") {
			t.Errorf("%s tells %+v", k, r)
		}
	}
	for _, b := range p.ShortHelp() {
		if h := b.Help().Key; b.Enabled() && (h == "n" || h == "d") {
			t.Errorf("help offers %s", h)
		}
	}
}

// TestSystemModules: those of IoT Edge are shown, and not deleted.
func TestSystemModules(t *testing.T) {
	p := opened(t, theme.Mono, &store{modules: []hub.Module{agent()}})
	cmd, _ := p.Press(uitest.Key("d"))
	if r, ok := reported(cmd); !ok || r.Severity != page.Warning || !strings.Contains(r.Text, "system module of IoT Edge") {
		t.Errorf("told %+v", r)
	}
}
