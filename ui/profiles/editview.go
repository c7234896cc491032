package profiles

import (
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Where the text stands on the page, and how many lines under it say what is wrong.
const (
	editorX    = 1
	editorY    = 1
	noteHeight = 2
)

// beside tells whether text and messages stand side by side; else the messages are below.
func (p *Page) beside() bool { return p.width >= 118 }

// editorSize is the room of the text with the column before it.
func (p *Page) editorSize() (width, height int) {
	if p.beside() {
		return p.width * 58 / 100, max(1, p.height-1-noteHeight)
	}
	return p.width, max(3, (p.height-1)*60/100-noteHeight)
}

func (p *Page) viewEditing() string {
	width, height := p.editorSize()
	left := []string{p.viewEditHead(width)}
	for _, l := range p.editing.text.View(p.ctx.Styles) {
		left = append(left, strings.Repeat(" ", editorX)+l)
	}
	for len(left) < 1+height {
		left = append(left, "")
	}
	left = append(left, p.viewNote(width)...)
	s := p.ctx.Styles
	if p.beside() {
		return widget.Beside(widget.Box(left, width, p.height),
			widget.Box(p.viewLive(p.width-width-1, false), p.width-width-1, p.height), s.Rule)
	}
	return widget.Box(append(left, p.viewLive(p.width, true)...), p.width, p.height)
}

func (p *Page) viewEditHead(width int) string {
	s, ed := p.ctx.Styles, p.editing
	head := " " + s.Title.Render(safe.Line(filepath.Base(ed.path), width/2))
	switch {
	case ed.saving:
		head += "  " + s.Waiting.Render("… saving")
	case ed.dirty() || ed.base == nil && ed.changed:
		head += "  " + s.Warning.Render("● not saved")
	}
	if ed.base == nil && ed.origin != "" {
		of := "a copy of "
		if ed.builtin {
			of = "a copy of the built-in "
		}
		head += "  " + s.Muted.Render(of+ed.origin)
	}
	line, column := ed.text.Position()
	return widget.Ends(head, s.Muted.Render(fmt.Sprintf(" %d:%d ", line, column)), width)
}

// viewNote says what is wrong with the text, or what it is.
func (p *Page) viewNote(width int) []string {
	s, ed := p.ctx.Styles, p.editing
	if !ed.checked {
		return make([]string, noteHeight)
	}
	if len(ed.mistakes) == 0 {
		said := widget.Plural(len(ed.glance.profile.Messages), "kind") + " of messages, " + widget.Plural(len(ed.glance.profile.Methods), "method")
		return []string{"", " " + s.Success.Render("✓ ") + s.Muted.Render(said)}
	}
	at := max(0, ed.at)
	text := ed.mistakes[at].String()
	if n := len(ed.mistakes); n > 1 {
		text = fmt.Sprintf("%d of %d: %s", at+1, n, text)
	}
	lines := widget.Wrap(text, max(10, width-4))
	if len(lines) > noteHeight {
		lines = append(lines[:noteHeight-1], safe.Line(strings.Join(lines[noteHeight-1:], " "), width-4))
	}
	out := make([]string, noteHeight)
	for i, l := range lines {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		out[i] = s.Danger.Render(sign + l)
	}
	return out
}

// viewLive are the messages that the text comes to; those of before while it is wrong.
func (p *Page) viewLive(width int, ruled bool) []string {
	s, ed := p.ctx.Styles, p.editing
	wrong := len(ed.mistakes) > 0 && ed.mistakes[0].line > 0 && ed.glance.profile != nil
	title := "Next messages of " + safe.Line(p.deviceFor(stem(ed.path)), 40)
	switch {
	case ed.glance.profile == nil && ed.checked:
		title = "No messages yet"
	case wrong:
		title = "Messages before the mistake"
	}
	head := " " + s.Strong.Render(title)
	if ruled {
		head = widget.TitledRule(title, width, s.Rule, s.Strong)
	}
	shown := ed.glance
	shown.mistakes = nil // they stand under the text
	if shown.profile == nil {
		return []string{head, " " + s.Muted.Render("They are shown as soon as the text is a profile.")}
	}
	return append([]string{head}, p.viewMessages(shown, width, wrong)...)
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	if p.editing == nil {
		return nil
	}
	c := p.editing.text.Cursor(p.ctx.Styles)
	c.X += editorX
	c.Y += editorY
	return c
}
