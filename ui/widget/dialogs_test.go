package widget

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

func press(s string) tea.KeyPressMsg {
	switch s {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	case "tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	}
	return tea.KeyPressMsg{Code: []rune(s)[0], Text: s}
}

type said string

func say(s string) tea.Cmd { return func() tea.Msg { return said(s) } }

func TestFormKeepsWhatWasTyped(t *testing.T) {
	styles, k := theme.New(theme.Dark), keys.Default()
	var submitted []string
	f := NewForm(&styles, &k, "New", "create", func(v []string) tea.Cmd { submitted = v; return nil },
		Field{Label: "Id", Check: func(s string) error {
			if s == "" {
				return errors.New("an id is needed")
			}
			return nil
		}}, Field{Label: "Reason", Value: "none"})
	f.Update(press("enter"))
	if submitted != nil {
		t.Fatal("submitted although a check fails")
	}
	if got := ansi.Strip(f.View(60, 20)); !strings.Contains(got, "✗ an id is needed") {
		t.Errorf("the reason is not under the field:\n%s", got)
	}
	for _, c := range "pump" {
		f.Update(press(string(c)))
	}
	f.Update(press("enter"))
	if len(submitted) != 2 || submitted[0] != "pump" || submitted[1] != "none" {
		t.Fatalf("submitted %q", submitted)
	}
	f.Busy("creating pump")
	submitted = nil
	f.Update(press("enter"))
	if submitted != nil {
		t.Error("submitted twice")
	}
	f.Fail("it exists already", "choose another")
	view := ansi.Strip(f.View(60, 20))
	for _, want := range []string{"pump", "✗ it exists already", "choose another"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	f.Update(press("tab"))
	f.Update(press("!"))
	if got := f.Values(); got[0] != "pump" || got[1] != "none!" {
		t.Errorf("values %q", got)
	}
	if strings.Contains(ansi.Strip(f.View(60, 20)), "exists already") {
		t.Error("the failure stays although the text has changed")
	}
	if _, done := f.Update(press("esc")); !done {
		t.Error("esc does not leave")
	}
}

func TestFormKeepsItsHeightWhileTyping(t *testing.T) {
	styles, k := theme.New(theme.Dark), keys.Default()
	long := errors.New(strings.Repeat("a long reason that wraps ", 4))
	f := NewForm(&styles, &k, "New", "create", nil, Field{Label: "Id", Hint: "short", Check: func(s string) error {
		if s != "" {
			return long
		}
		return nil
	}})
	before := strings.Count(f.View(60, 20), "\n")
	f.Update(press("x"))
	if after := strings.Count(f.View(60, 20), "\n"); after != before {
		t.Errorf("%d lines, then %d", before, after)
	}
}

func TestMenuTakesByKeyAndByCursor(t *testing.T) {
	styles, k := theme.New(theme.Dark), keys.Default()
	menu := func() *Menu {
		return NewMenu(&styles, &k, "Copy", Choice{Key: "i", Label: "Id", Run: say("id")}, Choice{Key: "c", Label: "String", Run: say("string")})
	}
	cmd, done := menu().Update(press("c"))
	if !done || cmd() != said("string") {
		t.Error("the key of a choice does not take it")
	}
	m := menu()
	m.Update(press("down"))
	if cmd, done = m.Update(press("enter")); !done || cmd() != said("string") {
		t.Error("enter does not take the choice under the cursor")
	}
	if cmd, done = menu().Update(press("esc")); !done || cmd != nil {
		t.Error("esc does not leave")
	}
}

func TestConfirmNeedsItsKey(t *testing.T) {
	styles := theme.New(theme.Dark)
	c := func() *Confirm { return NewConfirm(&styles, "Delete", "Delete pump?", "delete", say("gone")) }
	if cmd, done := c().Update(press("enter")); done || cmd != nil {
		t.Error("enter confirms: it is too easily pressed")
	}
	if cmd, done := c().Update(press("esc")); !done || cmd != nil {
		t.Error("esc does not leave")
	}
	if cmd, done := c().Update(press("y")); !done || cmd() != said("gone") {
		t.Error("y does not confirm")
	}
}

// TestMovingInAMenuComesBeforeItsChoices: j and k move, whatever a choice has for a key.
func TestMovingInAMenuComesBeforeItsChoices(t *testing.T) {
	styles, k := theme.New(theme.Dark), keys.Default()
	took := ""
	choice := func(key string) Choice {
		return Choice{Key: key, Label: key, Run: func() tea.Msg { took = key; return nil }}
	}
	m := NewMenu(&styles, &k, "Menu", choice("a"), choice("j"), choice("k"))
	for _, name := range []string{"j", "j", "k"} {
		if _, done := m.Update(press(name)); done {
			t.Fatalf("%s takes a choice", name)
		}
	}
	cmd, done := m.Update(press("enter"))
	if !done {
		t.Fatal("enter takes nothing")
	}
	if cmd(); took != "j" {
		t.Errorf("%q is taken", took)
	}
}
