package modules

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// TestCreateFrames: the form after each failure, with what was typed, the reason and the key
// that goes on. 413 is the quota of 50 modules a device (413003).
func TestCreateFrames(t *testing.T) {
	for name, err := range failures {
		if name == "412" {
			continue // nothing is compared by a creation
		}
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			t.Run(name+"-"+[]string{"dark", "light", "mono"}[mode], func(t *testing.T) {
				p := opened(t, mode, &store{})
				p.o.Store = &store{err: err}
				p.askNew()
				answer(t, p.Update, p.create(hub.Module{DeviceID: "gate-1", ModuleID: "module-1"}))
				view := p.sheet.View(76, 20)
				uitest.Golden(t, view, uitest.Size{Width: ansi.StringWidth(strings.Split(view, "\n")[0]), Height: strings.Count(view, "\n") + 1})
			})
		}
	}
}
