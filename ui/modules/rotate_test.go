package modules

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/credential"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/uitest/trouble"
)

// swap is the rotation that gives the same keys each time.
func swap(t *testing.T) credential.Rotation {
	t.Helper()
	for _, r := range credential.Rotations {
		if r.Command == "swap keys" {
			return r
		}
	}
	t.Fatal("the keys cannot be swapped")
	return credential.Rotation{}
}

// another is a module that somebody gave another primary key.
func another() hub.Module {
	m := camera()
	m.ETag, m.Auth.Primary = "bmV3", secret.New("YW5vdGhlciBrZXkgb2YgYSBtb2R1bGUgaW4gYSB0ZXN0ISE=")
	return m
}

// notSwapped is the section after keys could not be swapped.
func notSwapped(t *testing.T, mode theme.Mode, failure string) *One {
	t.Helper()
	s := &store{}
	p := openedOne(t, mode, s)
	p.ctx.Now = func() time.Time { return now.Add(35 * time.Second) }
	s.err = trouble.Of(failure, func(ctx context.Context, c *hub.Client) error {
		_, err := c.UpdateModule(ctx, camera())
		return err
	})
	if failure == "412" {
		changed := another()
		s.now = &changed
	}
	answer(t, p.Update, p.rotate(camera(), swap(t)))
	return p
}

// TestRotateFrames: each failure stands above the module, which stays with its age.
func TestRotateFrames(t *testing.T) {
	for _, failure := range trouble.Names {
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			for _, size := range uitest.Sizes {
				if mode != theme.Dark && size.Width != 120 {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%d", failure, []string{"dark", "light", "mono"}[mode], size.Width), func(t *testing.T) {
					p := notSwapped(t, mode, failure)
					p.SetSize(size.Width, size.Height)
					uitest.Golden(t, p.View(), size)
				})
			}
		}
	}
}

// TestRotateAsksWithTheETag: of what was seen; and both keys have changed places.
func TestRotateAsksWithTheETag(t *testing.T) {
	s := &store{}
	p := openedOne(t, theme.Mono, s)
	answer(t, p.Update, p.rotate(p.module, swap(t)))
	if s.updated.ETag != camera().ETag {
		t.Errorf("asked with the ETag %q", s.updated.ETag)
	}
	first, second := camera().Auth.Primary.Reveal(), camera().Auth.Secondary.Reveal()
	if a := s.updated.Auth; a.Primary.Reveal() != second || a.Secondary.Reveal() != first || p.module.Auth.Primary.Reveal() != second {
		t.Error("the keys are not swapped")
	}
}

// TestRotateTells: the journal has each failure with its tracking id, the screen once.
func TestRotateTells(t *testing.T) {
	for _, name := range trouble.Names {
		t.Run(name, func(t *testing.T) {
			p := openedOne(t, theme.Mono, &store{})
			err := trouble.Of(name, func(ctx context.Context, c *hub.Client) error { _, err := c.UpdateModule(ctx, camera()); return err })
			r, ok := reported(p.onChanged(changedMsg{before: camera(), after: camera(), rotation: swap(t), err: err}))
			var refused *hub.Error
			if !ok || !r.Quiet || r.Detail == "" || errors.As(err, &refused) && r.TrackingID != refused.TrackingID {
				t.Errorf("told %+v", r)
			}
			if denied := !p.ctx.May(page.ChangeRegistry); denied != (name == "401") {
				t.Errorf("changing is denied from now on: %v", denied)
			}
		})
	}
}

// TestLostAnswer: keys that the hub has, although its answer was lost, are made.
func TestLostAnswer(t *testing.T) {
	s := &store{}
	p := openedOne(t, theme.Mono, s)
	swapped := camera()
	swapped.ETag = "bmV3"
	swapped.Auth.Primary, swapped.Auth.Secondary = swapped.Auth.Secondary, swapped.Auth.Primary
	s.err, s.now = errors.New("connection reset"), &swapped
	answer(t, p.Update, p.rotate(p.module, swap(t)))
	if p.failed != nil || p.module.ETag != "bmV3" {
		t.Errorf("failed %+v, ETag %s", p.failed, p.module.ETag)
	}
}

// TestLateRotation: what becomes of a module that is not shown any more is told, and does
// not land on another.
func TestLateRotation(t *testing.T) {
	p := openedOne(t, theme.Mono, &store{})
	late := p.rotate(p.module, swap(t))
	p.Show(hub.Device{DeviceID: "gate-1"}, "other")
	r, ok := reported(answer(t, p.Update, late))
	if !ok || r.Text != "camera: keys swapped" || p.module.ModuleID != "other" || p.whole {
		t.Errorf("told %+v, shown is %s", r, p.module.ModuleID)
	}
}

// TestNotRotated: what cannot have other keys says why.
func TestNotRotated(t *testing.T) {
	for name, c := range map[string]struct {
		module hub.Module
		why    string
	}{
		"system":      {agent(), "system module of IoT Edge"},
		"certificate": {hub.Module{DeviceID: "gate-1", ModuleID: "camera", Auth: hub.Authentication{Type: hub.AuthCA}}, "it has no keys"},
	} {
		p := openedOne(t, theme.Mono, &store{})
		p.take(c.module)
		cmd, taken := p.Press(uitest.Key("e"))
		if r, ok := reported(cmd); !taken || !ok || !strings.Contains(r.Text, c.why) {
			t.Errorf("%s tells %+v", name, r)
		}
		for _, b := range p.ShortHelp() {
			if b.Enabled() && b.Help().Key == "e" {
				t.Errorf("%s: help offers e", name)
			}
		}
	}
}

// TestDoing: it is said above the module, and nothing else is begun meanwhile.
func TestDoing(t *testing.T) {
	p := openedOne(t, theme.Mono, &store{})
	p.rotate(p.module, swap(t))
	if got := ansi.Strip(p.View()); !strings.Contains(got, "… swapping the keys of camera") {
		t.Error(got)
	}
	if r, ok := reported(p.edit()); !ok || !strings.Contains(r.Text, "is not done yet") {
		t.Errorf("told %+v", r)
	}
}
