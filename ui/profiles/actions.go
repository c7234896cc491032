package profiles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim/profile"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
	"hubscope/ui/widget/editor"
)

type (
	// openedMsg is the text of a file that is to be edited.
	openedMsg struct {
		path, text string
		draft      *draft // nil: there is none, or it is not wanted
		chosen     bool   // the user said which of the two
		only       bool   // there is no file, but a draft
		err        error
	}
	savedMsg struct {
		change change
		leave  bool
		err    error
	}
	deletedMsg struct {
		name string
		err  error
	}
	// leaveMsg ends the editing: what was not saved is lost.
	leaveMsg struct{}
)

func (p *Page) onAction(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		return p.onOpened(msg)
	case savedMsg:
		return p.onSaved(msg)
	case deletedMsg:
		return p.onDeleted(msg)
	case overMsg:
		return p.save(true, msg.leave)
	case leaveMsg:
		return tea.Sequence(p.dropDraft(), p.leave())
	case leaveSavingMsg:
		return p.save(false, true)
	case copiedMsg:
		return p.onCopied(msg)
	case editedOutsideMsg:
		return p.onEditedOutside(msg)
	}
	return nil
}

// use tells whoever runs devices of the profile. With a device in hand the user says whether it is for that one only.
func (p *Page) use(e entry) tea.Cmd {
	if e.unsaved {
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Inline(e.name) + " was never saved and cannot be used", Next: "e goes on with its draft"})
	}
	if e.profile == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Inline(e.name) + " is broken and cannot be used", Next: "e edits it"})
	}
	tell := func(id string) tea.Cmd {
		return func() tea.Msg { return page.UseProfile{Name: e.name, DeviceID: id} }
	}
	if p.device == "" {
		return tell("")
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Use "+safe.Line(e.name, 40),
		widget.Choice{Key: "d", Label: "for " + safe.Line(p.device, 40), Hint: "the device under the cursor", Run: tell(p.device)},
		widget.Choice{Key: "n", Label: "for new devices", Hint: "all that are started from now on", Run: tell("")},
	)})
}

// askName asks how a new profile is to be called. It begins as a copy.
func (p *Page) askName() tea.Cmd {
	if p.o.Dir == "" {
		return nil
	}
	from, has := p.rows.selected(p.table)
	if !has || from.profile == nil {
		from = entry{name: "wind"}
		from.profile, _ = profile.Builtin("wind")
	}
	if from.profile == nil {
		return nil
	}
	ending := filepath.Ext(from.profile.File)
	p.form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "New profile", "make it",
		func(values []string) tea.Cmd {
			form := p.form
			p.form = nil
			cmd := p.editCopy(from, values[0], ending)
			if p.editing != nil {
				p.editing.isNew = true
			}
			return tea.Batch(cmd, p.ctx.Send(page.CloseDialog{Dialog: form}))
		},
		widget.Field{
			Label: "Name", Value: freeName(from.name, p.rows.list), Limit: longestName,
			Hint:  "It starts as a copy of " + safe.Line(from.name, 30) + ". The file is written when you save it.",
			Check: func(text string) error { return checkName(text, p.rows.list) },
		})
	return p.ctx.Send(page.OpenDialog{Dialog: p.form})
}

// edit opens a file of the user's in the editor, or a copy of what is built in.
func (p *Page) edit(e entry) tea.Cmd {
	if p.o.Dir == "" {
		return nil
	}
	if e.path == "" {
		return p.editCopy(e, freeName(e.name, p.rows.list), filepath.Ext(e.profile.File))
	}
	path, only := e.path, e.unsaved
	return p.Act(func() tea.Msg {
		m := openedMsg{path: path, only: only, draft: readDraft(path)}
		if !only || m.draft == nil {
			m.text, m.err = readText(path, editor.MaxBytes)
			m.only = false
		}
		return m
	})
}

// editCopy opens a text that no file holds yet.
func (p *Page) editCopy(from entry, name, ending string) tea.Cmd {
	path := filepath.Join(p.o.Dir, name+ending)
	p.editing = newEditing(path, renamed(from.profile.Source, name), nil, p.paint(path))
	p.editing.origin = safe.Line(from.name, 40)
	p.editing.builtin = from.path == ""
	return p.startEditing()
}

func (p *Page) onOpened(m openedMsg) tea.Cmd {
	if p.editing != nil && p.editing.path != m.path {
		return nil
	}
	if m.err != nil {
		return tea.Batch(p.load(), p.failed(filepath.Base(m.path)+" cannot be edited here", m.err))
	}
	if m.draft != nil && m.draft.text != m.text && !m.chosen && !m.only {
		return p.offerDraft(m)
	}
	drop := p.dropDraft() // of the text that the file takes the place of
	p.editing = newEditing(m.path, m.text, &m.text, p.paint(m.path))
	if m.draft != nil {
		p.goOn(m)
	}
	return tea.Batch(drop, p.startEditing())
}

