package twin

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	discardMsg struct{ of subject }
	keepMsg    struct{ of subject }
)

// askLeave goes back to the twin. A draft with something in it is kept or discarded.
func (p *Page) askLeave(d *draft) tea.Cmd {
	if !d.changed() {
		p.discard(d.of)
		return nil
	}
	of := d.of
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "The edit of "+safe.Line(of.String(), 40)+" is not sent",
		widget.Choice{Key: "s", Label: "keep the draft", Hint: "e goes on with it", Run: p.Act(func() tea.Msg { return keepMsg{of} })},
		widget.Choice{Key: "d", Label: "discard", Hint: "what was typed is lost", Run: p.Act(func() tea.Msg { return discardMsg{of} })},
	)})
}

func (p *Page) discard(of subject) {
	delete(p.drafts, of)
	p.layOut()
}

func (p *Page) onKeep(m keepMsg) {
	if d := p.drafts[m.of]; d != nil {
		d.open = false
	}
	p.layOut()
}

var _ page.Unsaved = (*Page)(nil)

// Unsaved implements page.Unsaved: drafts end with the program.
func (p *Page) Unsaved() string {
	var names []string
	for of, d := range p.drafts {
		if d.changed() {
			names = append(names, safe.Line(of.String(), 40))
		}
	}
	slices.Sort(names)
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return "The edit of the twin of " + names[0] + " is not sent"
	case n > few:
		return fmt.Sprintf("The edits of the twins of %s and %d more are not sent", strings.Join(names[:few], ", "), n-few)
	}
	return "The edits of the twins of " + strings.Join(names, ", ") + " are not sent"
}

// few is how many names are told.
const few = 3
