package c2d

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// besides is the width from which details or form stand beside the messages, and not in their place.
const besides = 100

// roomy is the height from which there is room for details under the messages.
const roomy = 12

func (p *Page) beside() bool { return p.width >= besides && !p.opened }

// areas are the heights and widths of the parts; a height of 0 hides one.
type areas struct {
	head         int // lines of queue, feedback and draft, and of what is wrong with the queue or empty
	table, right int // lines
	left, room   int // cells: of the messages, and of form or details
}

func (p *Page) areas() areas {
	a := areas{left: p.width, room: p.width}
	if p.beside() {
		a.left = p.width * 55 / 100
		a.room = p.width - a.left - 1
	}
	a.head = 3 + len(p.viewTrouble(a.left))
	rest := max(0, p.height-a.head)
	n := len(p.desk.history)
	switch {
	case p.opened:
		a.right = p.height
	case p.beside():
		a.table, a.right = rest, p.height
	case p.typing:
		a.right = p.height
	case n > 0 && p.height >= roomy:
		a.table = max(3, min(n+1, rest/2))
		a.right = rest - a.table
	default:
		a.table = rest
	}
	return a
}

// layout gives the parts their room.
func (p *Page) layout() {
	if p.desk == nil || p.width <= 0 {
		return
	}
	a := p.areas()
	p.desk.form.fit(a.room, a.right)
	p.desk.table.SetSize(a.left, a.table)
	p.scroll(0)
}

func (p *Page) scroll(n int) {
	e := p.desk.shown()
	if e == nil {
		p.top = 0
		return
	}
	a := p.areas()
	p.top = max(0, min(p.top+n, len(p.detailLines(e, a.room))-a.right))
}

// View implements page.Page.
func (p *Page) View() string {
	if p.desk == nil {
		return widget.Box(nil, p.width, p.height)
	}
	a := p.areas()
	switch {
	case p.opened || p.typing && !p.beside():
		return widget.Box(p.viewRight(a), p.width, p.height)
	case p.beside():
		left := append(p.viewHead(a.left), p.viewTable(a)...)
		return widget.Beside(widget.Box(left, a.left, p.height), widget.Box(p.viewRight(a), a.room, p.height), p.ctx.Styles.Rule)
	}
	lines := append(p.viewHead(a.left), p.viewTable(a)...)
	if a.right > 0 {
		lines = append(lines, p.viewRight(a)...)
	}
	return widget.Box(lines, p.width, p.height)
}

const headWidth = 9

func (p *Page) viewHead(width int) []string {
	s, room := p.ctx.Styles, max(4, width-headWidth-3)
	line := func(label, text string) string {
		return " " + s.Muted.Render(widget.Fit(label, headWidth)) + " " + text
	}
	g, text := p.queueLine()
	queue := line("Queue", g.style(p.ctx).Render(safe.Line(text, room)))
	sign, g, text := p.feedbackLine()
	told := line("Feedback", g.style(p.ctx).Render(sign)+" "+feedbackText(g).style(p.ctx).Render(cut(text, room-2)))
	return append([]string{queue, told, line("Message", p.viewDraft(room))}, p.viewTrouble(width)...)
}

// mostTrouble bounds the lines about what is wrong with the queue.
const mostTrouble = 3

// viewTrouble is what is wrong with the queue, or an empty line.
func (p *Page) viewTrouble(width int) []string {
	text := p.queueTrouble()
	if text == "" {
		return []string{""}
	}
	lines := widget.Wrap(safe.Inline(text), max(8, width-4))
	lines = lines[:min(len(lines), mostTrouble)]
	lead := " "
	for i, line := range lines {
		lines[i] = lead + p.ctx.Styles.Danger.Render(line)
		lead = "   "
	}
	return lines
}

// feedbackText is the grade of a text beside a sign: only bad news are coloured.
func feedbackText(g grade) grade {
	if g == bad || g == warn {
		return g
	}
	return muted
}

// viewDraft is the message that is written, and how to send it.
func (p *Page) viewDraft(room int) string {
	s := p.ctx.Styles
	if why := p.ctx.Denied(page.SendMessages); why != "" {
		return s.Warning.Render(safe.Line("⚠ none can be sent: "+why, room))
	}
	if p.typing {
		return s.Muted.Render("is being written")
	}
	if !p.desk.touched {
		return s.Key.Render("e") + s.Muted.Render(" writes one")
	}
	keys := s.Key.Render("  e") + s.Muted.Render(" edits  ") + s.Key.Render("ctrl+s") + s.Muted.Render(" sends")
	const keysWidth = 24
	return s.Text.Render(safe.Line(p.desk.form.summary(), max(4, room-keysWidth))) + keys
}

func (p *Page) viewTable(a areas) []string {
	if a.table < 2 {
		return nil
	}
	if len(p.desk.history) == 0 {
		return p.viewEmpty(a.left)
	}
	return strings.Split(p.desk.table.View(p.ctx.Styles, p.focused && !p.typing), "\n")
}

// viewEmpty stands where the messages will.
func (p *Page) viewEmpty(width int) []string {
	s := p.ctx.Styles
	lines := []string{" " + s.Strong.Render("No messages sent yet."), ""}
	text := "What is sent here is listed with what became of it, for as long as the program runs."
	if !p.device.Connected() {
		text += " The device is offline: messages wait in its queue until it connects or they expire."
	}
	for _, l := range widget.Wrap(text, max(10, width-4)) {
		lines = append(lines, " "+s.Muted.Render(l))
	}
	return lines
}

// viewRight is the form while it is typed into, else the message under the cursor.
func (p *Page) viewRight(a areas) []string {
	if p.typing {
		return p.desk.form.view(p.focused)
	}
	e := p.desk.shown()
	if e == nil {
		if p.beside() && p.ctx.May(page.SendMessages) {
			return p.desk.form.view(false)
		}
		return nil
	}
	lines := p.detailLines(e, a.room)
	return lines[min(p.top, len(lines)):min(len(lines), p.top+a.right)]
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	if !p.typing || p.desk == nil {
		return nil
	}
	c := p.desk.form.cursor()
	if c != nil && p.beside() {
		c.X += p.areas().left + 1
	}
	return c
}

func (p *Page) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if p.desk == nil || p.opened {
		return nil
	}
	a := p.areas()
	inForm := p.typing && (!p.beside() || msg.X > a.left)
	switch {
	case inForm:
		x := msg.X
		if p.beside() {
			x -= a.left + 1
		}
		p.desk.form.click(x, msg.Y)
	case msg.X < a.left && msg.Y < a.head:
		return p.write()
	case msg.X < a.left && msg.Y < a.head+a.table:
		p.stopTyping()
		if p.desk.table.Click(msg.Y - a.head) {
			p.top = 0
			p.layout()
		}
	}
	return nil
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) {
	if p.desk == nil {
		return
	}
	n := 3
	if msg.Button == tea.MouseWheelUp {
		n = -3
	}
	a := p.areas()
	switch {
	case p.typing:
		if e := p.desk.form.editorAt(p.desk.form.at); e != nil {
			e.Wheel(n)
		}
	case p.opened || p.beside() && msg.X > a.left || !p.beside() && msg.Y >= a.head+a.table:
		p.scroll(n)
	default:
		p.desk.table.Wheel(n)
		p.layout()
	}
}
