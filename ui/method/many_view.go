package method

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// manyBeside is the width from which form and results stand side by side.
const manyBeside = 118

// widestForm leaves the rest of a wide screen to the results.
const widestForm = 64

func (p *Many) beside() bool { return p.width >= manyBeside }

// SetSize implements page.Page.
func (p *Many) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
}

// formArea is the room of the form.
func (p *Many) formArea() (width, height int) {
	if p.beside() {
		return min(p.width*38/100, widestForm), max(formFrame+1, p.height-1)
	}
	room := max(formFrame+1, p.height-1)
	text := p.form.lines()
	if p.typing {
		return p.width, min(room, formFrame+max(1, min(max(3, text+1), room/2-formFrame+1)))
	}
	return p.width, min(room, formFrame+max(1, min(text, room/4)))
}

// resultArea is the room of the results, with no head.
func (p *Many) resultArea() (width, height int) {
	formWidth, formHeight := p.formArea()
	if p.beside() {
		return p.width - formWidth - 1, max(0, p.height-1)
	}
	return p.width, max(0, p.height-1-formHeight)
}

func (p *Many) layout() {
	if p.width <= 0 || p.table == nil {
		return
	}
	width, height := p.formArea()
	text := height - formFrame
	if p.beside() {
		lines := p.form.lines()
		if p.typing {
			lines = max(3, lines+1)
		}
		text = min(text, lines)
	}
	p.form.fit(width, text)
	width, height = p.resultArea()
	if p.opened {
		if one := p.current(); one != nil && one.entry != nil {
			p.answer.fit(one.entry, width, max(0, height-1), true)
			return
		}
		p.opened = false
	}
	p.table.SetSize(width, height)
}

// Dividers implements page.Divided.
func (p *Many) Dividers() (top, bottom []int) {
	if !p.beside() {
		return nil, nil
	}
	at, _ := p.formArea()
	return nil, []int{at}
}

// View implements page.Page.
func (p *Many) View() string {
	head := p.viewHead()
	width, height := p.resultArea()
	var right string
	if one := p.current(); p.opened && one != nil && one.entry != nil {
		right = widget.Box(p.viewAnswer(one), width, height)
	} else {
		right = p.table.View(p.ctx.Styles, p.focused && !p.typing)
	}
	formWidth, formHeight := p.formArea()
	form := p.form.view(p.typing && p.focused)
	if p.beside() {
		if why := p.ctx.Denied(page.Invoke); why != "" {
			form = append(form, " "+p.ctx.Styles.Warning.Render(safe.Line("⚠ "+why, formWidth-2)))
		}
		return widget.Box([]string{head}, p.width, 1) + "\n" +
			widget.Beside(widget.Box(form, formWidth, p.height-1), widget.Box(strings.Split(right, "\n"), width, p.height-1), p.ctx.Styles.Rule)
	}
	lines := append([]string{head}, strings.Split(widget.Box(form, formWidth, formHeight), "\n")...)
	return widget.Box(append(lines, strings.Split(right, "\n")...), p.width, p.height)
}

func (p *Many) viewHead() string {
	s, t := p.ctx.Styles, p.results.tally()
	left := " " + s.Title.Render("Call a method") + "  " + s.Muted.Render("on "+widget.Plural(len(p.results.all), "device"))
	if p.results.failed {
		left += s.Muted.Render("  failed first")
	}
	right := ""
	switch {
	case p.batch != nil && !p.until.IsZero():
		right = s.Waiting.Render("… the hub is throttled, next try in " + widget.Span(max(0, p.until.Sub(p.ctx.Time()))))
	case p.batch != nil:
		right = s.Waiting.Render("… " + widget.Count(t.ended()) + " of " + widget.Count(t.all))
	}
	if t.left < t.all {
		right += p.viewTally(t)
	}
	if p.batch != nil {
		right += "  " + s.Key.Render("esc") + s.Muted.Render(" cancels")
	}
	return widget.Ends(left, right+" ", p.width)
}

func (p *Many) viewTally(t tally) string {
	s, out := p.ctx.Styles, ""
	if t.fine > 0 {
		out += "  " + s.Success.Render("✓ "+widget.Count(t.fine))
	}
	if t.other > 0 {
		out += "  " + s.Warning.Render("⚠ "+widget.Count(t.other))
	}
	if t.failed > 0 {
		out += "  " + s.Danger.Render("✗ "+widget.Count(t.failed))
	}
	return out
}

func (p *Many) viewAnswer(one *result) []string {
	s, e := p.ctx.Styles, one.entry
	if !e.ended {
		head := " " + s.Strong.Render(safe.Line(one.device, max(4, p.answer.width/3)))
		return append([]string{head + s.Waiting.Render("  … waiting")}, p.answer.lines()...)
	}
	return append([]string{p.answer.head(e, one.device)}, p.answer.lines()...)
}

// Cursor implements page.Cursorer.
func (p *Many) Cursor() *tea.Cursor {
	if !p.typing {
		return nil
	}
	c := p.form.cursor()
	if c != nil {
		c.Y++
	}
	return c
}

func (p *Many) onClick(msg tea.MouseClickMsg) {
	width, height := p.formArea()
	x, y := msg.X, msg.Y-1
	if x < width && y < height {
		if y >= 0 && p.write() == nil {
			p.form.click(x, y)
		}
		return
	}
	p.stopTyping()
	if !p.beside() {
		y -= height
	}
	if !p.opened && p.table.Click(y) {
		p.layout()
	}
}

func (p *Many) onWheel(msg tea.MouseWheelMsg) {
	n := 3
	if msg.Button == tea.MouseWheelUp {
		n = -3
	}
	width, height := p.formArea()
	switch {
	case msg.X < width && msg.Y <= height:
		if p.typing {
			p.form.payload.Wheel(n)
		}
	case p.opened:
		p.answer.scroll(n)
	default:
		p.table.Wheel(n)
		p.layout()
	}
}
