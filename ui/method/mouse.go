package method

import tea "charm.land/bubbletea/v2"

func (p *Page) onClick(msg tea.MouseClickMsg) {
	if p.desk == nil || p.opened {
		return
	}
	a := p.areas()
	switch {
	case msg.X < a.left && msg.Y < a.form:
		if p.write() == nil {
			p.desk.form.click(msg.X, msg.Y)
		}
	case p.beside() && msg.X < a.left:
		p.pick(msg.Y - a.form)
	case !p.beside() && msg.Y >= a.form+a.answer:
		p.pick(msg.Y - a.form - a.answer)
	}
}

// pick puts the cursor on a call.
func (p *Page) pick(y int) {
	p.stopTyping()
	if p.desk.table.Click(y) {
		p.layout()
	}
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
	case p.opened || p.beside() && msg.X > a.left || !p.beside() && msg.Y >= a.form && msg.Y < a.form+a.answer:
		p.answer.scroll(n)
	case msg.Y < a.form && p.typing:
		p.desk.form.payload.Wheel(n)
	case msg.Y >= a.form:
		p.desk.table.Wheel(n)
		p.layout()
	}
}
