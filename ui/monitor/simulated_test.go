package monitor

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

func TestTheDeviceOfAnEventIsStartedByItsKey(t *testing.T) {
	f := tab(t)
	if answers := f.press("s"); len(answers) > 0 {
		t.Errorf("with no event s answers %v", answers)
	}
	f.take(winds(0, 10)...)
	f.press("k")
	if answers := f.press("s"); !slices.Contains(answers, tea.Msg(page.ToggleSimulated{DeviceID: f.current().DeviceID})) {
		t.Errorf("s answers %v", answers)
	}
	if answers := f.press("S"); !slices.Contains(answers, tea.Msg(page.StopSimulated{})) {
		t.Errorf("S answers %v", answers)
	}
}
