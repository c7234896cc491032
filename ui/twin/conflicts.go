package twin

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// conflicts is the dialog about properties that somebody else changed meanwhile too: for each of them one value is
// chosen.
type conflicts struct {
	page     *Page
	old      *change // as it was made
	next     *change // on the new state; it is complete when all is chosen
	list     []twinpatch.Conflict
	theirs   []bool // by conflict
	at       int
	go_, no  key.Binding
	all, one key.Binding
}

func (p *Page) askConflicts(old, next *change, list []twinpatch.Conflict) tea.Cmd {
	return p.ctx.Send(page.OpenDialog{Dialog: p.newConflicts(old, next, list)})
}

func (p *Page) newConflicts(old, next *change, list []twinpatch.Conflict) *conflicts {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	return &conflicts{
		page: p, old: old, next: next, list: list, theirs: make([]bool, len(list)),
		go_: bind("enter", "go on", "enter"), no: bind("esc", "back", "esc"),
		one: bind("←→", "mine/theirs", "left", "right", "h", "l", "space"), all: bind("a", "all", "a"),
	}
}

// Title is the heading of the box.
func (c *conflicts) Title() string {
	return "The twin of " + safe.Line(c.next.of.String(), 40) + " was changed meanwhile"
}

// Grace keeps a key that was typed before the question was seen from answering it.
func (c *conflicts) Grace() time.Duration { return 250 * time.Millisecond }

// Cursor is hidden.
func (c *conflicts) Cursor() *tea.Cursor { return nil }

// ShortHelp lists what can be done.
func (c *conflicts) ShortHelp() []key.Binding {
	down := c.page.keys.Down
	down.SetEnabled(len(c.list) > 1)
	all := c.all
	all.SetEnabled(len(c.list) > 1)
	return []key.Binding{c.go_, c.one, c.no, down, all}
}

// Update chooses, goes on or leaves: then the draft is as it was typed.
func (c *conflicts) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k := &c.page.keys
	switch {
	case key.Matches(press, c.go_):
		return c.decided(), true
	case key.Matches(press, c.no):
		return nil, true
	case key.Matches(press, c.one):
		c.theirs[c.at] = !c.theirs[c.at]
	case key.Matches(press, c.all):
		side := !c.theirs[c.at]
		for i := range c.theirs {
			c.theirs[i] = side
		}
	case key.Matches(press, k.Up):
		c.at = max(0, c.at-1)
	case key.Matches(press, k.Down):
		c.at = min(len(c.list)-1, c.at+1)
	}
	return nil, false
}

// decided makes the change one of the new state.
func (c *conflicts) decided() tea.Cmd {
	var taken [][]string
	for i, is := range c.theirs {
		if is {
			taken = append(taken, c.list[i].Path)
		}
	}
	next := c.next
	next.want, _ = twinpatch.Rebase(c.old.was, c.old.want, next.was, theirs(taken))
	next.notes = []string{"This is your change on version " + version(next.base) + "."}
	return c.page.Act(func() tea.Msg { return settledConflictsMsg{next} })
}

// linesOf is how many lines a conflict takes: the path and two sides.
const linesOf = 3

// View draws the conflicts.
func (c *conflicts) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, reviewWidth)
	s := c.page.ctx.Styles
	var lines []string
	head := "Somebody else changed what you changed. Which value is it to be?"
	if len(c.list) == 1 {
		head = "Somebody else changed the same property. Which value is it to be?"
	}
	for _, l := range widget.Wrap(head, width) {
		lines = append(lines, s.Strong.Render(l))
	}
	lines = append(lines, "")
	rows := max(1, (maxHeight-len(lines))/linesOf)
	top := max(0, c.at-rows+1)
	for i := top; i < min(len(c.list), top+rows); i++ {
		lines = append(lines, c.draw(i, width)...)
	}
	return strings.Join(lines, "\n")
}

func (c *conflicts) draw(i, width int) []string {
	s, one := c.page.ctx.Styles, c.list[i]
	mark := "  "
	if i == c.at {
		mark = s.Marker.Render("▸ ")
	}
	side := func(name string, v *twinpatch.Value, chosen bool) string {
		sign, style := "○ ", s.Muted
		if chosen {
			sign, style = "● ", s.FieldFocus
		}
		return "    " + style.Render(sign+widget.Fit(name, 8)+safe.Line(valueOf(v), max(8, width-14)))
	}
	was := "  (was " + safe.Line(valueOf(one.Base), shortWas) + ")"
	path := safe.Line(dotted(one.Path), max(8, width-2-len([]rune(was))))
	return []string{
		mark + s.Text.Render(path) + s.Muted.Render(was),
		side("mine", one.Mine, !c.theirs[i]),
		side("theirs", one.Theirs, c.theirs[i]),
	}
}

func valueOf(v *twinpatch.Value) string {
	if v == nil {
		return "not there"
	}
	return string(v.JSON())
}

func dotted(path []string) string {
	out := make([]string, len(path))
	for i, name := range path {
		out[i] = quoted(name)
	}
	return strings.Join(out, ".")
}
