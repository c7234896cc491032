package twin

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// review is the dialog that shows the patch and what it means, sends it, and stays when that fails.
type review struct {
	page   *Page
	change *change
	lines  []diffLine
	yes    key.Binding
	no     key.Binding

	at           int // the line of the patch that is to be seen
	busy, closed bool
	failed, next string // harmless
}

func newReview(p *Page, c *change) *review {
	verb := "send"
	if !c.drafts {
		verb = "delete"
	}
	return &review{
		page: p, change: c, lines: diffLines(c.was, c.patch()),
		yes: key.NewBinding(key.WithKeys("y", "Y"), key.WithHelp("y", verb)),
		no:  key.NewBinding(key.WithKeys("n", "esc", "q"), key.WithHelp("esc", "back")),
	}
}

// Title is the heading of the box.
func (r *review) Title() string { return r.change.title + safe.Line(r.change.of.String(), 40) }

// Grace keeps a key that was typed before the question was seen from answering it.
func (r *review) Grace() time.Duration { return 250 * time.Millisecond }

// Cursor is hidden.
func (r *review) Cursor() *tea.Cursor { return nil }

// ShortHelp lists the answers.
func (r *review) ShortHelp() []key.Binding {
	yes, down := r.yes, r.page.keys.Down
	yes.SetEnabled(!r.busy)
	if r.failed != "" {
		yes.SetHelp("y", "try again")
	}
	down.SetHelp("↑↓", "scroll")
	down.SetEnabled(len(r.lines) > pageRows)
	return []key.Binding{yes, r.no, down}
}

func (r *review) fail(sentence, next string) { r.failed, r.next = sentence, next }

// Update scrolls, sends or leaves. Who leaves while it is sent hears of the end in the status line.
func (r *review) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k := &r.page.keys
	switch {
	case key.Matches(press, r.yes) && !r.busy:
		r.failed, r.next = "", ""
		return r.page.send(r.change), false
	case key.Matches(press, r.no):
		r.closed = true
		return nil, true
	case key.Matches(press, k.Up):
		r.scroll(-1)
	case key.Matches(press, k.Down):
		r.scroll(1)
	case key.Matches(press, k.PageUp, k.HalfUp):
		r.scroll(-pageRows)
	case key.Matches(press, k.PageDown, k.HalfDown):
		r.scroll(pageRows)
	}
	return nil, false
}

func (r *review) scroll(n int) { r.at = max(0, min(r.at+n, len(r.lines)-1)) }

const (
	reviewWidth = 84
	failLines   = 2
	leastRows   = 3 // of the patch
	pageRows    = 8 // that a page key goes on
)

// View draws what the patch means, as much of it as there is room for, and what is under way or went wrong.
func (r *review) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, reviewWidth)
	s := r.page.ctx.Styles
	var meaning []string
	for i, text := range r.meaning() {
		style := s.Muted
		if i == 0 {
			style = s.Strong
		}
		for _, l := range widget.Wrap(text, width) {
			meaning = append(meaning, style.Render(l))
		}
	}
	rows := max(leastRows, min(len(r.lines), maxHeight-len(meaning)-failLines-2))
	meaning = meaning[:max(0, min(len(meaning), maxHeight-rows-failLines-2))]
	lines := append(meaning, "")
	top := max(0, r.at-rows+1)
	for i := top; i < min(len(r.lines), top+rows); i++ {
		mark := "  "
		if i == r.at && len(r.lines) > rows {
			mark = s.Marker.Render("▸ ")
		}
		lines = append(lines, mark+r.lines[i].draw(r.page, width-2))
	}
	lines = append(append(lines, ""), r.note(width, len(r.lines)-rows)...)
	return strings.Join(lines, "\n")
}

// note always has the same height, so that the box keeps its own.
func (r *review) note(width, hidden int) []string {
	s := r.page.ctx.Styles
	style, text := s.Muted, ""
	switch {
	case r.busy:
		style, text = s.Waiting, "… sending"
	case r.failed != "":
		style, text = s.Danger, "✗ "+joined(r.failed, r.next)
	case hidden > 0:
		text = widget.Plural(hidden, "line") + " more: ↑↓ scroll"
	}
	lines := append(widget.Wrap(text, width), make([]string, failLines)...)[:failLines]
	for i := range lines {
		lines[i] = style.Render(widget.Fit(lines[i], width))
	}
	return lines
}

// meaning says in words what the patch does.
func (r *review) meaning() []string {
	c, patch := r.change, r.change.patch()
	out := []string{capital(countWords(twinpatch.Count(c.was, patch))) + "."}
	out = append(out, c.notes...)
	if patch.At("properties", "desired") != nil {
		text := "The device is told of what is desired at once: it is connected."
		if c.base.ConnectionState != hub.Connected {
			text = "The device is not connected: it reads what is desired when it comes."
		}
		out = append(out, text)
	}
	if patch.Get("tags") != nil {
		out = append(out, "Tags stay at the hub: the device does not see them.")
	}
	return append(out, "It is written only if the twin is still version "+version(c.base)+".")
}

func version(t hub.Twin) string { return widget.Count(t.Version) }

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
