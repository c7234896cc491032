package monitor

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/widget"
)

// find is the search among the events that are shown: it hides nothing.
type find struct {
	input *widget.Filter
	mark  filter.Mark
	err   error
	found *history.Index // nil: nothing is looked for

	origin   uint64 // what the cursor was on when typing began
	along    bool   // and whether the view went along
	want     wanted
	wrapped  string // said when the search went on at the other end
	stepping bool
	pen      paint.Pen
}

// wanted is the match that the search is on its way to.
type wanted int

const (
	nothing  wanted = iota
	nearest         // at the origin or before it, as typed
	next            // below the cursor
	previous        // above it
)

type (
	startFindMsg struct{}
	findMsg      struct{} // goes on looking
)

func newFind() find { return find{input: widget.NewFilter("search ", "text or /pattern/")} }

// startFind begins to type.
func (p *Page) startFind() {
	if p.find.found == nil {
		p.find.origin, p.find.along = p.list.cursor, p.list.mode == following
	}
	p.find.input.Focus()
}

// onFindKey types what is looked for. It is looked for as it is typed.
func (p *Page) onFindKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, p.keys.Cancel):
		back, along := p.find.origin, p.find.along
		p.endFind()
		if along {
			p.list.follow()
		} else {
			p.goTo(back)
		}
		return nil
	case key.Matches(msg, p.keys.Confirm):
		p.find.input.Blur()
		if p.find.input.Value() == "" {
			p.endFind()
		}
		return nil
	case key.Matches(msg, p.keys.find):
		p.find.input.Clear()
		return p.applyFind()
	}
	return p.typeFind(msg)
}

func (p *Page) typeFind(msg tea.Msg) tea.Cmd {
	before := p.find.input.Value()
	typing := p.find.input.Update(msg)
	if p.find.input.Value() == before {
		return typing
	}
	return tea.Batch(typing, p.applyFind())
}

// applyFind looks for what is typed. A pattern that is not finished changes nothing.
func (p *Page) applyFind() tea.Cmd {
	mark, err := filter.ParseMark(p.find.input.Value())
	if p.find.err = err; err != nil {
		return nil
	}
	p.find.mark = mark
	p.find.want = nearest
	return p.findAgain()
}

// findAgain looks at all that is kept once more: what is looked for or what is shown has changed.
func (p *Page) findAgain() tea.Cmd {
	f := &p.find
	if f.found != nil {
		p.history.Unwatch(f.found)
		f.found = nil
	}
	f.wrapped = ""
	p.remark()
	if f.mark.IsZero() {
		return nil
	}
	looker, shows := filter.NewFind(f.mark), p.shows
	f.found = p.history.Watch(func(e *history.Event, body []byte) history.Verdict { return both(shows, looker.Test, e, body) })
	return p.findStep()
}

// endFind forgets the search.
func (p *Page) endFind() {
	p.find.input.Clear()
	p.find.input.Blur()
	p.find.mark, p.find.err, p.find.want = filter.Mark{}, nil, nothing
	p.findAgain()
}

// finding tells whether something is looked for.
func (p *Page) finding() bool { return p.find.found != nil }

// findNext goes to the next match or the previous one, and on at the other end.
func (p *Page) findNext(want wanted) tea.Cmd {
	if !p.finding() {
		return nil
	}
	p.find.want, p.find.wrapped = want, ""
	return p.findStep()
}

// findStep looks for a moment, goes to the match that is wanted once it is known, and asks for the next step.
func (p *Page) findStep() tea.Cmd {
	f := &p.find
	if f.found == nil {
		return nil
	}
	f.found.Step(scanStep)
	p.reach()
	if f.found.Scanned() || f.stepping {
		return nil
	}
	f.stepping = true
	return p.Act(func() tea.Msg { return findMsg{} })
}

func (p *Page) onFindStep() tea.Cmd {
	p.find.stepping = false
	return p.findStep()
}

// reach goes to the match that is wanted, when what has been looked at tells which one it is.
func (p *Page) reach() {
	f := &p.find
	if f.found == nil {
		return
	}
	ix, done := f.found, f.found.Done()
	at := -1
	switch f.want {
	case nearest:
		at = ix.Find(f.origin+1) - 1
	case previous:
		at = ix.Find(p.list.cursor) - 1
	case next:
		if !done && ix.From() > p.list.cursor {
			return
		}
		if at = ix.Find(p.list.cursor + 1); at == ix.Len() {
			at = -1
		}
	default:
		return
	}
	if at < 0 && !done {
		return
	}
	if at < 0 && ix.Len() > 0 {
		at = ix.Len() - 1
		switch f.want {
		case previous:
			f.wrapped = "went on at the newest"
		case next:
			at, f.wrapped = 0, "went on at the oldest"
		}
	}
	f.want = nothing
	if at >= 0 {
		p.goTo(ix.At(at))
	}
}

// goTo puts the cursor on an event that is shown, in the middle of the window when it was not in it.
func (p *Page) goTo(n uint64) {
	l := &p.list
	l.hold(scrolled)
	if n >= l.horizon {
		l.horizon = l.h.End()
	}
	at, top := l.h.Find(n), l.h.Find(l.top)
	if at < top || at >= top+l.rows {
		top = at - l.rows/2
	}
	l.place(at, max(0, top))
	p.showCurrent()
	if p.finding() {
		p.inspector.Reveal(p.find.mark)
	}
}

// remark tells the rows what to mark: what is looked for, and what filters find.
func (p *Page) remark() {
	var marks []filter.Mark
	if !p.find.mark.IsZero() {
		marks = append(marks, p.find.mark)
	}
	marks = append(marks, p.applied.Marks()...)
	p.painter.Mark(append(marks, p.filters.on.Marks()...)...)
	p.find.pen = paint.NewPen(p.ctx.Styles.Match)
}
