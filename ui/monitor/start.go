package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/hub/events/startpos"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// start is where the stream begins, in words and as a position. The position is made when the stream is opened: five
// minutes ago is counted from then.
type start struct {
	key, label, words string // key: "" for one that was typed
	position          func(now time.Time) events.Position
	partition         string // the only one to be read from there; "" for any
}

func since(d time.Duration) func(time.Time) events.Position {
	return func(now time.Time) events.Position { return events.At(now.Add(-d)) }
}

var starts = []start{
	{key: "n", label: "now", words: "from now", position: func(time.Time) events.Position { return events.Latest() }},
	{key: "1", label: "1 minute ago", words: "from 1 min ago", position: since(time.Minute)},
	{key: "5", label: "5 minutes ago", words: "from 5 min ago", position: since(5 * time.Minute)},
	{key: "f", label: "15 minutes ago", words: "from 15 min ago", position: since(15 * time.Minute)},
	{key: "h", label: "1 hour ago", words: "from 1 h ago", position: since(time.Hour)},
	{key: "b", label: "the beginning", words: "from the beginning", position: func(time.Time) events.Position { return events.Earliest() }},
}

const fromBeginning = "b"

// typedStart is a start that was typed.
func typedStart(s startpos.Start, now time.Time) start {
	return start{
		words: s.Words(now), label: s.Words(now), partition: s.Partition,
		position: func(time.Time) events.Position { return s.Position() },
	}
}

// firstStart is what the command line asks for; what is among the usual ones is that.
func firstStart(s startpos.Start, now time.Time) start {
	switch s.Kind {
	case startpos.Now:
		return starts[0]
	case startpos.Beginning:
		return starts[len(starts)-1]
	}
	return typedStart(s, now)
}

type (
	// startMsg asks for the stream to begin elsewhere.
	startMsg struct{ at start }
	// typeStartMsg asks for the form to type a start into.
	typeStartMsg struct{}
)

// startMenu offers where to begin.
func (p *Page) startMenu() tea.Cmd {
	choices := make([]widget.Choice, 0, len(starts)+1)
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
	hint := "14:30, 2 h ago, #512"
	if p.start.key == "" {
		hint = "now " + p.start.words
	}
	choices = append(choices, widget.Choice{
		Key: "t", Label: "type a time", Hint: hint,
		Run: p.Act(func() tea.Msg { return typeStartMsg{} }),
	})
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Show events from", choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

const startExamples = "14:30, yesterday 14:30, 90m, 2 h ago, 2026-11-22 14:30, 2026-11-22T14:30Z, #512, p2 #512, offset 4812"

// startForm lets a start be typed, and says what it means meanwhile.
func (p *Page) startForm() tea.Cmd {
	var form *widget.Form
	form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Show events from", "start there", func(values []string) tea.Cmd {
		s, err := p.readStart(values[0])
		if err != nil || strings.TrimSpace(values[0]) == "" {
			return nil
		}
		at := typedStart(s, p.ctx.Time())
		if s.Kind == startpos.Now || s.Kind == startpos.Beginning {
			at = firstStart(s, p.ctx.Time())
		}
		return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: form}), p.Act(func() tea.Msg { return startMsg{at} }))
	}, widget.Field{
		Label: "A time, a span, or an event by its number", Limit: 100,
		Check: func(text string) error {
			if strings.TrimSpace(text) == "" {
				return nil
			}
			_, err := p.readStart(text)
			return err
		},
		Say: p.sayStart,
	})
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// sayStart says what the text means.
func (p *Page) sayStart(text string) string {
	if strings.TrimSpace(text) == "" {
		return startExamples
	}
	s, err := p.readStart(text)
	if err != nil {
		return ""
	}
	return s.Describe(p.ctx.Time())
}

// readStart reads what was typed and holds it against what is known of the partitions.
func (p *Page) readStart(text string) (startpos.Start, error) {
	s, err := startpos.Parse(text, p.ctx.Time())
	switch {
	case err != nil:
		return s, err
	case s.NeedsPartition() && len(p.reads.partitions) == 1:
		s.Partition = p.reads.partitions[0]
	case s.NeedsPartition() && p.parts.total != 1:
		return s, errors.New("each partition counts for itself: say which, such as p2 " + strings.TrimSpace(text))
	case s.Partition != "" && p.parts.total > 0 && !p.parts.has(s.Partition):
		return s, fmt.Errorf("there is no partition %s: the hub has %s", s.Partition, p.parts.span())
	}
	return s, nil
}

// startAt begins elsewhere: what is kept goes, filters and scope stay. A place in one partition is read there only.
func (p *Page) startAt(s start) tea.Cmd {
	p.start = s
	if s.partition != "" && !slices.Equal(p.reads.partitions, []string{s.partition}) {
		p.reads.partitions = []string{s.partition}
	}
	p.clear()
	return p.open(p.reads.at(s.position(p.ctx.Time()), nil))
}
