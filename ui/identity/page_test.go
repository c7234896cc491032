package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
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

// store has one identity, and answers as it is told.
type store struct {
	device   hub.Device
	read     error // of reading
	update   error // of updating; with meanwhile set, only once
	asked    hub.Device
	meddle   func(*hub.Device)
	twinRead error
}

func (s *store) Device(context.Context, string) (hub.Device, error) { return s.device, s.read }

func (s *store) UpdateDevice(_ context.Context, d hub.Device) (hub.Device, error) {
	s.asked = d
	if s.meddle != nil {
		s.meddle(&s.device)
	}
	if s.update != nil {
		return hub.Device{}, s.update
	}
	s.device = d
	return d, nil
}

func (s *store) ModuleTwin(context.Context, string, string) (hub.Twin, error) {
	return hub.Twin{ETag: "AAAAAAAAAAQ=", Version: 4, DesiredVersion: 2, ReportedVersion: 31, ModelID: "dtmi:com:example:Gate;1"}, s.twinRead
}

func gate() hub.Device {
	return hub.Device{
		DeviceID: "gate-1", GenerationID: "637194821937465210", ETag: "MjU2NzEzMTY0", Status: hub.Disabled,
		StatusReason: "the hinge is broken and the spare part comes on Monday", StatusUpdated: now.Add(-50 * time.Hour),
		ConnectionState: hub.Connected, ConnectionStateUpdated: now.Add(-70 * time.Second), LastActivity: now.Add(-2 * time.Second), C2DCount: 3,
		Auth:    hub.Authentication{Type: hub.AuthSAS, Primary: secret.New("cHJpbWFyeSBrZXkgb2YgYSBkZXZpY2UgaW4gYSB0ZXN0IQ=="), Secondary: secret.New("c2Vjb25kYXJ5IGtleSBvZiBhIGRldmljZSBpbiBhIHRlc3Q=")},
		IoTEdge: true, Scope: "ms-azure-iot-edge://gate-1-637194821937465210", ParentScopes: []string{"ms-azure-iot-edge://site-637194821937465000"},
	}
}

func certifiedGate() hub.Device {
	d := gate()
	d.Status, d.StatusReason = hub.Enabled, ""
	d.Auth = hub.Authentication{Type: hub.AuthSelfSigned, PrimaryThumbprint: strings.Repeat("AB12", 16)}
	return d
}

// opened is the section with the identity read.
func opened(t *testing.T, mode theme.Mode, s *store) *Page {
	t.Helper()
	c := page.NewContext(t.Context(), mode)
	c.Now, c.Location = func() time.Time { return now }, time.UTC
	c.Deliver = func(tea.Msg) {}
	p := New(c, Options{Store: s, Service: connstr.Service{HostName: "hub.azure-devices.net", PolicyName: "iothubowner", Key: secret.New("a2V5")}})
	p.SetSize(80, 30)
	p.Show(hub.Device{DeviceID: "gate-1"}, "")
	d, err := s.Device(t.Context(), "gate-1")
	twin, twinErr := s.ModuleTwin(t.Context(), "gate-1", "")
	p.Update(twinMsg{p.serial, twin, twinErr})
	p.Update(readMsg{p.serial, d, err})
	return p
}

func TestFrames(t *testing.T) {
	for name, c := range map[string]struct {
		store *store
		play  func(p *Page)
	}{
		"masked":       {&store{device: gate()}, func(*Page) {}},
		"shown":        {&store{device: gate()}, func(p *Page) { p.toggleKeys() }},
		"certificates": {&store{device: certifiedGate()}, func(*Page) {}},
		"unread":       {&store{read: &hub.Error{Op: "read device", Status: 429, Code: 429001, Name: "ThrottlingException"}}, func(*Page) {}},
		"changing":     {&store{device: gate()}, func(p *Page) { p.doing["gate-1"] = "swapping the keys of gate-1" }},
	} {
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			for _, size := range []uitest.Size{{Width: 46, Height: 20}, {Width: 80, Height: 24}, {Width: 200, Height: 60}} {
				if mode != theme.Dark && size.Width != 80 {
					continue
				}
				t.Run(strings.Join([]string{name, []string{"dark", "light", "mono"}[mode], fmt.Sprint(size.Width)}, "-"), func(t *testing.T) {
					p := opened(t, mode, c.store)
					c.play(p)
					p.SetSize(size.Width, size.Height)
					uitest.Golden(t, p.View(), size)
				})
			}
		}
	}
}

// TestKeysHide: when the section is left, and when their time is over.
func TestKeysHide(t *testing.T) {
	key := gate().Auth.Secondary.Reveal()
	for name, hide := range map[string]func(p *Page){
		"left": func(p *Page) { p.SetVisible(false) },
		"late": func(p *Page) { p.Update(hideMsg{p.reveal}) },
		"key":  func(p *Page) { p.toggleKeys() },
		"gone": func(p *Page) { p.Show(hub.Device{DeviceID: "other"}, "") },
	} {
		p := opened(t, theme.Mono, &store{device: gate()})
		p.SetSize(200, 40)
		p.toggleKeys()
		if !strings.Contains(p.View(), key) {
			t.Fatalf("%s: the key is not shown", name)
		}
		hide(p)
		if strings.Contains(p.View(), key) {
			t.Errorf("%s: the key is still shown", name)
		}
	}
	p := opened(t, theme.Mono, &store{device: gate()})
	p.toggleKeys()
	old := p.reveal
	p.toggleKeys()
	p.toggleKeys()
	if p.Update(hideMsg{old}); !p.shown {
		t.Error("an older timer hides what was shown later")
	}
}

// made runs the command of a change and gives the section what became of it.
func made(t *testing.T, p *Page, cmd tea.Cmd) {
	t.Helper()
	m, ok := cmd().(page.Envelope)
	if !ok {
		t.Fatalf("got %T", m)
	}
	p.Update(m.Msg)
}

// TestSomebodyElse: what they changed is said above the identity as it is now.
func TestSomebodyElse(t *testing.T) {
	s := &store{device: gate(), update: &hub.Error{Op: "update device", Status: 412, Code: 412001, Name: "PreconditionFailed"}}
	s.meddle = func(d *hub.Device) { d.StatusReason, d.ETag = "stolen", "bmV3" }
	p := opened(t, theme.Mono, s)
	made(t, p, p.enable())
	if s.asked.ETag != gate().ETag {
		t.Errorf("asked with the ETag %q", s.asked.ETag)
	}
	p.SetSize(200, 40)
	if got := ansi.Strip(p.View()); !strings.Contains(got, "somebody else has changed it meanwhile: the reason is \"stolen\" now") || !strings.Contains(got, "bmV3") {
		t.Error(got)
	}
}

// TestLostAnswer: a change that the hub has, although its answer was lost, is made.
func TestLostAnswer(t *testing.T) {
	s := &store{device: gate(), update: errors.New("connection reset")}
	s.meddle = func(d *hub.Device) { d.Status, d.StatusReason = hub.Enabled, "" }
	p := opened(t, theme.Mono, s)
	made(t, p, p.enable())
	if p.failed != nil || p.device.Status != hub.Enabled {
		t.Errorf("failed %v, status %s", p.failed, p.device.Status)
	}
}

func TestReasonHasAnEnd(t *testing.T) {
	if checkReason(strings.Repeat("ä", 128)) != nil || checkReason(strings.Repeat("ä", 129)) == nil {
		t.Error("a reason has at most 128 characters")
	}
}
