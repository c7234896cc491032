package method

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// besides is the width from which the answer stands beside the form and the calls, and not between them.
const besides = 100

// roomy is the height from which there is room for the calls under the answer.
const roomy = 14

func (p *Page) beside() bool { return p.width >= besides && !p.opened }

// areas are the heights and widths of the parts; a height of 0 hides one.
type areas struct {
	form, answer, calls int // lines; that of the answer has its head in it
	left, right         int // cells
}

// areas divides the room: the form takes what the payload needs, up to a share that is greater while it is typed into.
func (p *Page) areas() areas {
	a := areas{left: p.width, right: p.width}
	n := len(p.desk.history)
	if p.opened {
		a.answer = p.height
		return a
	}
	if p.beside() {
		a.left = p.width * 45 / 100
		a.right = p.width - a.left - 1
		a.answer = p.height
		if n > 0 {
			a.calls = max(3, min(n+1, p.height/2))
		}
		a.form = p.formHeight(p.height-a.calls, !p.typing)
		a.calls = p.height - a.form
		return a
	}
	a.form = p.formHeight(p.height, n > 0)
	rest := p.height - a.form
	if n > 0 && p.height >= roomy && !p.typing {
		a.calls = max(3, min(n+1, rest/3))
	}
	a.answer = max(0, rest-a.calls)
	return a
}

// formHeight is that of the form in so many lines; modest leaves room for answers.
func (p *Page) formHeight(room int, modest bool) int {
	text := p.desk.form.lines()
	most := room - formFrame
	if modest {
		most = min(most, max(1, room/4))
	}
	if p.typing {
		text, most = max(3, text+1), max(1, min(room-formFrame, max(3, room/2)))
	}
	return formFrame + max(1, min(text, most))
}

// layout gives the parts their room.
func (p *Page) layout() {
	if p.desk == nil || p.width <= 0 {
		return
	}
	a := p.areas()
	p.desk.form.fit(a.left, a.form-formFrame)
	p.desk.table.SetSize(a.left, a.calls)
	p.answer.place = ""
	if n := len(p.desk.history); a.calls < 2 && n > 1 {
		p.answer.place = widget.Count(p.desk.table.Cursor()+1) + " of " + widget.Count(n)
	}
	p.answer.fit(p.desk.shown(), a.right, max(0, a.answer-1), p.opened)
}

// View implements page.Page.
func (p *Page) View() string {
	if p.desk == nil {
		return widget.Box(nil, p.width, p.height)
	}
	a := p.areas()
	switch {
	case p.opened:
		return widget.Box(p.viewAnswer(), p.width, p.height)
	case p.beside():
		left := append(p.desk.form.view(p.typing && p.focused), p.viewCalls(a)...)
		return widget.Beside(widget.Box(left, a.left, p.height), widget.Box(p.viewAnswer(), a.right, p.height), p.ctx.Styles.Rule)
	}
	lines := p.desk.form.view(p.typing && p.focused)
	answer := strings.Split(widget.Box(p.viewAnswer(), a.right, a.answer), "\n")
	if a.answer == 0 {
		answer = nil
	}
	return widget.Box(append(append(lines, answer...), p.viewCalls(a)...), p.width, p.height)
}

func (p *Page) viewCalls(a areas) []string {
	if a.calls < 2 || len(p.desk.history) == 0 {
		return nil
	}
	return strings.Split(p.desk.table.View(p.ctx.Styles, p.focused && !p.typing), "\n")
}

// quiet is how long a call is under way before the screen says so: most are answered sooner.
const quiet = 100 * time.Millisecond

func (p *Page) viewAnswer() []string {
	s := p.ctx.Styles
	if why := p.ctx.Denied(page.Invoke); why != "" && p.desk.shown() == nil {
		return p.sentence(s.Warning.Render("⚠ "), "No method can be called: "+why)
	}
	e := p.desk.shown()
	switch {
	case e == nil:
		return p.viewEmpty()
	case e.ended:
		return append([]string{p.answer.head(e, "")}, p.answer.lines()...)
	}
	waited := p.ctx.Time().Sub(e.began)
	if waited < quiet {
		return nil
	}
	return append([]string{" " + s.Waiting.Render(safe.Line(p.waiting(e, waited), p.answer.width-2))}, p.answer.lines()...)
}

// waiting says what a call is waiting for and how long it has been.
func (p *Page) waiting(e *entry, waited time.Duration) string {
	if r := p.desk.running; r != nil && r.entry == e {
		if at := r.until.Load(); at > 0 {
			left := time.Unix(0, at).Sub(p.ctx.Time())
			return "… the hub is throttled, next try in " + widget.Span(max(0, left)) + "   esc cancels"
		}
	}
	most := e.call.ResponseTimeout + e.call.ConnectTimeout
	return "… waiting for " + safe.Line(e.call.Name, 24) + " " + widget.Span(waited.Truncate(100*time.Millisecond)) + " of " + widget.Interval(most) + "   esc cancels"
}

// viewEmpty stands where the first answer will.
func (p *Page) viewEmpty() []string {
	s := p.ctx.Styles
	if p.typing {
		return []string{" " + s.Muted.Render("The answer will stand here.")}
	}
	lines := []string{" " + s.Strong.Render("No method called yet."), ""}
	for _, l := range [][2]string{{"e", "writes a call"}, {"*", "takes a favourite"}} {
		lines = append(lines, " "+s.Key.Render(widget.Fit(l[0], 3))+s.Text.Render(l[1]))
	}
	if own := p.o.Known(p.desk.target.device); len(own) > 0 && p.desk.target.module == "" {
		lines = append(lines, "")
		lines = append(lines, p.sentence("", "Its simulated device knows "+strings.Join(own, ", ")+".")...)
	}
	if !p.device.Connected() && p.desk.target.module == "" {
		lines = append(lines, "")
		lines = append(lines, p.sentence("", "The device is offline: only one that is connected answers, or one that connects in time.")...)
	}
	return lines
}

// sentence is a text broken between words.
func (p *Page) sentence(lead, text string) []string {
	var out []string
	for i, l := range widget.Wrap(safe.Inline(text), max(10, p.answer.width-4)) {
		if i > 0 {
			lead = strings.Repeat(" ", 2*min(1, len(lead)))
		}
		out = append(out, " "+lead+p.ctx.Styles.Muted.Render(l))
	}
	return out
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	if !p.typing || p.desk == nil {
		return nil
	}
	return p.desk.form.cursor()
}
