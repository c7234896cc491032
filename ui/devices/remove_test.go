package devices

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/uitest/trouble"
	"hubscope/ui/widget"
)

// asked is the question about one device, at a time that the test turns.
func asked(t *testing.T, now *time.Time) *removeOne {
	t.Helper()
	c := page.NewContext(t.Context(), theme.Mono)
	box := &removeOne{styles: c.Styles, now: func() time.Time { return *now }, device: hub.Device{DeviceID: "gate-1"}}
	begin := func() tea.Msg { return removeOneMsg{box} }
	box.Confirm = widget.NewConfirm(c.Styles, "Delete device", "Delete gate-1?", "delete", begin, "Its keys are lost.")
	return box
}

// TestTheQuestionStays while the device is deleted, and is answered once.
func TestTheQuestionStays(t *testing.T) {
	now := time.Unix(1000, 0)
	box := asked(t, &now)
	before := box.View(60, 20)
	if cmd, done := box.Update(uitest.Key("y")); cmd == nil || done {
		t.Fatal("y does not begin, or closes the question")
	}
	if strings.Count(box.View(60, 20), "\n") != strings.Count(before, "\n") || !strings.Contains(box.View(60, 20), "deleting it") {
		t.Errorf("while it is deleted:\n%s", box.View(60, 20))
	}
	if cmd, _ := box.Update(uitest.Key("y")); cmd != nil {
		t.Error("it is deleted twice")
	}

	box.fail("not deleted", "try again", false)
	if cmd, done := box.Update(uitest.Key("y")); cmd != nil || done {
		t.Error("a key that was typed before the failure was seen is an answer")
	}
	now = now.Add(time.Second)
	if cmd, _ := box.Update(uitest.Key("y")); cmd == nil {
		t.Error("y does not try again")
	}
	box.fail("not deleted", "the policy may not", true)
	now = now.Add(time.Second)
	if cmd, done := box.Update(uitest.Key("y")); cmd != nil || done || box.ShortHelp()[0].Enabled() {
		t.Error("what is of no use is offered")
	}
	if _, done := box.Update(uitest.Key("esc")); !done || !box.left {
		t.Error("esc does not close the question")
	}
}

// TestPauses: as long as the hub says, or else longer each time, and not for ever.
func TestPauses(t *testing.T) {
	var w pauses
	now := time.Unix(1000, 0)
	for n, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if got, ok := w.begin(hub.ErrThrottled, now); got != want || !ok || !w.waiting {
			t.Errorf("wait %d is %v, %v", n, got, ok)
		}
	}
	if got, _ := w.begin(trouble.OfBulk("429"), now); got != 48*time.Second || w.until != now.Add(got) {
		t.Errorf("the hub says 48 s, it waits %v until %v", got, w.until)
	}
	if _, ok := w.begin(hub.ErrThrottled, now.Add(11*time.Minute)); ok {
		t.Error("it waits for ever")
	}
}

func TestWhatIsCertain(t *testing.T) {
	for name, certain := range map[string]bool{"429": true, "401": true, "403": true, "time-out": false, "dropped": false} {
		if isRefusal(trouble.OfBulk(name)) != certain {
			t.Errorf("%s: it is certain that nothing was deleted: %v", name, !certain)
		}
	}
	if isRefusal(&hub.Error{Status: 500}) || isRefusal(errors.New("else")) {
		t.Error("a hub with a problem of its own may have deleted some")
	}
}
