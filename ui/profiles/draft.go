package profiles

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
	"hubscope/ui/widget/editor"
)

// A text under edit is kept in a draft beside its file, so that no end of the program takes it.
const draftEnding = ".draft"

func draftOf(path string) string { return path + draftEnding }

// draft is a text that was typed and not saved.
type draft struct {
	text  string
	at    time.Time
	older bool // than the file
}

// readDraft gives the draft of a file; nil when there is none that can be edited here.
func readDraft(path string) *draft {
	info, err := os.Stat(draftOf(path))
	if err != nil {
		return nil
	}
	text, err := readText(draftOf(path), editor.MaxBytes)
	if err != nil {
		return nil
	}
	file, err := os.Stat(path)
	return &draft{text: text, at: info.ModTime(), older: err == nil && file.ModTime().After(info.ModTime())}
}

// drafts writes and removes drafts. Commands run side by side; what was asked for last is what stays.
type drafts struct {
	mu    sync.Mutex
	asked uint64            // of the event loop
	done  map[string]uint64 // guarded by mu: the newest that was done, by file
}

type draftKeptMsg struct {
	path string
	err  error
}

// keep writes the draft of a file, or removes it when text is nil.
func (d *drafts) keep(path string, text *string) tea.Cmd {
	d.asked++
	asked := d.asked
	return func() tea.Msg { return draftKeptMsg{path, d.do(asked, path, text)} }
}

// discard removes the draft of a file when it is called, whatever was asked for before.
func (d *drafts) discard(path string) func() error {
	d.asked++
	asked := d.asked
	return func() error { return d.do(asked, path, nil) }
}

func (d *drafts) do(asked uint64, path string, text *string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done[path] > asked {
		return nil
	}
	if d.done == nil {
		d.done = make(map[string]uint64)
	}
	d.done[path] = asked
	if text != nil {
		return save(change{path: draftOf(path), text: *text, over: true})
	}
	if err := os.Remove(draftOf(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// keepDraft brings the draft of the text under edit up to date. It is called at each pause of typing.
func (p *Page) keepDraft() tea.Cmd {
	ed := p.editing
	if ed == nil || ed.draft == nil && !ed.changed {
		return nil
	}
	if !ed.changed {
		return p.dropDraft()
	}
	text := ed.text.Text()
	if ed.draft != nil && *ed.draft == text {
		return nil
	}
	ed.draft = &text
	return p.Act(p.drafts.keep(ed.path, &text))
}

// onPause is told that nothing was typed for a moment.
func (p *Page) onPause(m lookTimeMsg) tea.Cmd {
	if m.asked != p.asked {
		return nil
	}
	return p.keepDraft()
}

// dropDraft takes the draft away: the text is saved, or the user does not want it.
func (p *Page) dropDraft() tea.Cmd {
	ed := p.editing
	if ed == nil || ed.draft == nil {
		return nil
	}
	ed.draft = nil
	return p.Act(p.drafts.keep(ed.path, nil))
}

// onDraftKept says once for each text that it cannot be kept.
func (p *Page) onDraftKept(m draftKeptMsg) tea.Cmd {
	ed := p.editing
	if m.err == nil || ed == nil || ed.path != m.path || ed.noDraft {
		return nil
	}
	ed.noDraft = true
	sentence, _ := explain(m.err)
	return page.Tell(page.Report{
		Severity: page.Warning, Text: "no draft of " + safe.Inline(filepath.Base(m.path)) + " is kept: " + sentence,
		Next: "ctrl+s saves what was typed", Detail: safe.Inline(m.err.Error()),
	})
}

// goOn puts the draft in the place of the file's text.
func (p *Page) goOn(m openedMsg) {
	ed := p.editing
	ed.text = editor.New(m.draft.text, p.paint(m.path))
	ed.draft, ed.changed = &m.draft.text, m.draft.text != m.text
	if m.only {
		ed.base, ed.changed, ed.isNew = nil, true, true
	}
}

// offerDraft asks which text is to be edited: that of the file, or what was typed and not saved some time ago.
func (p *Page) offerDraft(m openedMsg) tea.Cmd {
	hint := "of " + p.ctx.Zoned(m.draft.at).Format("2006-01-02 15:04")
	if m.draft.older {
		hint += ", older than the file"
	}
	with, without := m, m
	with.chosen, without.chosen, without.draft = true, true, nil
	name, path := safe.Line(filepath.Base(m.path), 40), m.path
	discard := p.drafts.keep(path, nil)
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, name+" has a draft that was not saved",
		widget.Choice{Key: "d", Label: "go on with the draft", Hint: hint, Run: p.Act(func() tea.Msg { return with })},
		widget.Choice{Key: "f", Label: "open the file", Hint: "the draft is discarded", Run: tea.Batch(
			p.Act(discard), p.Act(func() tea.Msg { return without }),
		)},
	)})
}

// Unsaved implements page.Unsaved.
func (p *Page) Unsaved() string {
	ed := p.editing
	if ed == nil || !ed.dirty() {
		return ""
	}
	name := safe.Line(filepath.Base(ed.path), 40)
	if ed.noDraft {
		return name + " on page Profiles is not saved"
	}
	return name + " on page Profiles is not saved; a draft is kept"
}

// Close implements page.Closer: what was typed since the last pause is kept too.
func (p *Page) Close() {
	p.Mailbox.Close()
	if ed := p.editing; ed != nil && ed.changed {
		text := ed.text.Text()
		p.drafts.keep(ed.path, &text)()
	}
}
