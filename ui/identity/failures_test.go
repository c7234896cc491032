package identity

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/uitest/trouble"
)

// failedScenes are what the section shows after a call that failed.
var failedScenes = map[string]func(t *testing.T, p *Page, s *store, failure string){
	"read": func(t *testing.T, p *Page, s *store, failure string) {
		s.read = trouble.Of(failure, func(ctx context.Context, c *hub.Client) error { _, err := c.Device(ctx, "gate-1"); return err })
		p.ctx.Now = func() time.Time { return now.Add(35 * time.Second) }
		p.Update(readMsg{p.serial, hub.Device{}, s.read})
	},
	"enable": func(t *testing.T, p *Page, s *store, failure string) {
		s.update = trouble.OfUpdate(failure, "gate-1")
		p.ctx.Now = func() time.Time { return now.Add(35 * time.Second) }
		switch failure {
		case "412":
			s.meddle = func(d *hub.Device) { d.StatusReason, d.ETag = "stolen", "bmV3" }
		case "404", "401", "time-out", "dropped":
			s.read = s.update
		}
		made(t, p, p.enable())
	},
}

// TestFailureFrames: each failure stands above the identity, which stays with its age.
func TestFailureFrames(t *testing.T) {
	for name, play := range failedScenes {
		for _, failure := range trouble.Names {
			if name == "read" && failure == "412" {
				continue // nothing is compared by a read
			}
			for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
				for _, size := range append(uitest.Sizes, uitest.Size{Width: 46, Height: 20}) {
					if mode != theme.Dark && size != uitest.Sizes[1] {
						continue
					}
					t.Run(fmt.Sprintf("%s-%s-%s-%dx%d", name, failure, []string{"dark", "light", "mono"}[mode], size.Width, size.Height), func(t *testing.T) {
						s := &store{device: gate()}
						p := opened(t, mode, s)
						p.ctx.Rights = &page.Rights{}
						play(t, p, s, failure)
						p.SetSize(size.Width, size.Height)
						uitest.Golden(t, p.View(), size)
					})
				}
			}
		}
	}
}
