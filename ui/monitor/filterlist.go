package monitor

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// filterList is the dialog of the filters with names.
type filterList struct {
	p  *Page
	at int

	toggle, edit, rename, remove key.Binding
}

// filterList opens the dialog.
func (p *Page) filterList() tea.Cmd {
	k := p.ctx.Keys
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	l := &filterList{
		p:      p,
		toggle: bind("space", "on/off", k.Pause.Keys()...),
		edit:   bind("e", "edit", append(k.Edit.Keys(), k.Open.Keys()...)...),
		rename: bind("r", "rename", "r"),
		remove: bind("d", "delete", k.Delete.Keys()...),
	}
	return tea.Batch(p.countAll(), p.ctx.Send(page.OpenDialog{Dialog: l}))
}

// Title implements page.Dialog.
func (l *filterList) Title() string { return "Filters" }

// Cursor implements page.Dialog.
func (l *filterList) Cursor() *tea.Cursor { return nil }

// ShortHelp implements page.Dialog.
func (l *filterList) ShortHelp() []key.Binding {
	k := l.p.ctx.Keys
	closing := key.NewBinding(key.WithKeys(k.Back.Keys()...), key.WithHelp("esc", "close"))
	if l.current() == nil {
		return []key.Binding{k.New, closing}
	}
	return []key.Binding{l.toggle, k.New, l.edit, l.rename, l.remove, closing}
}

func (l *filterList) current() *filter.Named {
	all := l.p.filters.all
	if len(all) == 0 {
		return nil
	}
	l.at = max(0, min(l.at, len(all)-1))
	return all[l.at]
}

// Update implements page.Dialog.
func (l *filterList) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k, n := l.p.ctx.Keys, l.current()
	switch {
	case key.Matches(press, k.Back, k.Quit, l.p.keys.filters):
		l.p.endCounts()
		return nil, true
	case key.Matches(press, k.New):
		return l.p.newFilter(), false
	case n == nil:
	case key.Matches(press, k.Up):
		l.at--
	case key.Matches(press, k.Down):
		l.at++
	case key.Matches(press, k.Top, k.PageUp):
		l.at = 0
	case key.Matches(press, k.Bottom, k.PageDown):
		l.at = len(l.p.filters.all)
	case key.Matches(press, l.toggle):
		return l.p.toggleFilter(n), false
	case key.Matches(press, l.edit):
		return l.p.filterForm(n, *n, filterField), false
	case key.Matches(press, l.rename):
		return l.p.filterForm(n, *n, nameField), false
	case key.Matches(press, l.remove):
		return l.ask(n), false
	}
	l.current()
	return nil, false
}

func (l *filterList) ask(n *filter.Named) tea.Cmd {
	name := safe.Inline(n.Name)
	remove := l.p.Act(func() tea.Msg { return removeFilterMsg{n} })
	return l.p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(l.p.ctx.Styles, "Delete filter", "Delete the filter "+name+"?", "delete", remove, safe.Line(n.Text, 200))})
}

type removeFilterMsg struct{ filter *filter.Named }

// Widths of the columns.
const (
	filterListWidth = 110
	boxWidth        = 4 // [x] and a space
	verbWidth       = 7
	countWidth      = 11
)

// View implements page.Dialog.
func (l *filterList) View(maxWidth, maxHeight int) string {
	s := l.p.ctx.Styles
	width := min(maxWidth, filterListWidth)
	if l.current() == nil {
		return strings.Join(l.nothing(min(width, filterFormWidth)), "\n")
	}
	name := l.nameWidth(width)
	width = min(width, l.needs(name))
	lines := []string{l.heads(name, width)}
	from := max(0, l.at-(maxHeight-4)+1)
	for i, n := range l.p.filters.all {
		if i >= from && len(lines) < maxHeight-2 {
			lines = append(lines, l.line(n, i == l.at, name, width))
		}
	}
	h := l.p.history
	total := widget.Count(h.Len()) + " shown, " + widget.Count(h.Hidden()) + " hidden, " + widget.Count(h.Kept()) + " kept"
	return strings.Join(append(lines, l.note(width), s.Muted.Render(widget.FitRight(total, width))), "\n")
}

func (l *filterList) nothing(width int) []string {
	s := l.p.ctx.Styles
	lines := []string{s.Title.Render(widget.Fit("No filters yet", width)), ""}
	text := "n makes one, with a name, that is switched on and off here and kept for the next time."
	if !l.p.applied.Empty() {
		text = "n keeps the filter that is typed, " + l.p.applied.Text + ", under a name: then it is switched on and off here."
	}
	for _, line := range widget.Wrap(safe.Inline(text), width) {
		lines = append(lines, s.Muted.Render(line))
	}
	return append(append(lines, ""), grammar(s, width)...)
}

func (l *filterList) nameWidth(width int) int {
	name := len("NAME")
	for _, n := range l.p.filters.all {
		name = max(name, lipgloss.Width(safe.Line(n.Name, width/4)))
	}
	return name
}

// needs is how wide the list must be for the longest filter.
func (l *filterList) needs(name int) int {
	const least = 24
	longest := least
	for _, n := range l.p.filters.all {
		longest = max(longest, lipgloss.Width(safe.Line(n.Text, filterListWidth)))
	}
	return 2 + boxWidth + name + 2 + verbWidth + longest + 2 + countWidth
}

func (l *filterList) heads(name, width int) string {
	room := width - 2 - boxWidth - name - 2 - verbWidth - countWidth - 2
	text := strings.Repeat(" ", 2+boxWidth) + widget.Fit("NAME", name+2) + strings.Repeat(" ", verbWidth) + widget.Fit("FILTER", room) + "  " + widget.FitRight("LETS PASS", countWidth)
	return l.p.ctx.Styles.Heading.Render(widget.Fit(text, width))
}

func (l *filterList) line(n *filter.Named, selected bool, name, width int) string {
	s := l.p.ctx.Styles
	over, mark := lipgloss.NewStyle(), "  "
	if selected {
		over, mark = s.Selected, "▸ "
	}
	box, verb, look := "[ ]", "shows", s.Muted
	if n.On {
		box, look = "[x]", s.Accent
	}
	if n.Hide {
		verb = "hides"
	}
	room := width - 2 - boxWidth - name - 2 - verbWidth - countWidth - 2
	count, text := l.count(n), s.Text
	if n.Err() != nil {
		text, count = s.Danger, "✗ mistake"
	}
	row := s.Marker.Inherit(over).Render(mark) + look.Inherit(over).Render(box+" "+widget.Fit(safe.Line(n.Name, name), name+2)) +
		s.Muted.Inherit(over).Render(widget.Fit(verb, verbWidth)) + text.Inherit(over).Render(widget.Fit(safe.Line(n.Text, room), room+2)) +
		s.Text.Inherit(over).Render(widget.FitRight(count, countWidth))
	return widget.Fit(row, width)
}

// count is how many of the kept events a filter lets through.
func (l *filterList) count(n *filter.Named) string {
	ix := l.p.filters.counts[n]
	if ix == nil {
		return "-"
	}
	text := widget.Count(ix.Len())
	if !ix.Done() {
		text += " …"
	}
	return text
}

// note says what is wrong with the filter under the cursor.
func (l *filterList) note(width int) string {
	n := l.current()
	if n.Err() == nil {
		return ""
	}
	return l.p.ctx.Styles.Danger.Render(widget.Fit("  ✗ "+safe.Line(n.Err().Error(), width-4), width))
}
