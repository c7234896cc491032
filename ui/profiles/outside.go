package profiles

import (
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// copiedMsg says that the file is there and an editor may be started on it.
	copiedMsg struct {
		path    string
		command string
		copyOf  string // harmless; "" when it is no copy
		err     error
	}
	editedOutsideMsg struct {
		path string
		err  error
	}
)

// editOutside opens the file in the user's own editor. What is built in is copied first.
func (p *Page) editOutside(e entry) tea.Cmd {
	if p.o.Dir == "" || e.unsaved {
		return nil
	}
	getenv := p.o.Getenv
	m := copiedMsg{path: e.path}
	var c *change
	if e.path == "" {
		name := freeName(e.name, p.rows.list)
		m.path = filepath.Join(p.o.Dir, name+filepath.Ext(e.profile.File))
		m.copyOf = safe.Line(e.name, 40)
		c = &change{path: m.path, text: renamed(e.profile.Source, name)}
	}
	return p.Act(func() tea.Msg {
		if m.command, m.err = outside.Command(getenv); m.err == nil && c != nil {
			m.err = save(*c)
		}
		return m
	})
}

func (p *Page) onCopied(m copiedMsg) tea.Cmd {
	if m.err != nil {
		sentence, _ := explain(m.err)
		return page.Tell(page.Failed("no editor was started", sentence, "e edits it here"))
	}
	p.then = m.path
	id, _ := p.Address()
	path := m.path
	started := outside.Open(m.command, path, func(err error) tea.Msg {
		return page.Envelope{To: id, Msg: editedOutsideMsg{path, err}}
	})
	if m.copyOf == "" {
		return started
	}
	return tea.Sequence(page.Tell(page.Report{Text: safe.Inline(filepath.Base(path)) + " is a copy of the built-in " + m.copyOf}), started)
}

func (p *Page) onEditedOutside(m editedOutsideMsg) tea.Cmd {
	p.glanced, p.then = "", m.path
	if m.err != nil {
		return tea.Batch(p.load(), page.Tell(page.Report{
			Severity: page.Warning, Text: "the editor ended with an error: " + safe.Inline(m.err.Error()),
			Next: "look at VISUAL and EDITOR",
		}))
	}
	return p.load()
}
