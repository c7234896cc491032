package twin

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Beside a value stand the sign of how it stands, its age, and where there is room its version.
const (
	signWidth    = 3 // with a blank on both sides
	ageWidth     = 7
	versionWidth = 6
	roomy        = 60 // from this width on versions are shown
)

// asideWidth is the room beside the values. The hub keeps no times of tags.
func (p *Page) asideWidth(l *panel) int {
	switch {
	case l.kind == tags:
		return 1
	case p.widths()[l.kind] >= roomy && (l.kind == desired || !p.columns()): // in a stack signs stand below each other
		return signWidth + ageWidth + versionWidth + 1
	}
	return signWidth + ageWidth + 1
}

// row draws a line of a section.
func (p *Page) row(l *panel, line, width int) string {
	s := p.ctx.Styles
	if l.doc == nil {
		return p.nothing(l, width)
	}
	pens, over := &p.pens.plain, lipgloss.NewStyle()
	if p.at == int(l.kind) && line == l.cursor {
		pens, over = &p.pens.blurred, s.SelectedBlur
		if p.focused {
			pens, over = &p.pens.selected, s.Selected
		}
	}
	blank := &pens[paint.PlainSpan]
	text := blank.Render(" ") + l.doc.Line(line, pens)
	aside := p.aside(l, line, over)
	pad := width - ansi.StringWidth(text) - ansi.StringWidth(aside)
	return text + blank.Render(strings.Repeat(" ", max(0, pad))) + aside
}

// nothing stands in a section without properties.
func (p *Page) nothing(l *panel, width int) string {
	s := p.ctx.Styles
	text := [panels]string{desired: "nothing is desired", reported: "nothing was reported", tags: "no tags"}[l.kind]
	style := s.Muted
	if p.focused && p.at == int(l.kind) {
		style = s.Muted.Inherit(s.Selected)
	}
	return style.Render(widget.Fit("   "+text, width))
}

// aside is what stands beside a value, over the style of the row.
func (p *Page) aside(l *panel, line int, over lipgloss.Style) string {
	width := p.asideWidth(l)
	n := l.doc.Node(line)
	node := &l.tree.Nodes[n]
	if l.kind == tags || l.doc.Part(line) > 0 || l.inArray(n) {
		return over.Render(strings.Repeat(" ", width))
	}
	mark := l.marks[n]
	out := p.markStyle(mark).Inherit(over).Render(" " + signs[mark] + " ")
	at := l.stampOf(n)
	age, version, style := "", "", p.ctx.Styles.Muted
	// An open object has no value of its own: what is in it has.
	if node.Kind != tree.Object || !node.Open || node.Count == 0 {
		if !at.when.IsZero() {
			age = short(p.ctx.Time().Sub(at.when))
		}
		if at.version > 0 {
			version = fmt.Sprintf("v%d", at.version)
		}
		if l.fresh(n) {
			style, age = p.ctx.Styles.Fresh, "•"+age
		}
	}
	out += style.Inherit(over).Render(widget.FitRight(age, ageWidth))
	if width > signWidth+ageWidth+1 {
		out += p.ctx.Styles.Muted.Inherit(over).Render(widget.FitRight(version, versionWidth))
	}
	return out + over.Render(" ")
}

// short is an age without words around it.
func short(d time.Duration) string {
	if d < time.Second {
		return "now"
	}
	return widget.Span(d)
}

// foot tells of what is under the cursor: where it is, when it was changed, and how it stands.
func (p *Page) foot() []string {
	s, l := p.ctx.Styles, &p.panels[p.at]
	n, ok := l.node()
	if !ok {
		return []string{"", ""}
	}
	path := l.pathOf(n)
	right := p.changedAt(l, n, p.width-3-ansi.StringWidth(safe.Inline(path)))
	path = safe.Line(path, max(0, p.width-ansi.StringWidth(right)-3))
	return []string{
		widget.Ends(" "+s.Accent.Render(path), s.Muted.Render(right), p.width),
		" " + p.stands(l, n, p.width-2),
	}
}

// changedAt tells when a property was changed, and in which version, as exactly as there is room for.
func (p *Page) changedAt(l *panel, n int32, room int) string {
	at := l.stampOf(n)
	if at.when.IsZero() {
		return ""
	}
	version := " "
	if at.version > 0 {
		version = fmt.Sprintf("  v%d ", at.version)
	}
	when := p.ctx.Zoned(at.when)
	for _, form := range []string{"2006-01-02 15:04:05", "15:04:05"} {
		if text := when.Format(form) + version; ansi.StringWidth(text) <= room {
			return text
		}
	}
	return ""
}

// stands says how what is under the cursor stands to the other side.
func (p *Page) stands(l *panel, n int32, width int) string {
	if l.kind == tags {
		return ""
	}
	mark := l.marks[n]
	other, m, found := p.counterpart(l, n)
	text := signs[mark] + " " + words[mark]
	if mark == differs && found && l.tree.Nodes[n].Kind != tree.Object {
		value := m
		if ack, is := acknowledged(other.tree, m); is {
			value = ack
		}
		text = signs[mark] + " " + strings.ToLower(titles[other.kind]) + ": " + other.tree.Value(value)
		if at := other.stampOf(m); !at.when.IsZero() {
			text += ", " + widget.Ago(p.ctx.Time(), at.when)
		}
	}
	if found && l.kind == desired {
		text += answered(other.tree, m)
	}
	return p.markStyle(mark).Render(safe.Line(text, width))
}

// counterpart is the same property on the other side.
func (p *Page) counterpart(l *panel, n int32) (other *panel, m int32, found bool) {
	other = &p.panels[reported]
	if l.kind == reported {
		other = &p.panels[desired]
	}
	m, found = other.tree.Find(l.tree.Path(n))
	return other, m, found
}

// answered is what a device said to a desired property, as IoT Plug and Play has it.
func answered(t *tree.Tree, n int32) string {
	if _, is := acknowledged(t, n); !is {
		return ""
	}
	code, _ := t.Child(n, "ac")
	version, _ := t.Child(n, "av")
	return ", the device answered " + t.Value(code) + " to v" + t.Value(version)
}
