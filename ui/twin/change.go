package twin

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
)

// change is what is to be done to a twin: by a draft, or the deletion of a property.
type change struct {
	of     subject
	base   hub.Twin // the state that it was made on
	was    *twinpatch.Value
	want   *twinpatch.Value
	drafts bool     // it is that of the draft
	title  string   // of the dialogs
	notes  []string // what has happened on the way; harmless
	// box is the dialog that it is reviewed in.
	box *review
}

func (c *change) patch() *twinpatch.Value { return twinpatch.Diff(c.was, c.want) }

type (
	sentMsg struct {
		change *change
		twin   hub.Twin
		err    error
	}
	rereadMsg struct {
		change *change
		twin   hub.Twin
		err    error
	}
	// settledConflictsMsg is a change with all its conflicts decided.
	settledConflictsMsg struct{ change *change }
)

func (p *Page) onAction(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case sentMsg:
		return p.onSent(msg)
	case rereadMsg:
		return p.onReread(msg)
	case settledConflictsMsg:
		return p.onSettled(msg.change)
	case discardMsg:
		p.discard(msg.of)
	case keepMsg:
		p.onKeep(msg)
	case outsideMsg:
		return p.onOutside(msg)
	case backMsg:
		return p.onBack(msg)
	case collectedMsg:
		return p.onCollected(msg)
	}
	return nil
}

// review shows what of a draft would be sent.
func (p *Page) review(d *draft) tea.Cmd {
	switch {
	case d.sending:
		return nil
	case len(d.mistakes) > 0:
		d.nextMistake()
		return nil
	case len(d.patch.Members) == 0:
		return page.Tell(page.Report{Severity: page.Info, Text: "nothing is changed, so nothing is sent"})
	}
	return p.ask(&change{of: d.of, base: d.base, was: d.was, want: d.want, drafts: true, title: "Change the twin of "})
}

// askRemove asks whether the property under the cursor is to be deleted.
func (p *Page) askRemove() tea.Cmd {
	l := &p.panels[p.at]
	n, ok := l.node()
	if !ok {
		return nil
	}
	if why, next := p.notRemoved(l, n); why != "" {
		return page.Tell(page.Report{Severity: page.Warning, Text: why, Next: next})
	}
	was, err := writable(&p.twin)
	if err != nil {
		return page.Tell(page.Report{Severity: page.Failure, Text: "the twin of " + p.of.String() + " cannot be changed: " + err.Error()})
	}
	return p.ask(&change{of: p.of, base: p.twin, was: was, want: was.Without(l.path(n)...), title: "Delete from the twin of "})
}

// notRemoved says why what is under the cursor cannot be deleted, or "".
func (p *Page) notRemoved(l *panel, n int32) (why, next string) {
	if l.kind == reported {
		return "reported properties are the device's own: only it can delete them", ""
	}
	if l.inArray(n) {
		return "an array is changed as a whole", "e edits it"
	}
	return "", ""
}

// ask opens the dialog that shows the patch.
func (p *Page) ask(c *change) tea.Cmd {
	c.box = newReview(p, c)
	return p.ctx.Send(page.OpenDialog{Dialog: c.box})
}
