package widget

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

func newTyped() *Typed {
	styles, k := theme.New(theme.Dark), keys.Default()
	return NewTyped(&styles, &k, "Delete", "Delete 12 device identities?", "12", "delete", say("gone"), "pump-1", "pump-2")
}

func typeInto(t *Typed, text string) {
	for _, r := range text {
		t.Update(press(string(r)))
	}
}

func TestTypedWantsTheWholeWord(t *testing.T) {
	box := newTyped()
	for _, more := range []string{"", "1"} {
		typeInto(box, more)
		if cmd, done := box.Update(press("enter")); done || cmd != nil {
			t.Fatalf("%q is enough", box.input.Value())
		}
		if box.ShortHelp()[0].Enabled() {
			t.Errorf("enter is offered after %q", box.input.Value())
		}
	}
	typeInto(box, "2")
	if !box.ShortHelp()[0].Enabled() {
		t.Error("enter is not offered")
	}
	cmd, done := box.Update(press("enter"))
	if !done || cmd == nil || cmd() != said("gone") {
		t.Error("the right answer does not confirm")
	}
}

func TestTypedSaysThatItIsWrong(t *testing.T) {
	box := newTyped()
	typeInto(box, "13")
	if got := ansi.Strip(box.View(70, 20)); !strings.Contains(got, "✗ not what is asked for") {
		t.Errorf("nothing is said:\n%s", got)
	}
	if cmd, done := box.Update(press("enter")); done || cmd != nil {
		t.Error("a wrong answer confirms")
	}
	if cmd, done := box.Update(press("esc")); !done || cmd != nil {
		t.Error("esc does not leave")
	}
	if box.Grace() == 0 {
		t.Error("a key that was typed before becomes part of the answer")
	}
}

// TestTypedKeepsItsLineWhenThereIsLittleRoom: the details give way, and the cursor is in the line that is typed into.
func TestTypedKeepsItsLineWhenThereIsLittleRoom(t *testing.T) {
	box := newTyped()
	typeInto(box, "12")
	for _, height := range []int{20, 5} {
		lines := strings.Split(ansi.Strip(box.View(70, height)), "\n")
		if len(lines) > height {
			t.Errorf("%d lines in a room of %d", len(lines), height)
		}
		c := box.Cursor()
		if line := lines[c.Y]; !strings.HasPrefix(line, "▸ 12") || c.X != 4 {
			t.Errorf("the cursor is at %d in %q", c.X, line)
		}
	}
}
