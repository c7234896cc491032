package monitor

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// start is where the stream begins, in words and as a position. The position is made when the stream is opened: five
// minutes ago is counted from then.
type start struct {
	key, label, words string
	position          func(now time.Time) events.Position
}

func since(d time.Duration) func(time.Time) events.Position {
	return func(now time.Time) events.Position { return events.At(now.Add(-d)) }
}

var starts = []start{
	{"n", "now", "from now", func(time.Time) events.Position { return events.Latest() }},
	{"1", "1 minute ago", "from 1 min ago", since(time.Minute)},
	{"5", "5 minutes ago", "from 5 min ago", since(5 * time.Minute)},
	{"f", "15 minutes ago", "from 15 min ago", since(15 * time.Minute)},
	{"h", "1 hour ago", "from 1 h ago", since(time.Hour)},
	{"b", "the beginning", "from the beginning", func(time.Time) events.Position { return events.Earliest() }},
}

// startMsg asks for the stream to begin elsewhere.
type startMsg struct{ at start }

// startMenu offers where to begin.
func (p *Page) startMenu() tea.Cmd {
	choices := make([]widget.Choice, 0, len(starts))
	for _, s := range starts {
		hint := ""
		if s.key == p.start.key {
			hint = "as it is"
		}
		choices = append(choices, widget.Choice{
			Key: s.key, Label: s.label, Hint: hint,
			Run: p.Act(func() tea.Msg { return startMsg{s} }),
		})
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Show events from", choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// startAt begins elsewhere: what is kept goes, filter and scope stay.
func (p *Page) startAt(s start) tea.Cmd {
	p.start = s
	p.clear()
	return p.open(s.position(p.ctx.Time()))
}

// overlap is how far before the last event a stream is taken up again: partitions are not read in step. What comes
// twice is left out.
const overlap = time.Minute

// resume opens the stream again where it ended.
func (p *Page) resume() tea.Cmd {
	at := p.start.position(p.started)
	if last := p.seen.newest(); !last.IsZero() {
		at = events.At(last.Add(-overlap))
	}
	return p.open(at)
}
