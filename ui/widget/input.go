package widget

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/theme"
)

func inputStyles(s *theme.Styles) textinput.Styles {
	state := textinput.StyleState{
		Text: s.FieldFocus, Placeholder: s.Placeholder, Suggestion: s.Muted, Prompt: s.Key,
	}
	return textinput.Styles{
		Focused: state, Blurred: state,
		Cursor: textinput.CursorStyle{Color: s.Accent.GetForeground(), Shape: tea.CursorBar, Blink: true},
	}
}

// Filter is a line to type a filter into, in the head of a list.
type Filter struct {
	input textinput.Model
}

// NewFilter returns an empty filter. prompt stands before the text.
func NewFilter(prompt, placeholder string) *Filter {
	in := textinput.New()
	in.Prompt = prompt
	in.Placeholder = placeholder
	in.SetVirtualCursor(false)
	return &Filter{input: in}
}

// Focus lets the filter be typed into; Blur ends that and keeps the text.
func (f *Filter) Focus() { f.input.Focus() }

// Blur ends typing.
func (f *Filter) Blur() { f.input.Blur() }

// Focused says whether the filter is being typed into.
func (f *Filter) Focused() bool { return f.input.Focused() }

// Value is the text.
func (f *Filter) Value() string { return f.input.Value() }

// Set replaces the text, with the cursor behind it.
func (f *Filter) Set(text string) {
	f.input.SetValue(text)
	f.input.CursorEnd()
}

// Clear empties it.
func (f *Filter) Clear() { f.input.Reset() }

// Update types.
func (f *Filter) Update(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	return cmd
}

// At is how many characters are before the cursor; Go puts it behind so many.
func (f *Filter) At() int { return f.input.Position() }

// Go moves the cursor.
func (f *Filter) Go(characters int) { f.input.SetCursor(characters) }

// AtEnd says whether the cursor is behind the text.
func (f *Filter) AtEnd() bool { return f.input.Position() >= len([]rune(f.input.Value())) }

// View draws prompt and text in width cells.
func (f *Filter) View(s *theme.Styles, width int) string {
	in := f.input
	in.SetStyles(inputStyles(s))
	in.SetWidth(max(1, width-len(in.Prompt)-1))
	return Fit(in.View(), width)
}

// Cursor is relative to the filter's own line.
func (f *Filter) Cursor() *tea.Cursor { return f.input.Cursor() }

// CellOf is where the i-th character of the text is drawn, from the left end of the prompt. It may be outside when the
// text is longer than the line.
func (f *Filter) CellOf(i int) int {
	runes := []rune(f.input.Value())
	i = max(0, min(i, len(runes)))
	cells := func(from, to int) int { return ansi.StringWidth(string(runes[from:to])) }
	c := f.input.Cursor()
	if c == nil {
		return ansi.StringWidth(f.input.Prompt) + cells(0, i)
	}
	at := min(f.input.Position(), len(runes))
	if i < at {
		return c.X - cells(i, at)
	}
	return c.X + cells(at, i)
}
