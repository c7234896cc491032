package widget

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Line is one part of a [Sheet]: a choice when it has options, else a text to type.
type Line struct {
	Label, Value string
	Empty        string   // of a text: what it means to write nothing
	Hint         string   // shown below the lines while the cursor is on this one
	Options      []string // of a choice; Value is one of them
	Hidden       bool
	Check        func(string) error  // of a text, while typing; its error is shown as it is
	Say          func(string) string // while typing: what the text means, in place of Hint
}

type sheetLine struct {
	Line
	at    int
	input *Filter // nil for a choice

	touched bool // something was typed
}

func newSheetLine(l Line) *sheetLine {
	line := &sheetLine{Line: l}
	if len(l.Options) == 0 {
		line.input = NewFilter("", l.Empty)
	}
	line.set(l.Value)
	return line
}

func (l *sheetLine) value() string {
	if l.input == nil {
		return l.Options[l.at]
	}
	return l.input.Value()
}

func (l *sheetLine) set(value string) {
	if l.input == nil {
		l.at = max(0, slices.Index(l.Options, value))
		return
	}
	l.input.Set(value)
}

func (l *sheetLine) focus(on bool) {
	switch {
	case l.input == nil:
	case on:
		l.input.Focus()
	default:
		l.input.Blur()
	}
}

func (l *sheetLine) problem() error {
	if l.Check == nil || l.Hidden {
		return nil
	}
	return l.Check(l.value())
}

// complaint is the problem once there is something to complain about: not in a
// line that nobody has begun.
func (l *sheetLine) complaint() error {
	if !l.touched && l.value() == "" {
		return nil
	}
	return l.problem()
}

func (l *sheetLine) note() string {
	if l.Say != nil {
		return l.Say(l.value())
	}
	return l.Hint
}

func (l *sheetLine) update(msg tea.Msg, k *keys.Map) tea.Cmd {
	if l.input != nil {
		return l.input.Update(msg)
	}
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	n := len(l.Options)
	switch {
	case key.Matches(press, k.Left):
		l.at = (l.at + n - 1) % n
	case key.Matches(press, k.Right, k.Pause):
		l.at = (l.at + 1) % n
	default:
		l.jump(press.Text)
	}
	return nil
}

// jump goes to the next option that begins with a letter.
func (l *sheetLine) jump(letter string) {
	if letter == "" {
		return
	}
	after := append(slices.Clone(l.Options[l.at+1:]), l.Options[:l.at+1]...)
	i := slices.IndexFunc(after, func(o string) bool { return o != "" && o[:1] == letter })
	if i >= 0 {
		l.at = (l.at + 1 + i) % len(l.Options)
	}
}

func (l *sheetLine) view(s *theme.Styles, focused bool, width int) string {
	if l.input != nil {
		return l.input.View(s, width)
	}
	if !focused || len(l.Options) == 1 {
		return s.FieldFocus.Render(l.value())
	}
	return s.FieldFocus.Render(l.value()) + s.Muted.Render("  ‹ › "+Count(l.at+1)+" of "+Count(len(l.Options)))
}
