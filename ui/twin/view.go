package twin

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/failure"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// View implements page.Page.
func (p *Page) View() string {
	switch {
	case p.editing() != nil:
		return p.viewDraft(p.editing())
	case !p.known:
		return widget.Box(p.viewUnknown(), p.width, p.height)
	}
	lines := append([]string{p.head()}, p.unread()...)
	lines = append(lines, p.body()...)
	return widget.Box(append(lines, p.foot()...), p.width, p.height)
}

// viewUnknown is what stands where the twin would be.
func (p *Page) viewUnknown() []string {
	s := p.ctx.Styles
	if why := p.ctx.Denied(readAction); why != "" {
		return trouble(s, "the twin is not shown: "+safe.Inline(why), "", p.width)
	}
	if p.err == nil {
		return []string{" " + s.Muted.Render("Reading …")}
	}
	sentence, next := failure.Words(p.err)
	return append(trouble(s, sentence, next, p.width), "", "   "+s.Key.Render("r")+s.Text.Render(" tries again"))
}

// unread says why what is shown is old.
func (p *Page) unread() []string {
	if p.err == nil || !p.known {
		return nil
	}
	sentence, next := failure.Words(p.err)
	lines := trouble(p.ctx.Styles, joined(sentence, next), "", p.width)
	return lines[:min(len(lines), max(1, p.height/5))]
}

// trouble is a sentence about what went wrong, and what to do.
func trouble(s *theme.Styles, sentence, next string, width int) []string {
	var out []string
	for i, l := range widget.Wrap(sentence, max(10, width-4)) {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		out = append(out, s.Danger.Render(sign+l))
	}
	if next == "" {
		return out
	}
	for _, l := range widget.Wrap(next, max(10, width-4)) {
		out = append(out, s.Muted.Render("   "+l))
	}
	return out
}

// joined is what went wrong and what to do, in one text.
func joined(sentence, next string) string {
	if next == "" {
		return sentence
	}
	return sentence + "; " + next
}

// head tells which state of the twin this is.
func (p *Page) head() string {
	s, t := p.ctx.Styles, &p.twin
	left := " " + s.Muted.Render("Version ") + s.Text.Render(fmt.Sprint(t.Version)) +
		s.Muted.Render("   ETag ") + s.Text.Render(safe.Line(t.ETag, 24))
	return widget.Ends(left, p.freshness(), p.width)
}

// freshness says what is wrong with what is shown, or that there is a draft of it.
func (p *Page) freshness() string {
	s := p.ctx.Styles
	age := widget.Span(p.ctx.Time().Sub(p.when))
	switch {
	case p.err != nil:
		return s.Danger.Render("✗ "+age+" old") + " " + s.Key.Render("r") + s.Muted.Render(" reload ")
	case p.drafts[p.of] != nil:
		return s.Warning.Render("● draft ") + s.Key.Render("e") + s.Muted.Render(" goes on ")
	case !p.columns() && p.stacked() > p.bodyHeight():
		return s.Muted.Render(fmt.Sprintf("%d/%d ", min(p.stacked(), p.top+p.bodyHeight()), p.stacked()))
	}
	return ""
}

// body draws the sections.
func (p *Page) body() []string {
	height := p.bodyHeight()
	if !p.columns() {
		return p.stack(height)
	}
	boxes := make([]string, len(p.panels))
	for i, width := range p.widths() {
		l := &p.panels[i]
		lines := []string{p.title(l, width)}
		for line := l.top; line < min(l.lines(), l.top+l.height); line++ {
			lines = append(lines, p.row(l, line, width))
		}
		boxes[i] = widget.Box(lines, width, height)
	}
	rule := p.ctx.Styles.Rule
	return strings.Split(widget.Beside(widget.Beside(boxes[0], boxes[1], rule), boxes[2], rule), "\n")
}

// stack draws as many lines as there is room for.
func (p *Page) stack(height int) []string {
	var lines []string
	for i := range p.panels {
		l, start := &p.panels[i], p.start(i)
		for line := -1; line <= l.lines(); line++ {
			at := start + 1 + line
			if at < p.top || at >= p.top+height {
				continue
			}
			switch line {
			case -1:
				lines = append(lines, p.title(l, p.width))
			case l.lines():
				lines = append(lines, "")
			default:
				lines = append(lines, p.row(l, line, p.width))
			}
		}
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// title is the name of a section, its version, and how it stands to the other.
func (p *Page) title(l *panel, width int) string {
	s := p.ctx.Styles
	style := [panels]lipgloss.Style{desired: s.Desired, reported: s.Reported, tags: s.Tags}[l.kind].Bold(true)
	if p.focused && p.at == int(l.kind) {
		style = style.Underline(true)
	}
	left := " " + style.Render(titles[l.kind])
	if l.version > 0 {
		left += s.Muted.Render(fmt.Sprintf("  v%d", l.version))
	}
	if n := l.removed(); n > 0 {
		left += s.Fresh.Render(fmt.Sprintf("  −%d", n))
	}
	room := width - ansi.StringWidth(left) - 1
	return widget.Ends(left, p.summary(l, room)+" ", width)
}

// summary counts what stands out, in words where there is room.
func (p *Page) summary(l *panel, room int) string {
	s := p.ctx.Styles
	var long, short []string
	for m := differs; m < standings; m++ {
		if n := l.counts[m]; n > 0 {
			style := p.markStyle(m)
			long = append(long, style.Render(fmt.Sprintf("%s %d %s", signs[m], n, plural(m, n))))
			short = append(short, style.Render(fmt.Sprintf("%s %d", signs[m], n)))
		}
	}
	if len(long) == 0 && l.counts[inStep] > 0 {
		return s.Success.Render(signs[inStep] + " " + words[inStep])
	}
	text := strings.Join(long, "  ")
	if ansi.StringWidth(text) > room-1 {
		text = strings.Join(short, "  ")
	}
	return ansi.Truncate(text, max(0, room-1), "")
}

func plural(m standing, n int) string {
	if m == differs && n != 1 {
		return "differ"
	}
	return words[m]
}

func (p *Page) markStyle(m standing) lipgloss.Style {
	s := p.ctx.Styles
	return [standings]lipgloss.Style{unmarked: s.Muted, inStep: s.Success, differs: s.Warning, neverReported: s.Info, reportedOnly: s.Muted}[m]
}
