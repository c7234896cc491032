package devices

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/devices/roster"
)

// arranged is the order of the screen.
type arranged struct {
	order []roster.Slot // nil: by id
	shown roster.Wish   // what order is
	stale bool          // it is not what is wanted of what is held
}

// atOnce is up to how many devices are put in order before the next frame. More are
// put in order by a command, while the rows stay as they are.
const atOnce = 20_000

func (r *rows) wish() roster.Wish {
	return roster.Wish{By: r.by, Descending: r.descending, Find: r.filter}
}

// arrange makes the order of the screen anew, or says by stale that it must be made.
func (r *rows) arrange() {
	w := r.wish()
	switch {
	case w.Plain():
		r.order, r.shown, r.stale = nil, w, false
	case r.held.Len() <= atOnce:
		r.order, r.shown, r.stale = r.held.Arrange(w), w, false
	default:
		r.stale = true
	}
}

// take shows an order that a command has made, unless something else is wanted now. It gives back the order that is
// not shown any more.
func (r *rows) take(m arrangedMsg) (before []roster.Slot) {
	if m.wish != r.wish() || m.held != r.held {
		return m.order
	}
	if m.drops != r.drops {
		m.order = slices.DeleteFunc(m.order, r.held.Gone)
	}
	before = r.order
	r.order, r.shown = m.order, m.wish
	return before
}

// slot is that of a row.
func (r *rows) slot(row int) roster.Slot {
	if r.order != nil {
		return r.order[row]
	}
	byID := r.held.ByID()
	if r.shown.Descending {
		row = len(byID) - 1 - row
	}
	return byID[row]
}

// Len, Key and Find implement widget.Source.
func (r *rows) Len() int {
	if r.order != nil {
		return len(r.order)
	}
	return r.held.Len()
}

// Key is the device id of a row.
func (r *rows) Key(row int) string { return r.held.ID(r.slot(row)) }

// Find is the row of a device id.
func (r *rows) Find(id string) int {
	s := r.held.Find(id)
	switch {
	case s == roster.NoSlot:
		return -1
	case r.order != nil:
		return slices.Index(r.order, s)
	case r.shown.Descending:
		return r.held.Len() - 1 - r.held.Place(s)
	}
	return r.held.Place(s)
}

type arrangedMsg struct {
	serial int
	wish   roster.Wish
	held   *roster.Roster
	drops  int // of rows, when it began
	order  []roster.Slot
	err    error
}

// sorting is the command that arranges many rows.
type sorting struct {
	serial int
	wish   roster.Wish
	stop   context.CancelFunc // nil: none is under way
	began  time.Time
}

// giveUp drops what is under way.
func (s *sorting) giveUp() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	s.serial++
}

// sortEvery is how long apart the rows are put in order while many are read.
const sortEvery = 500 * time.Millisecond

// arrangeMany starts putting the rows in order when that is needed and too much for Update. One
// that is under way for another order is given up; one for the same order is waited for.
func (p *Page) arrangeMany() tea.Cmd {
	if !p.rows.stale {
		return nil
	}
	w := p.rows.wish()
	if p.sorting.stop != nil {
		if p.sorting.wish == w {
			return nil
		}
		p.sorting.giveUp()
	}
	if p.load.all && w == p.rows.shown && p.ctx.Time().Sub(p.sorting.began) < sortEvery {
		return nil // the next page asks again
	}
	ctx, stop := context.WithCancel(p.Base())
	p.sorting = sorting{serial: p.sorting.serial + 1, wish: w, stop: stop, began: p.ctx.Time()}
	m := arrangedMsg{serial: p.sorting.serial, wish: w, held: p.rows.held, drops: p.rows.drops}
	snapshot := p.rows.held.Snapshot()
	p.rows.stale = false
	return p.Act(func() tea.Msg {
		defer stop()
		m.order, m.err = p.arranger.Arrange(ctx, snapshot, w)
		return m
	})
}

func (p *Page) onArranged(m arrangedMsg) tea.Cmd {
	if m.serial != p.sorting.serial {
		p.arranger.Recycle(m.order)
		return nil
	}
	p.sorting.stop = nil
	if m.err != nil {
		return nil
	}
	p.arranger.Recycle(p.rows.take(m))
	return p.changed()
}
