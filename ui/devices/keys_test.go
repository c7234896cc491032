package devices

import (
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
)

// TestOneMeaningOfAKey: the way back is offered unless the section takes its key for something else.
func TestOneMeaningOfAKey(t *testing.T) {
	bind := func(help, k string, enabled bool) key.Binding {
		b := key.NewBinding(key.WithKeys(k), key.WithHelp(k, help))
		b.SetEnabled(enabled)
		return b
	}
	back := bind("back", "esc", true)
	for name, c := range map[string]struct {
		section []key.Binding
		want    string
	}{
		"nothing of its own": {[]key.Binding{bind("edit", "e", true)}, "back edit"},
		"a call waits":       {[]key.Binding{bind("cancel", "esc", true), bind("edit", "e", true)}, "cancel edit"},
		"no call waits":      {[]key.Binding{bind("cancel", "esc", false), bind("edit", "e", true)}, "back cancel edit"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range withBack(back, c.section) {
				got = append(got, b.Help().Desc)
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("offered %q, want %q", text, c.want)
			}
		})
	}
}
