package query

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// Deed is what a key in the bar asks its owner to do.
type Deed uint8

// The deeds.
const (
	Nothing Deed = iota
	// Ask runs Statement.
	Ask
	// Leave closes the bar.
	Leave
	// Keep keeps the text under a name.
	Keep
	// Choose shows the favourites.
	Choose
)

// Bar is a line to type a query into. What was typed stays until it is asked with success, also when the bar is closed.
type Bar struct {
	styles *theme.Styles
	keys   barKeys
	input  *widget.Filter

	seen    Seen
	history []string
	at      int    // in history; its length: the text that is being written
	draft   string // that text, while another is shown

	statement Statement
	problem   *Problem
	insisted  string // a wrong text that enter was pressed on
	busy      bool
	refusal   *refusal

	completion Completion
	chosen     int    // of the offers; -1: none
	base       string // the text before one was taken

	width  int // of the line
	scroll int // characters of the text that are left of the line
}

// refusal is what the service said about a text.
type refusal struct {
	sentence, next string
	at             int // byte of the text; less than 0: no place
}

type barKeys struct {
	ask, leave, complete, before, older, newer, keep, choose key.Binding
}

func newBarKeys() barKeys {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	return barKeys{
		ask: bind("enter", "ask", "enter"), leave: bind("esc", "close", "esc"),
		complete: bind("tab", "complete", "tab"), before: bind("shift+tab", "the offer before", "shift+tab"),
		older: bind("↑↓", "history", "up"), newer: bind("down", "", "down"),
		keep: bind("ctrl+s", "keep", "ctrl+s"), choose: bind("ctrl+o", "favourites", "ctrl+o"),
	}
}

// NewBar returns an empty bar.
func NewBar(s *theme.Styles, _ *keys.Map) *Bar {
	b := &Bar{styles: s, keys: newBarKeys(), input: widget.NewFilter("", ""), chosen: -1}
	b.changed()
	return b
}

// Open lets the bar be typed into; text, unless it is "", takes the place of what is there.
func (b *Bar) Open(text string) {
	if text != "" {
		b.Set(text)
	}
	b.input.Focus()
	b.changed()
	b.reveal()
}

// Close ends typing and keeps the text.
func (b *Bar) Close() { b.input.Blur() }

// Opened tells whether the bar is being typed into.
func (b *Bar) Opened() bool { return b.input.Focused() }

// Value is the text.
func (b *Bar) Value() string { return b.input.Value() }

// Set replaces the text.
func (b *Bar) Set(text string) {
	b.input.Set(text)
	b.at = len(b.history)
	b.changed()
}

// Statement is what enter asks.
func (b *Bar) Statement() Statement { return b.statement }

// Learn takes over what twins that were read hold.
func (b *Bar) Learn(s *Seen) {
	b.seen.Merge(s)
	if b.chosen < 0 {
		b.complete()
	}
}

// Seen is how many fields are known.
func (b *Bar) Seen() int { return b.seen.Len() }

// Remember gives the history, the last query last.
func (b *Bar) Remember(history []string) {
	fresh := b.at == len(b.history)
	b.history = slices.Clone(history)
	if fresh || b.at > len(b.history) {
		b.at = len(b.history)
	}
}

// Busy says that a query is being asked; Fail and Done end that.
func (b *Bar) Busy() { b.busy, b.refusal = true, nil }

// Done says that the query was answered.
func (b *Bar) Done() { b.busy, b.refusal = false, nil }

// Fail shows why a query was not answered, in the place that the message of the service names.
func (b *Bar) Fail(s Statement, message, sentence, next string) {
	b.busy = false
	b.refusal = &refusal{sentence: sentence, next: next, at: -1}
	if at, ok := Locate(b.Value(), s, message); ok {
		b.refusal.at = at
		b.refusal.sentence = "column " + strconv.Itoa((&Problem{At: at}).Column(b.Value())) + ": " + sentence
	}
}

// Asking tells whether a query is being asked.
func (b *Bar) Asking() bool { return b.busy }

