package twin

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	hubtrouble "hubscope/ui/uitest/trouble"
)

// failed are what is shown after a call that failed, by what the call was for.
var failed = map[string]func(p *Page, failure string) (frame func(size uitest.Size) string){
	"read": func(p *Page, failure string) func(uitest.Size) string {
		p.ctx.Now = func() time.Time { return noon.Add(35 * time.Second) }
		p.onRead(readMsg{serial: p.serial, err: readTrouble(failure)})
		return func(uitest.Size) string { return p.View() }
	},
	"first-read": func(p *Page, failure string) func(uitest.Size) string {
		p.known, p.twin = false, hub.Twin{}
		p.onRead(readMsg{serial: p.serial, err: readTrouble(failure)})
		return func(uitest.Size) string { return p.View() }
	},
	"send": func(p *Page, failure string) func(uitest.Size) string {
		c := reviewOf(p)
		p.onSent(sentMsg{change: c, err: sendTrouble(failure)})
		return func(size uitest.Size) string {
			return padded(c.box.View(size.Width-8, size.Height-6), size)
		}
	},
	"draft": func(p *Page, failure string) func(uitest.Size) string {
		c := reviewOf(p)
		c.box.closed = true
		p.onSent(sentMsg{change: c, err: sendTrouble(failure)})
		return func(uitest.Size) string { return p.View() }
	},
}

func readTrouble(failure string) error {
	return hubtrouble.Of(failure, func(ctx context.Context, c *hub.Client) error {
		_, err := c.ModuleTwin(hub.TryOnce(ctx), "wind-1", "")
		return err
	})
}

func sendTrouble(failure string) error {
	return hubtrouble.Of(failure, func(ctx context.Context, c *hub.Client) error {
		_, err := c.PatchModuleTwin(ctx, "wind-1", "", hub.TwinUpdate{Tags: []byte(`{"a":1}`), ETag: "x"})
		return err
	})
}

// TestFailureFrames: each failure is said where the call began, and what was read or typed is there still.
func TestFailureFrames(t *testing.T) {
	for name, play := range failed {
		for _, failure := range hubtrouble.Names {
			if failure == "412" {
				continue // a read compares nothing, and a change is rebased: TestTwinRebased
			}
			for mode, look := range map[theme.Mode]string{theme.Dark: "dark", theme.Light: "light", theme.Mono: "mono"} {
				for _, size := range sizes {
					if mode != theme.Dark && size != sizes[1] || name == "first-read" && mode != theme.Dark {
						continue
					}
					t.Run(fmt.Sprintf("%s-%s-%s-%dx%d", name, failure, look, size.Width, size.Height), func(t *testing.T) {
						p := stageOf(t, mode, size, wind())
						frame := play(p, failure)
						p.SetSize(size.Width, size.Height)
						uitest.Golden(t, frame(size), size)
					})
				}
			}
		}
	}
}
