package faults

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// line is one part of a fault: a choice, or a text to type.
type line struct {
	label, hint string
	hidden      bool

	options []string // of a choice
	at      int

	input *widget.Filter // of a text
	check func(string) error
}

func chosen(label, hint string, options ...string) *line {
	return &line{label: label, hint: hint, options: options}
}

func typed(label, hint, value string, check func(string) error) *line {
	l := &line{label: label, hint: hint, input: widget.NewFilter("", ""), check: check}
	l.set(value)
	return l
}

func (l *line) value() string {
	if l.input == nil {
		return l.options[l.at]
	}
	return l.input.Value()
}

func (l *line) set(value string) { l.input.Set(value) }

func (l *line) focus(on bool) {
	switch {
	case l.input == nil:
	case on:
		l.input.Focus()
	default:
		l.input.Blur()
	}
}

func (l *line) problem() error {
	if l.check == nil || l.hidden {
		return nil
	}
	return l.check(l.value())
}

func (l *line) update(msg tea.Msg, k *keys.Map) tea.Cmd {
	if l.input != nil {
		return l.input.Update(msg)
	}
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	n := len(l.options)
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
func (l *line) jump(letter string) {
	if letter == "" {
		return
	}
	after := append(slices.Clone(l.options[l.at+1:]), l.options[:l.at+1]...)
	i := slices.IndexFunc(after, func(o string) bool { return o[:1] == letter })
	if i >= 0 {
		l.at = (l.at + 1 + i) % len(l.options)
	}
}

func (l *line) view(s *theme.Styles, focused bool, width int) string {
	if l.input != nil {
		return l.input.View(s, width)
	}
	if !focused {
		return s.FieldFocus.Render(l.value())
	}
	return s.FieldFocus.Render(l.value()) + s.Muted.Render("  ‹ › "+widget.Count(l.at+1)+" of "+widget.Count(len(l.options)))
}
