package monitor

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// onNarrow takes the messages of filters and search.
func (p *Page) onNarrow(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case scanMsg:
		return p.onScan()
	case startFindMsg:
		p.startFind()
	case findMsg:
		return p.onFindStep()
	case filtersMsg:
		return p.onFilters(msg)
	case savedMsg:
		return p.onSaved(msg)
	case countMsg:
		return p.onCount()
	case formStepMsg:
		return msg.form.step()
	case removeFilterMsg:
		return p.removeFilter(msg.filter)
	}
	return nil
}

// narrowText is what narrows the list, in width cells: what is looked for, the filter that is typed, those with names.
// The line that is being typed into stands alone.
func (p *Page) narrowText(width int) string {
	if p.typed() != nil {
		return p.typingText(width)
	}
	const whole = 1 << 10
	room := shares(width, ansi.StringWidth(p.findText(whole)), ansi.StringWidth(p.filterText(whole)), ansi.StringWidth(p.namesText(whole)))
	var texts []string
	for _, text := range []string{p.findText(room[0]), p.filterText(room[1]), p.namesText(room[2]), p.searchingText()} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, strings.Repeat(" ", space))
}

func (p *Page) searchingText() string {
	if p.history.Done() {
		return ""
	}
	return p.ctx.Styles.Waiting.Render("searching")
}

// shares divides room among parts that want so much each: who wants less than a fair share leaves the rest to others.
func shares(room int, wants ...int) []int {
	given := make([]int, len(wants))
	left := len(wants)
	for _, want := range wants {
		if want == 0 {
			left--
		}
	}
	room -= max(0, left-1) * space
	for again := true; again && left > 0; {
		again = false
		fair := max(8, room/left)
		for i, want := range wants {
			if want > 0 && given[i] == 0 && want <= fair {
				given[i], room, left, again = want, room-want, left-1, true
			}
		}
	}
	for i, want := range wants {
		if want > 0 && given[i] == 0 {
			given[i] = max(8, room/left)
		}
	}
	return given
}

// typingText is the line that is being typed into, with what comes of it behind.
func (p *Page) typingText(width int) string {
	s := p.ctx.Styles
	if !p.find.input.Focused() {
		return p.filter.View(s, max(16, width))
	}
	behind := p.matchText()
	room := max(16, width-ansi.StringWidth(behind)-space)
	typed := min(room, max(24, ansi.StringWidth(p.find.input.Value())+12))
	return p.find.input.View(s, typed) + "  " + behind
}

// findText is what is looked for and which match the cursor is on.
func (p *Page) findText(width int) string {
	if !p.finding() {
		return ""
	}
	behind := p.matchText()
	text := "search " + safe.Line(p.find.input.Value(), max(4, width-ansi.StringWidth(behind)-9))
	return p.ctx.Styles.Accent.Render(text) + "  " + behind
}

// matchText counts the matches among the events that are shown.
func (p *Page) matchText() string {
	s, f := p.ctx.Styles, &p.find
	if f.found == nil {
		return ""
	}
	total, done := f.found.Len(), f.found.Done()
	if total == 0 && done {
		return s.Warning.Render("no match")
	}
	text := widget.Plural(total, "match")
	if total != 1 {
		text = widget.Count(total) + " matches"
	}
	if i := f.found.Find(p.list.cursor); i < total && f.found.At(i) == p.list.cursor {
		text = fmt.Sprintf("%s of %s", widget.Count(i+1), widget.Count(total))
	}
	if !done {
		text += " …"
	}
	text = s.Text.Render(text)
	if f.wrapped != "" {
		text += " " + s.Muted.Render("↻ "+f.wrapped)
	}
	return text
}

// filterText is the filter that is typed.
func (p *Page) filterText(width int) string {
	if p.applied.Empty() {
		if p.finding() || len(p.filters.on) > 0 {
			return ""
		}
		return p.ctx.Styles.Muted.Render("/ filter")
	}
	return p.ctx.Styles.Accent.Render(safe.Line("/"+p.applied.Text, width))
}

// namesText names the filters that are on, as many as fit whole.
func (p *Page) namesText(width int) string {
	on := p.filters.on
	text := ""
	for i, n := range on {
		label := safe.Line(n.Label(), max(8, width))
		more := ""
		if rest := len(on) - i - 1; rest > 0 {
			more = fmt.Sprintf(" +%d", rest)
		}
		if longer := strings.TrimSpace(text + " " + label); i == 0 || ansi.StringWidth(longer+more) <= width {
			text = longer
			continue
		}
		text += fmt.Sprintf(" +%d", len(on)-i)
		break
	}
	if text == "" {
		return ""
	}
	return p.ctx.Styles.Accent.Render(text)
}

// shownText counts what is shown while not all is.
func (p *Page) shownText() string {
	if !p.filtering() {
		return ""
	}
	return p.figure(widget.Count(p.history.Len()), 1, "shown")
}

// dockIndent is where the line that is typed into begins in the pane.
func (p *Page) dockIndent() int {
	return 1 + ansi.StringWidth("Events") + space + ansi.StringWidth(p.scopeText()) + space
}
