package c2d

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// draftMsg says that the body is in a file and an editor may be started on it.
	draftMsg struct {
		target        c2d.To
		command, path string
		err           error
	}
	// writtenMsg is the text that the editor left.
	writtenMsg struct {
		target c2d.To
		text   string
		err    error
	}
)

// editOutside opens the body in the user's own editor.
func (p *Page) editOutside() tea.Cmd {
	if cmd := p.denied(); cmd != nil {
		return cmd
	}
	f, name := p.desk.form, "message.txt"
	switch f.kind {
	case fileBody:
		return page.Tell(page.Report{Severity: page.Info, Text: "the body is that of a file: edit it there"})
	case jsonBody:
		name = "message.json"
	}
	getenv, text, t := p.o.Getenv, f.body.Text(), p.desk.target
	return p.Act(func() tea.Msg {
		m := draftMsg{target: t}
		if m.command, m.err = outside.Command(getenv); m.err == nil {
			m.path, m.err = outside.Draft(name, text)
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
		return page.Tell(page.Failed("the body stays as it was", "the editor ended with an error: "+safe.Inline(m.err.Error()), "look at VISUAL and EDITOR"))
	case len(m.text) > c2d.MaxSize+1:
		return page.Tell(page.Report{Severity: page.Warning, Text: "the body stays as it was: a hub takes 64 kB"})
	}
	d.touched = true
	d.form.setBody(trimEnd(m.text))
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
