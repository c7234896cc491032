package widget

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/theme"
)

func TestBar(t *testing.T) {
	s := theme.New(theme.Mono)
	for share, want := range map[float64]string{
		0: "········", 0.5: "████····", 0.51: "████····", 0.53: "████▏···", 1: "████████", 2: "████████", -1: "········", 0.999: "███████▉",
	} {
		if got := ansi.Strip(Bar(&s, share, 8)); got != want {
			t.Errorf("%v: %q, want %q", share, got, want)
		}
	}
	if got := Bar(&s, 0.5, 0); got != "" {
		t.Errorf("no room: %q", got)
	}
}
