package monitor

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// marks are the events that were marked, by their numbers in the history. They stay for as long as the event is kept,
// whatever filter is on.
type marks struct {
	numbers []uint64  // in order
	last    [2]uint64 // the one set last and the one before it, as far as they are still marked
	set     int       // how many of last count
}

type (
	// gotoMarkMsg asks for the cursor to go to a mark, clearMarksMsg for all marks to go.
	gotoMarkMsg   struct{ number uint64 }
	clearMarksMsg struct{}
)

func (m *marks) has(n uint64) bool {
	_, has := slices.BinarySearch(m.numbers, n)
	return has
}

// toggle marks an event or takes the mark away, and tells whether it is marked now.
func (m *marks) toggle(n uint64) bool {
	at, has := slices.BinarySearch(m.numbers, n)
	if has {
		m.numbers = slices.Delete(m.numbers, at, at+1)
		m.unset(n)
		return false
	}
	m.numbers = slices.Insert(m.numbers, at, n)
	m.last[0], m.last[1] = n, m.last[0]
	m.set = min(2, m.set+1)
	return true
}

// unset forgets in which order a mark was set.
func (m *marks) unset(n uint64) {
	switch {
	case m.set > 0 && m.last[0] == n:
		m.last[0] = m.last[1]
		m.set--
	case m.set > 1 && m.last[1] == n:
		m.set--
	}
}

// trim forgets marks of events that have fallen out; it gives them.
func (m *marks) trim(first uint64) []uint64 {
	at, _ := slices.BinarySearch(m.numbers, first)
	if at == 0 {
		return nil
	}
	gone := slices.Clone(m.numbers[:at])
	m.numbers = slices.Delete(m.numbers, 0, at)
	for _, n := range gone {
		m.unset(n)
	}
	return gone
}

// trimMarks is called when the history may have lost events.
func (p *Page) trimMarks() {
	for _, n := range p.marks.trim(p.history.First()) {
		p.painter.Flag(n, false)
	}
}

// toggleMark marks the event under the cursor. While the view goes along, that is the newest one: it is held there.
func (p *Page) toggleMark() {
	if p.list.len() == 0 {
		return
	}
	p.list.hold(max(p.list.mode, scrolled))
	p.painter.Flag(p.list.cursor, p.marks.toggle(p.list.cursor))
}

func (p *Page) clearMarks() {
	for _, n := range p.marks.numbers {
		p.painter.Flag(n, false)
	}
	p.marks = marks{}
}

// jump goes to the next mark that is shown, or to the previous one.
func (p *Page) jump(direction int) tea.Cmd {
	p.trimMarks()
	at, on := slices.BinarySearch(p.marks.numbers, p.list.cursor)
	if direction < 0 {
		at--
	} else if on {
		at++
	}
	for ; at >= 0 && at < len(p.marks.numbers); at += direction {
		if n := p.marks.numbers[at]; p.history.Shows(n) {
			p.goTo(n)
			return nil
		}
	}
	return page.Tell(page.Report{Severity: page.Info, Text: p.noMark(direction)})
}

// noMark says why a jump goes nowhere.
func (p *Page) noMark(direction int) string {
	where := "after"
	if direction < 0 {
		where = "before"
	}
	hidden := 0
	for _, n := range p.marks.numbers {
		if !p.history.Shows(n) {
			hidden++
		}
	}
	switch {
	case len(p.marks.numbers) == 0:
		return "no event is marked: b marks the one under the cursor"
	case hidden > 0:
		return fmt.Sprintf("no mark %s this event, %s hidden by filters", where, widget.Plural(hidden, "mark"))
	}
	return "no mark " + where + " this event"
}

// gotoMark goes to a mark of the palette, from wherever it is called.
func (p *Page) gotoMark(n uint64) tea.Cmd {
	p.trimMarks()
	switch {
	case !p.marks.has(n):
		return page.Tell(page.Report{Severity: page.Info, Text: "the marked event has fallen out of the history"})
	case !p.history.Shows(n):
		return page.Tell(page.Report{Severity: page.Info, Text: "the marked event is hidden by a filter", Next: "esc takes the filter away"})
	}
	p.goTo(n)
	return func() tea.Msg { return page.ShowTab{Tab: page.Monitor} }
}

// marksText tells the time between the mark that was set last and the cursor; on that mark, between the last two.
func (p *Page) marksText() string {
	if p.marks.set == 0 {
		return ""
	}
	s := p.ctx.Styles
	mark := p.history.Event(p.marks.last[0])
	cursor := p.history.Event(p.list.cursor)
	switch {
	case mark == nil || cursor == nil:
		return ""
	case p.list.mode != following && p.list.cursor != p.marks.last[0]:
		return s.Accent.Render(between(cursor.Enqueued.Sub(mark.Enqueued))) + s.Muted.Render(" from mark")
	case p.marks.set == 2:
		if before := p.history.Event(p.marks.last[1]); before != nil {
			return s.Accent.Render(between(mark.Enqueued.Sub(before.Enqueued))) + s.Muted.Render(" between marks")
		}
	}
	return s.Muted.Render(widget.Plural(len(p.marks.numbers), "mark"))
}

// fromMark tells, for an open event, the time from the mark that was set last; of that mark, from the one before.
func (p *Page) fromMark(n uint64, e *history.Event) string {
	for _, at := range p.marks.last[:p.marks.set] {
		if mark := p.history.Event(at); at != n && mark != nil {
			return fmt.Sprintf("%s, since %s at %s", between(e.Enqueued.Sub(mark.Enqueued)), safe.Line(mark.Name(), 30), p.ctx.Zoned(mark.Enqueued).Format("15:04:05.000"))
		}
	}
	return ""
}

// between writes the time between two events, to the millisecond for as long as that can matter.
func between(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	switch {
	case d < time.Second:
		return fmt.Sprintf("%s%d ms", sign, d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%s%.3f s", sign, d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%s%d min %06.3f s", sign, int(d.Minutes()), (d % time.Minute).Seconds())
	}
	return fmt.Sprintf("%s%d h %02d min %02d s", sign, int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

// markCommands are the marks, the newest first, in the palette.
func (p *Page) markCommands() []page.Command {
	const most = 20
	p.trimMarks()
	var commands []page.Command
	for i := len(p.marks.numbers) - 1; i >= 0 && len(commands) < most; i-- {
		n := p.marks.numbers[i]
		e := p.history.Event(n)
		if e == nil {
			continue
		}
		commands = append(commands, page.Command{
			Name: fmt.Sprintf("mark %s %s", p.ctx.Zoned(e.Enqueued).Format("15:04:05.000"), safe.Line(e.Name(), 30)),
			Desc: "go to the marked event",
			Run:  func() tea.Cmd { return p.Act(func() tea.Msg { return gotoMarkMsg{n} }) },
		})
	}
	if len(commands) > 0 {
		commands = append(commands, page.Command{Name: "marks clear", Desc: "take all marks away", Run: func() tea.Cmd {
			return p.Act(func() tea.Msg { return clearMarksMsg{} })
		}})
	}
	return commands
}
