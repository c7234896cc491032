package twin

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
)

// reread reads the state that made the patch void.
func (p *Page) reread(c *change) tea.Cmd {
	store, of := p.o.Store, c.of
	return p.act(func(ctx context.Context) tea.Msg {
		t, err := store.ModuleTwin(ctx, of.device, of.module)
		return rereadMsg{c, t, err}
	})
}

// onReread rebases the change onto the new state, and asks: about the conflicts if there are any, then about the patch.
func (p *Page) onReread(m rereadMsg) tea.Cmd {
	c := m.change
	p.setSending(c, false)
	if m.err != nil {
		return p.fail(c, m.err)
	}
	now, err := writable(&m.twin)
	if err != nil {
		return p.fail(c, err)
	}
	if c.of == p.of {
		p.take(m.twin)
	}
	if c.box.closed || c.of != p.of {
		return p.lateConflict(c)
	}
	next := &change{of: c.of, base: m.twin, was: now, drafts: c.drafts, title: c.title}
	merged, conflicts := twinpatch.Rebase(c.was, c.want, now, nil)
	if len(conflicts) > 0 {
		return tea.Batch(p.closeBox(c), p.askConflicts(c, next, conflicts))
	}
	next.want = merged
	next.notes = []string{"Somebody else changed the twin meanwhile: this is your change on version " + version(m.twin) + "."}
	return tea.Batch(p.closeBox(c), p.onSettled(next))
}

// lateConflict tells of a change that met another while one looked at something else.
func (p *Page) lateConflict(c *change) tea.Cmd {
	const sentence = "the twin was changed by somebody else meanwhile"
	next := "look at it, then do it again"
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.failed, d.next = sentence, "ctrl+s puts your change on its new state"
		next = "the draft is kept: open the twin, then press e and ctrl+s"
	}
	return page.Tell(page.Report{Severity: page.Warning, Text: "the twin of " + c.of.String() + " was not changed: " + sentence, Next: next})
}

// onSettled goes on with a change that is one of the new state: the draft becomes one of it too.
func (p *Page) onSettled(c *change) tea.Cmd {
	if d := p.drafts[c.of]; d != nil && c.drafts {
		d.rebase(c.base, c.was, c.want)
	}
	if len(c.patch().Members) == 0 {
		return p.needless(c)
	}
	return p.ask(c)
}

// needless ends a change that somebody else has made already.
func (p *Page) needless(c *change) tea.Cmd {
	if c.drafts {
		p.discard(c.of)
	}
	return page.Tell(page.Report{Severity: page.Info, Text: "the twin of " + c.of.String() + " is as it was to be already: nothing is sent"})
}

// theirs says of which paths the other side's value is taken.
func theirs(taken [][]string) func([]string) bool {
	return func(path []string) bool {
		return slices.ContainsFunc(taken, func(t []string) bool { return slices.Equal(t, path) })
	}
}
