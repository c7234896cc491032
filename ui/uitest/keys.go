package uitest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

var named = map[string]tea.Key{
	"enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab}, "backspace": {Code: tea.KeyBackspace},
	"esc": {Code: tea.KeyEscape}, "space": {Code: tea.KeySpace, Text: " "},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"insert": {Code: tea.KeyInsert}, "delete": {Code: tea.KeyDelete},
	"f1": {Code: tea.KeyF1}, "f2": {Code: tea.KeyF2}, "f3": {Code: tea.KeyF3}, "f4": {Code: tea.KeyF4},
	"f5": {Code: tea.KeyF5}, "f6": {Code: tea.KeyF6}, "f7": {Code: tea.KeyF7}, "f8": {Code: tea.KeyF8},
	"f9": {Code: tea.KeyF9}, "f10": {Code: tea.KeyF10}, "f11": {Code: tea.KeyF11}, "f12": {Code: tea.KeyF12},
}

var modifiers = []struct {
	prefix string
	mod    tea.KeyMod
}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}}

// Key gives the message of a key by the name that bindings use: "a", "G", "?", "enter", "ctrl+c", "shift+tab". It
// panics on a name that it does not know, which is a mistake in the test.
func Key(name string) tea.KeyPressMsg {
	rest := name
	var mod tea.KeyMod
	for _, m := range modifiers {
		if cut, found := strings.CutPrefix(rest, m.prefix); found && cut != "" {
			rest, mod = cut, mod|m.mod
		}
	}
	k, found := named[rest]
	if !found {
		r, size := utf8.DecodeRuneInString(rest)
		if size == 0 || size != len(rest) {
			panic(fmt.Sprintf("uitest: no key is named %q", name))
		}
		k = tea.Key{Code: r, Text: rest}
	}
	k.Mod = mod
	if mod&^tea.ModShift != 0 {
		k.Text = "" // text is only what a key types
	}
	return tea.KeyPressMsg(k)
}

// Wheel gives the message of one step of the mouse wheel over a cell.
func Wheel(x, y int, down bool) tea.MouseWheelMsg {
	button := tea.MouseWheelUp
	if down {
		button = tea.MouseWheelDown
	}
	return tea.MouseWheelMsg{X: x, Y: y, Button: button}
}

// Click gives the message of a click with the left button on a cell.
func Click(x, y int) tea.MouseClickMsg {
	return tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}
}
