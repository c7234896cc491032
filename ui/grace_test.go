package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// TestGrace: a question of the kind that cannot be taken back hears nothing typed before
// it could be read, and everything from then on.
func TestGrace(t *testing.T) {
	styles, bindings := theme.New(theme.Mono), keys.Default()
	for name, c := range map[string]struct {
		make func(run tea.Cmd) page.Dialog
		keys []string
	}{
		"confirm": {func(run tea.Cmd) page.Dialog {
			return widget.NewConfirm(&styles, "Delete", "Delete it?", "delete", run)
		}, []string{"y"}},
		"typed": {func(run tea.Cmd) page.Dialog {
			return widget.NewTyped(&styles, &bindings, "Swap", "Swap the keys?", "ok", "swap", run)
		}, []string{"o", "k", "enter"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stack overlay
				d := c.make(func() tea.Msg { return nil })
				stack.open(d, time.Now())
				press := func() (run tea.Cmd) {
					for _, k := range c.keys {
						run = stack.update(uitest.Key(k), time.Now())
					}
					return run
				}
				time.Sleep(d.(page.Cautious).Grace() - time.Nanosecond)
				if press() != nil || stack.top() == nil {
					t.Fatal("answered before it could be read")
				}
				time.Sleep(time.Nanosecond)
				if press() == nil || stack.top() != nil {
					t.Error("not answered afterwards")
				}
			})
		})
	}
}