// ShortHelp lists what works in the bar.
func (b *Bar) ShortHelp() []key.Binding {
	k := b.keys
	k.complete.SetEnabled(len(b.completion.Offers) > 0)
	k.older.SetEnabled(len(b.history) > 0)
	k.keep.SetEnabled(strings.TrimSpace(b.Value()) != "")
	return []key.Binding{k.ask, k.leave, k.complete, k.older, k.keep, k.choose}
}

// Update types, completes, or says what is to be done.
func (b *Bar) Update(msg tea.Msg) (Deed, tea.Cmd) {
	defer b.reveal()
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return Nothing, b.edit(msg)
	}
	k := b.keys
	switch {
	case key.Matches(press, k.leave):
		return Leave, nil
	case key.Matches(press, k.ask):
		return b.enter(), nil
	case key.Matches(press, k.complete):
		b.take(1)
	case key.Matches(press, k.before):
		b.take(-1)
	case key.Matches(press, k.older):
		b.recall(-1)
	case key.Matches(press, k.newer):
		b.recall(1)
	case key.Matches(press, k.keep):
		if strings.TrimSpace(b.Value()) != "" {
			return Keep, nil
		}
	case key.Matches(press, k.choose):
		return Choose, nil
	default:
		return Nothing, b.edit(msg)
	}
	return Nothing, nil
}

func (b *Bar) edit(msg tea.Msg) tea.Cmd {
	before, at := b.Value(), b.input.At()
	cmd := b.input.Update(msg)
	switch {
	case b.Value() != before:
		b.at = len(b.history)
		b.changed()
	case b.input.At() != at:
		b.complete()
	}
	return cmd
}

// enter asks. A text that no service is known to understand is asked when it is insisted on: the service may know better.
func (b *Bar) enter() Deed {
	text := b.Value()
	if b.busy || strings.TrimSpace(text) == "" {
		return Nothing
	}
	if b.problem == nil || b.problem.Grade == Doubt {
		return Ask
	}
	if b.insisted != text {
		b.insisted = text
		return Nothing
	}
	b.statement = AsIs(text)
	return Ask
}

// recall shows an older or a newer query; behind the newest is the text that was being written.
func (b *Bar) recall(n int) {
	to := b.at + n
	if to < 0 || to > len(b.history) {
		return
	}
	if b.at == len(b.history) {
		b.draft = b.Value()
	}
	b.at = to
	text := b.draft
	if to < len(b.history) {
		text = b.history[to]
	}
	b.input.Set(text)
	b.changed()
}

// changed follows up another text.
func (b *Bar) changed() {
	b.refusal, b.insisted = nil, ""
	b.statement, b.problem = Parse(b.Value())
	b.complete()
}

func (b *Bar) complete() {
	b.base, b.chosen = b.Value(), -1
	b.completion = Complete(b.base, b.cursorByte(), &b.seen)
}

// cursorByte is where the cursor is.
func (b *Bar) cursorByte() int {
	text := b.Value()
	at := 0
	for range b.input.At() {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// take puts the next or the last offer in the place of what was typed.
func (b *Bar) take(n int) {
	offers := b.completion.Offers
	if len(offers) == 0 {
		return
	}
	if b.chosen < 0 && n < 0 {
		b.chosen = 0
	}
	b.chosen = (b.chosen + n + len(offers)) % len(offers)
	o, c := offers[b.chosen], b.completion
	rest := b.base[c.To:]
	if strings.HasPrefix(rest, " ") {
		o.Take = strings.TrimSuffix(o.Take, " ")
	}
	head := b.base[:c.From] + o.Take
	chosen, base, completion := b.chosen, b.base, b.completion
	b.input.Set(head + rest)
	b.input.Go(utf8.RuneCountInString(head))
	b.at = len(b.history)
	b.changed()
	if len(offers) > 1 { // tab goes on to the next one
		b.chosen, b.base, b.completion = chosen, base, completion
	}
}
