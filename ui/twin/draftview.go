package twin

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/twinpatch"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// editorX is where the text stands; noteHeight is how many lines under it say what is wrong with it, or what it does.
const (
	editorX    = 1
	noteHeight = 2
)

// fitDraft gives the text its room.
func (p *Page) fitDraft(d *draft) {
	d.text.SetSize(max(1, p.width-editorX), max(1, p.height-heads-noteHeight))
}

func (p *Page) viewDraft(d *draft) string {
	lines := []string{p.draftHead(d)}
	for _, l := range d.text.View(p.ctx.Styles) {
		lines = append(lines, strings.Repeat(" ", editorX)+l)
	}
	for len(lines) < p.height-noteHeight {
		lines = append(lines, "")
	}
	return widget.Box(append(lines, p.note(d)...), p.width, p.height)
}

func (p *Page) draftHead(d *draft) string {
	s := p.ctx.Styles
	head := " " + s.Title.Render("Tags and desired")
	switch {
	case d.sending:
		head += "  " + s.Waiting.Render("… sending")
	case d.changed():
		head += "  " + s.Warning.Render("● not sent")
	}
	line, column := d.text.Position()
	right := s.Muted.Render(fmt.Sprintf(" %d:%d ", line, column))
	if p.known && p.twin.ETag != d.base.ETag {
		right = s.Fresh.Render("changed meanwhile") + right
	}
	return widget.Ends(head, right, p.width)
}

// note says why the draft was not sent, what is wrong with it, or what it does.
func (p *Page) note(d *draft) []string {
	s := p.ctx.Styles
	style, sign, text := s.Muted, "", "nothing is changed"
	switch {
	case d.failed != "":
		style, sign, text = s.Danger, "✗ ", joined(d.failed, d.next)
	case len(d.mistakes) > 0:
		at := max(0, d.at)
		style, sign, text = s.Danger, "✗ ", safe.Inline(d.mistakes[at].Error())
		if n := len(d.mistakes); n > 1 {
			text = fmt.Sprintf("%d of %d: %s", at+1, n, text)
		}
	case len(d.patch.Members) > 0:
		style, sign, text = s.Success, "✓ ", countWords(twinpatch.Count(d.was, d.patch))
	}
	lines := widget.Wrap(text, max(10, p.width-4))
	if len(lines) > noteHeight {
		lines = append(lines[:noteHeight-1], safe.Line(strings.Join(lines[noteHeight-1:], " "), max(1, p.width-4)))
	}
	out := make([]string, noteHeight)
	for i, l := range lines {
		lead := strings.Repeat(" ", len([]rune(sign)))
		if i == 0 {
			lead = sign
		}
		out[i] = " " + style.Render(lead+l)
	}
	return out
}

// countWords is "1 changed, 2 added, 1 deleted".
func countWords(n twinpatch.Counts) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{n.Changed, "changed"}, {n.Added, "added"}, {n.Deleted, "deleted"}} {
		if c.n > 0 {
			parts = append(parts, widget.Count(c.n)+" "+c.what)
		}
	}
	return strings.Join(parts, ", ")
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	d := p.editing()
	if d == nil {
		return nil
	}
	c := d.text.Cursor(p.ctx.Styles)
	c.X += editorX
	c.Y += heads
	return c
}
