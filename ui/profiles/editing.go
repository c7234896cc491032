package profiles

import (
	"fmt"
	"path/filepath"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
	"hubscope/ui/widget/editor"
)

// editing is a text under edit.
type editing struct {
	path    string
	base    *string // what the file holds as far as we know; nil: there is none yet
	clean   string  // the text that needs no saving
	origin  string  // of a copy: what it is a copy of; harmless
	builtin bool    // and that is built in
	isNew   bool    // asked for by name: not saving it loses something
	changed bool
	saving  bool
	text    *editor.Editor
	draft   *string // what its draft holds, or is about to; nil: there is none
	noDraft bool    // none can be kept, and that was said

	glance   glance // the last that made messages
	checked  bool   // the text was looked at
	mistakes []mistake
	at       int // the mistake that was gone to last, -1: none
}

func newEditing(path, text string, base *string, painter editor.Painter) *editing {
	return &editing{path: path, base: base, clean: text, text: editor.New(text, painter), at: -1}
}

// dirty tells whether something would be lost.
func (ed *editing) dirty() bool { return ed.changed || ed.isNew && ed.base == nil }

// saved is told what the file holds now.
func (ed *editing) saved(text string) {
	ed.base, ed.clean, ed.origin = &text, text, ""
	ed.changed = ed.text.Text() != text
}

// seen takes what the text comes to. While it is wrong the messages of before stay.
func (ed *editing) seen(g glance, all []entry) {
	ed.checked, ed.mistakes, ed.at = true, g.mistakes, -1
	if g.profile != nil {
		ed.glance = g
		if file := ed.namesake(g.profile.Name, all); file != "" {
			ed.mistakes = append(ed.mistakes, mistake{text: fmt.Sprintf("the profile %q is there already, %s: name this one differently", safe.Line(g.profile.Name, 40), file)})
		}
	}
	lines := make([]int, 0, len(ed.mistakes))
	for _, m := range ed.mistakes {
		lines = append(lines, m.line)
	}
	ed.text.Mark(lines...)
}

// namesake is where another profile of the name is.
func (ed *editing) namesake(name string, all []entry) string {
	for _, e := range all {
		switch {
		case e.name != name || e.path == ed.path || e.profile == nil:
		case e.path == "":
			return "built in"
		default:
			return "in " + safe.Line(filepath.Base(e.path), 40)
		}
	}
	return ""
}

// hasPlace tells whether there is a mistake to go to.
func (ed *editing) hasPlace() bool {
	for _, m := range ed.mistakes {
		if m.line > 0 {
			return true
		}
	}
	return false
}

// nextMistake puts the cursor where the next mistake is, after the last the first again.
func (ed *editing) nextMistake() {
	for i := range ed.mistakes {
		at := (ed.at + 1 + i) % len(ed.mistakes)
		if m := ed.mistakes[at]; m.line > 0 {
			ed.at = at
			ed.text.Go(m.line, m.column)
			return
		}
	}
}

func (p *Page) onEditKey(msg tea.KeyPressMsg) tea.Cmd {
	ed := p.editing
	switch {
	case key.Matches(msg, p.ctx.Keys.Back):
		return p.askLeave()
	case key.Matches(msg, saveKey):
		if !ed.dirty() && ed.base != nil {
			return nil
		}
		return p.save(false, false)
	case key.Matches(msg, mistakeKey):
		ed.nextMistake()
		return nil
	}
	return p.typed(msg)
}

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	if p.editing == nil {
		return nil
	}
	if len(msg.Content) > editor.MaxBytes {
		return page.Tell(page.Report{Severity: page.Warning, Text: "what was pasted is greater than a profile that is edited here"})
	}
	return p.typed(msg)
}

func (p *Page) typed(msg tea.Msg) tea.Cmd {
	ed := p.editing
	if !ed.text.Update(msg) {
		return nil
	}
	ed.changed = ed.text.Text() != ed.clean
	return p.lookSoon()
}

// askLeave goes back to the list. When something would be lost it asks.
func (p *Page) askLeave() tea.Cmd {
	if !p.editing.dirty() {
		return p.leave()
	}
	saveIt := p.Act(func() tea.Msg { return leaveSavingMsg{} })
	lose := p.Act(func() tea.Msg { return leaveMsg{} })
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys,
		safe.Line(filepath.Base(p.editing.path), 40)+" is not saved",
		widget.Choice{Key: "s", Label: "save and leave", Run: saveIt},
		widget.Choice{Key: "d", Label: "discard", Hint: "what was typed is lost", Run: lose},
	)})
}

// leaveSavingMsg asks to save and then to leave.
type leaveSavingMsg struct{}

func (p *Page) leave() tea.Cmd {
	p.editing, p.glanced = nil, ""
	p.asked++
	return p.load()
}

// paint colours the text by the ending of its file.
func (p *Page) paint(path string) editor.Painter {
	colour := editor.TOML
	if strings.EqualFold(filepath.Ext(path), ".json") {
		colour = editor.JSON
	}
	return func(line string) string { return colour(line, &p.pens) }
}
