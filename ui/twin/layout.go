package twin

import tea "charm.land/bubbletea/v2"

// The three sections stand side by side where there is room for three columns, and one below the other where there is
// not.

// wide is the width from which there are columns.
const wide = 116

func (p *Page) columns() bool { return p.width >= wide }

// The lines around the sections: what the twin is above, what is under the cursor below.
const (
	heads = 1
	feet  = 2
)

// bodyHeight is the room of the sections with their titles.
func (p *Page) bodyHeight() int { return max(1, p.height-p.above()-feet) }

// above is how many lines stand over the sections: more than heads when the twin could not be read again.
func (p *Page) above() int { return heads + len(p.unread()) }

// widths are those of the columns. Tags are mostly few.
func (p *Page) widths() [panels]int {
	if !p.columns() {
		return [panels]int{p.width, p.width, p.width}
	}
	room := p.width - (int(panels) - 1) // the rules between
	t := room * 28 / 100
	r := (room - t) / 2
	return [panels]int{room - t - r, r, t}
}

// layOut makes the lines of the sections, and of the text under edit.
func (p *Page) layOut() {
	for i, width := range p.widths() {
		l := &p.panels[i]
		l.height = 0
		if p.columns() {
			l.height = max(1, p.bodyHeight()-1)
		}
		l.layOut(max(0, width-1-p.asideWidth(l)))
	}
	p.settle()
	if d := p.drafts[p.of]; d != nil {
		p.fitDraft(d)
	}
}

// start is the line at which a section begins, its title, when they are stacked.
func (p *Page) start(of int) int {
	line := 0
	for i := range of {
		line += p.panels[i].lines() + 2 // the title, and an empty line
	}
	return line
}

// stacked is how many lines the stack has.
func (p *Page) stacked() int { return p.start(int(panels)) - 1 }

// settle scrolls so that the cursor is seen, and the title of its section when it is on the first line.
func (p *Page) settle() {
	l := &p.panels[p.at]
	l.settle()
	if p.columns() {
		return
	}
	at := p.start(p.at) + 1 + l.cursor
	first := at
	if l.cursor == 0 {
		first--
	}
	height := p.bodyHeight()
	p.top = max(at-height+1, min(p.top, first))
	p.top = max(0, min(p.top, p.stacked()-height))
}

// move moves the cursor by n lines; in a stack it goes on in the next section.
func (p *Page) move(n int) {
	l := &p.panels[p.at]
	to := l.cursor + n
	if p.columns() {
		l.cursor = to
		p.settle()
		return
	}
	for to >= l.lines() && p.at+1 < len(p.panels) {
		to -= l.lines()
		p.at++
		l = &p.panels[p.at]
	}
	for to < 0 && p.at > 0 {
		p.at--
		l = &p.panels[p.at]
		to += l.lines()
	}
	l.cursor = to
	p.settle()
}

// turn goes to the next or previous section.
func (p *Page) turn(n int) {
	p.at = (p.at + n + len(p.panels)) % len(p.panels)
	p.settle()
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) {
	n := 3
	if msg.Button == tea.MouseWheelUp {
		n = -3
	}
	if d := p.editing(); d != nil {
		d.text.Wheel(n)
		return
	}
	if p.columns() {
		p.at = p.columnAt(msg.X)
	}
	p.move(n)
}

func (p *Page) columnAt(x int) int {
	for i, width := range p.widths() {
		if x <= width || i == len(p.panels)-1 {
			return i
		}
		x -= width + 1
	}
	return 0
}

// onClick puts the cursor on a line, and folds it when it is there already.
func (p *Page) onClick(msg tea.MouseClickMsg) {
	if msg.Button != tea.MouseLeft {
		return
	}
	if d := p.editing(); d != nil {
		d.text.Click(msg.X-editorX, msg.Y-heads)
		return
	}
	at, line, ok := p.lineAt(msg.X, msg.Y-p.above())
	if !ok {
		return
	}
	l := &p.panels[at]
	again := at == p.at && line == l.cursor
	p.at, l.cursor = at, line
	if _, is := l.node(); is && again {
		l.cursor = l.doc.Toggle(&l.folds, line)
	}
	p.settle()
}

// lineAt is the line of a section at a cell of the body.
func (p *Page) lineAt(x, y int) (at, line int, ok bool) {
	if y < 0 || y >= p.bodyHeight() {
		return 0, 0, false
	}
	if p.columns() {
		at = p.columnAt(x)
		line = p.panels[at].top + y - 1
		return at, line, y > 0 && line < p.panels[at].lines()
	}
	for i := range p.panels {
		line = p.top + y - p.start(i) - 1
		if line >= 0 && line < p.panels[i].lines() {
			return i, line, true
		}
	}
	return 0, 0, false
}
