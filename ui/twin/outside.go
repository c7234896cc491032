package twin

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// outsideMsg says that the draft is in a file and an editor may be started on it.
	outsideMsg struct {
		of      subject
		command string
		path    string
		err     error
	}
	// backMsg says that the user has left the editor.
	backMsg struct {
		of   subject
		path string
		err  error
	}
	collectedMsg struct {
		of   subject
		path string
		text string
		err  error
	}
)

// editOutside opens the draft in the user's own editor.
func (p *Page) editOutside() tea.Cmd {
	d, refused := p.draftHere()
	if d == nil {
		return refused
	}
	d.open = true
	p.fitDraft(d)
	getenv, text, m := p.o.Getenv, d.text.Text(), outsideMsg{of: d.of}
	return p.Act(func() tea.Msg {
		if m.command, m.err = outside.Command(getenv); m.err == nil {
			m.path, m.err = outside.Draft("twin.json", text)
		}
		return m
	})
}

func (p *Page) onOutside(m outsideMsg) tea.Cmd {
	if m.err != nil {
		return page.Tell(page.Failed("no editor was started", safe.Inline(m.err.Error()), "go on here"))
	}
	id, _ := p.Address()
	return outside.Open(m.command, m.path, func(err error) tea.Msg {
		return page.Envelope{To: id, Msg: backMsg{m.of, m.path, err}}
	})
}

// onBack reads what was written, also when the editor says that it failed.
func (p *Page) onBack(m backMsg) tea.Cmd {
	collect := p.Act(func() tea.Msg {
		text, err := outside.Collect(m.path)
		return collectedMsg{m.of, m.path, text, err}
	})
	if m.err == nil {
		return collect
	}
	return tea.Batch(collect, page.Tell(page.Report{
		Severity: page.Warning, Text: "the editor ended with an error: " + safe.Inline(m.err.Error()), Next: "look at VISUAL and EDITOR",
	}))
}

// onCollected puts the text into the draft and, when all is well with it, shows what would be sent.
func (p *Page) onCollected(m collectedMsg) tea.Cmd {
	d := p.drafts[m.of]
	if d == nil {
		return nil
	}
	if m.err != nil {
		return page.Tell(page.Failed("the draft was not read back", safe.Inline(m.err.Error()), "it is in "+safe.Inline(m.path)))
	}
	if m.text == d.text.Text() {
		if !d.changed() {
			p.discard(d.of)
		}
		return nil
	}
	d.replace(m.text)
	if m.of != p.of || len(d.mistakes) > 0 {
		return nil
	}
	return p.review(d)
}
