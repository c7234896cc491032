package method

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget/editor"
)

type (
	// draftMsg says that the payload is in a file and an editor may be started on it.
	draftMsg struct {
		target        target
		command, path string
		err           error
	}
	// writtenMsg is the text that the editor left.
	writtenMsg struct {
		target target
		text   string
		err    error
	}
)

// editOutside opens the payload in the user's own editor.
func (p *Page) editOutside() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	getenv, text, t := p.o.Getenv, p.desk.form.payload.Text(), p.desk.target
	return p.Act(func() tea.Msg {
		m := draftMsg{target: t}
		if m.command, m.err = outside.Command(getenv); m.err == nil {
			m.path, m.err = outside.Draft("payload.json", text)
		}
		return m
	})
}

func (p *Page) onDraft(m draftMsg) tea.Cmd {
	if m.err != nil {
		return page.Tell(page.Failed("no editor was started", safe.Inline(m.err.Error()), "e edits it here"))
	}
	id, _ := p.Address()
	return outside.Open(m.command, m.path, func(err error) tea.Msg {
		text, reading := outside.Collect(m.path)
		if err == nil {
			err = reading
		}
		return page.Envelope{To: id, Msg: writtenMsg{m.target, text, err}}
	})
}

func (p *Page) onWritten(m writtenMsg) tea.Cmd {
	d := p.desks.all[m.target]
	switch {
	case d == nil:
		return nil
	case m.err != nil:
		return page.Tell(page.Failed("the payload stays as it was", "the editor ended with an error: "+safe.Inline(m.err.Error()), "look at VISUAL and EDITOR"))
	case len(m.text) > editor.MaxBytes:
		return page.Tell(page.Report{Severity: page.Warning, Text: "the payload stays as it was: a hub takes 128 kB"})
	}
	d.touched = true
	d.form.setPayload(trimEnd(m.text))
	p.layout()
	return nil
}

// trimEnd takes the line break away that editors put at the end of a file.
func trimEnd(text string) string {
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r') {
		text = text[:len(text)-1]
	}
	return text
}
