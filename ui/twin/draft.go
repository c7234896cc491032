package twin

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget/editor"
)

// draft is the writable part of a twin under edit. It is kept until it was sent or is discarded, whatever is looked at
// meanwhile.
type draft struct {
	of    subject
	base  hub.Twin // the state that it is an edit of
	was   *twinpatch.Value
	clean string // the text that changes nothing
	text  *editor.Editor
	open  bool // it is on the screen when its twin is

	want     *twinpatch.Value // nil when the text is no JSON
	patch    *twinpatch.Value // nil likewise
	mistakes []*twinpatch.Mistake
	at       int // the mistake that was gone to last, -1: none

	sending      bool
	failed, next string // why it was not sent, and what to do; harmless
}

// maxDrafts bounds what is kept. None is ever dropped: who wants more sends or discards one.
const maxDrafts = 20

// changed says whether something would be lost.
func (d *draft) changed() bool { return d.text.Text() != d.clean }

// editing is the draft on the screen, or nil.
func (p *Page) editing() *draft {
	if d := p.drafts[p.of]; d != nil && d.open {
		return d
	}
	return nil
}

// edit opens the draft of the twin, a new one if there is none.
func (p *Page) edit() tea.Cmd {
	d, refused := p.draftHere()
	if d == nil {
		return refused
	}
	d.open = true
	p.fitDraft(d)
	return nil
}

// draftHere is the draft of the twin on the screen.
func (p *Page) draftHere() (*draft, tea.Cmd) {
	if d := p.drafts[p.of]; d != nil {
		return d, nil
	}
	if len(p.drafts) >= maxDrafts {
		return nil, page.Tell(page.Report{
			Severity: page.Warning, Text: fmt.Sprintf("%d drafts of twins are not sent yet", maxDrafts), Next: "send or discard one of them first",
		})
	}
	was, err := writable(&p.twin)
	if err != nil {
		return nil, page.Tell(page.Report{Severity: page.Failure, Text: "the twin of " + p.of.String() + " cannot be edited: " + safe.Inline(err.Error())})
	}
	d := &draft{of: p.of, base: p.twin, was: was, clean: was.Indented(), at: -1}
	d.text = editor.New(d.clean, p.paint)
	d.check()
	p.drafts[p.of] = d
	return d, nil
}

// check looks at the text.
func (d *draft) check() {
	d.want, d.mistakes = wanted(d.text.Text(), d.was)
	d.patch, d.at = nil, -1
	if d.want != nil {
		d.patch = twinpatch.Diff(d.was, d.want)
	}
	lines := make([]int, 0, len(d.mistakes))
	for _, m := range d.mistakes {
		lines = append(lines, m.Place.Line)
	}
	d.text.Mark(lines...)
}

// rebase makes the draft one of another state of the twin. The text of before can be taken back.
func (d *draft) rebase(now hub.Twin, was, want *twinpatch.Value) {
	d.base, d.was, d.clean = now, was, was.Indented()
	d.replace(want.Indented())
}

// replace puts another text in place of the draft; the cursor stays about where it is.
func (d *draft) replace(text string) {
	line, column := d.text.Position()
	d.text.Replace(text)
	d.text.Go(line, column)
	d.failed, d.next = "", ""
	d.check()
}

func (p *Page) paint(line string) string { return editor.JSON(line, &p.pens.plain) }

func (p *Page) onDraftKey(d *draft, msg tea.KeyPressMsg) tea.Cmd {
	k := &p.keys
	switch {
	case key.Matches(msg, k.Back):
		return p.askLeave(d)
	case key.Matches(msg, k.send):
		return p.review(d)
	case key.Matches(msg, k.mistake):
		d.nextMistake()
		return nil
	case key.Matches(msg, k.outside):
		return p.editOutside()
	}
	return d.typed(msg)
}

func (p *Page) onPaste(msg tea.PasteMsg) tea.Cmd {
	d := p.editing()
	if d == nil {
		return nil
	}
	if len(msg.Content) > editor.MaxBytes {
		return page.Tell(page.Report{Severity: page.Warning, Text: "what was pasted is greater than a twin may be"})
	}
	return d.typed(msg)
}

func (d *draft) typed(msg tea.Msg) tea.Cmd {
	if d.text.Update(msg) {
		d.failed, d.next = "", ""
		d.check()
	}
	return nil
}

// nextMistake puts the cursor where the next mistake is, after the last the first again.
func (d *draft) nextMistake() {
	if len(d.mistakes) == 0 {
		return
	}
	d.at = (d.at + 1) % len(d.mistakes)
	at := d.mistakes[d.at].Place
	d.text.Go(at.Line, at.Column)
}

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.editing() != nil }