func (p *Page) startEditing() tea.Cmd {
	p.layout()
	p.asked++
	return p.look()
}

// save writes the text under edit.
func (p *Page) save(over, leave bool) tea.Cmd {
	ed := p.editing
	if ed == nil || ed.saving {
		return nil
	}
	ed.saving = true
	c := change{path: ed.path, text: ed.text.Text(), base: ed.base, over: over}
	return p.Act(func() tea.Msg { return savedMsg{c, leave, save(c)} })
}

func (p *Page) onSaved(m savedMsg) tea.Cmd {
	ed := p.editing
	if ed == nil || ed.path != m.change.path {
		return nil
	}
	ed.saving = false
	if errors.Is(m.err, errChanged) || errors.Is(m.err, errTaken) || errors.Is(m.err, errGone) {
		return p.askOver(m)
	}
	name := filepath.Base(ed.path)
	if m.err != nil {
		return p.failed(name+" was not saved", m.err)
	}
	ed.saved(m.change.text)
	p.then, p.glanced = ed.path, ""
	r := page.Report{Severity: page.Success, Text: safe.Inline(name) + " saved"}
	if n := len(ed.mistakes); n > 0 {
		r.Severity, r.Next = page.Warning, "it cannot be used before "+widget.Plural(n, "mistake")+" is mended"
		if n > 1 {
			r.Next = "it cannot be used before its " + widget.Plural(n, "mistake") + " are mended"
		}
	}
	var drop tea.Cmd
	if !ed.changed {
		drop = p.dropDraft()
	}
	if m.leave && !ed.dirty() {
		p.editing = nil
	}
	return tea.Batch(page.Tell(r), tea.Sequence(drop, p.load()))
}

// askOver asks what to do with a file that is not as it was read.
func (p *Page) askOver(m savedMsg) tea.Cmd {
	name, path := safe.Line(filepath.Base(m.change.path), 40), m.change.path
	leave := m.leave
	again := p.Act(func() tea.Msg { return overMsg{leave} })
	choices := []widget.Choice{{Key: "o", Label: "overwrite", Hint: "with the text on the screen", Run: again}}
	if !errors.Is(m.err, errGone) {
		choices = append(choices, widget.Choice{Key: "r", Label: "read it anew", Hint: "the text on the screen is lost", Run: p.Act(func() tea.Msg {
			text, err := readText(path, editor.MaxBytes)
			return openedMsg{path: path, text: text, chosen: true, err: err}
		})})
	}
	what := map[error]string{errChanged: " was changed meanwhile", errGone: " was deleted meanwhile", errTaken: " is there already"}
	title := name
	for err, words := range what {
		if errors.Is(m.err, err) {
			title += words
		}
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, title, choices...)})
}

// overMsg asks to write the file whatever it holds.
type overMsg struct{ leave bool }

func (p *Page) askDelete(e entry) tea.Cmd {
	if e.path == "" {
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Inline(e.name) + " is built in and stays"})
	}
	path, name, discard := e.path, filepath.Base(e.path), p.drafts.discard(e.path)
	gone := p.Act(func() tea.Msg {
		err := os.Remove(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err == nil {
			err = discard()
		}
		return deletedMsg{name, err}
	})
	if e.unsaved {
		return p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(p.ctx.Styles, "Discard a draft",
			"Discard the draft of "+safe.Line(name, 50)+"?", "discard", gone, "It was never saved: nothing else is left of it.")})
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(p.ctx.Styles, "Delete a profile",
		"Delete "+safe.Line(name, 50)+"?", "delete", gone,
		"The file is removed. Devices that run with the profile go on with it.")})
}

func (p *Page) onDeleted(m deletedMsg) tea.Cmd {
	if m.err != nil {
		return tea.Batch(p.load(), p.failed(m.name+" was not deleted", m.err))
	}
	return tea.Batch(p.load(), page.Tell(page.Report{Severity: page.Success, Text: safe.Inline(m.name) + " deleted"}))
}

func (p *Page) failed(what string, err error) tea.Cmd {
	sentence, next := explain(err)
	r := page.Failed(safe.Inline(what), sentence, next)
	r.Detail = safe.Inline(err.Error())
	return page.Tell(r)
}

// explain says an error of a file in words, and what can be done.
func explain(err error) (sentence, next string) {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "the system does not allow it", "give yourself the right to the file and its folder"
	case errors.Is(err, fs.ErrNotExist):
		return "the file is not there any more", "r reloads the folder"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full", "make room, then save again"
	case errors.Is(err, errTooBig):
		return fmt.Sprintf("it is greater than %d kB", editor.MaxBytes>>10), "E opens it in your editor"
	case errors.Is(err, errNotText):
		return errNotText.Error(), "E opens it in your editor"
	}
	return safe.Inline(err.Error()), ""
}
