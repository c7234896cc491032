package query

import (
	"encoding/json"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"hubscope/ui/keys"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// TableOptions are what a table works with. All functions return at once.
type TableOptions struct {
	Styles *theme.Styles
	Keys   *keys.Map
	Query  string
	// More reads the next page, Again the whole answer anew.
	More, Again func() tea.Cmd
	// Copy copies a text, Export asks where all rows shall go.
	Copy   func(text string) tea.Cmd
	Export func() tea.Cmd
	// Left is told when the user closes the table.
	Left func()
}

// Table is a dialog with an answer that is not devices: a row of JSON on each line.
type Table struct {
	o      TableOptions
	rows   *rows
	table  *widget.Table
	more   bool // the service has more
	busy   bool
	failed string
	next   string

	opened *paint.Text // the row under the cursor
	width  int         // that it was broken for
	top    int
	height int
}

// NewTable returns a table with the first page of an answer.
func NewTable(o TableOptions, items []json.RawMessage, more bool) *Table {
	t := &Table{o: o}
	t.Replace(items, more)
	return t
}

// Replace starts over with the first page of an answer.
func (t *Table) Replace(items []json.RawMessage, more bool) {
	t.rows = &rows{styles: t.o.Styles}
	t.table = nil
	t.opened = nil
	t.Add(items, more)
}

// Add puts a page behind the others.
func (t *Table) Add(items []json.RawMessage, more bool) {
	t.busy, t.failed, t.next = false, "", ""
	t.rows.add(items)
	t.more = more
	t.arrange()
}

// Fail says why a page was not read; the rows stay.
func (t *Table) Fail(sentence, next string) { t.busy, t.failed, t.next = false, sentence, next }

// Items are the rows that are here, and whether the service has more.
func (t *Table) Items() (items []json.RawMessage, more bool) {
	return slices.Clone(t.rows.items), t.more
}

// arrange makes the columns anew and keeps the cursor.
func (t *Table) arrange() {
	at := ""
	if t.table != nil {
		at = t.table.Key()
	}
	t.table = widget.NewTable(t.rows, t.rows.columns()...)
	t.table.SetSize(t.width, t.height)
	if at != "" {
		t.table.Select(at)
	}
	t.table.Sync()
}

// Title implements page.Dialog.
func (t *Table) Title() string { return safe.Line(t.o.Query, 56) }

// Cursor implements page.Dialog.
func (t *Table) Cursor() *tea.Cursor { return nil }

// ShortHelp implements page.Dialog.
func (t *Table) ShortHelp() []key.Binding {
	k := *t.o.Keys
	some := t.rows.Len() > 0
	k.Open.SetHelp("enter", "whole row")
	k.Open.SetEnabled(some && t.opened == nil)
	k.Copy.SetHelp("y", "copy the row")
	k.Copy.SetEnabled(some)
	k.Export.SetHelp("x", "export")
	k.Export.SetEnabled(some)
	k.Left.SetHelp("←→", "columns")
	k.Left.SetEnabled(len(t.rows.members) > 1 && t.opened == nil)
	return []key.Binding{k.Open, k.Copy, k.Export, k.Reload, k.Left, k.Cancel}
}

// Update implements page.Dialog.
func (t *Table) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k := t.o.Keys
	switch {
	case key.Matches(press, k.Cancel, k.Quit):
		if t.opened != nil {
			t.opened = nil
			return nil, false
		}
		t.o.Left()
		return nil, true
	case key.Matches(press, k.Reload):
		return t.again(), false
	case t.rows.Len() == 0:
	case key.Matches(press, k.Copy):
		return t.o.Copy(string(t.rows.items[t.table.Cursor()])), false
	case key.Matches(press, k.Export):
		return t.o.Export(), false
	case t.opened != nil:
		t.scroll(press)
	case key.Matches(press, k.Open):
		t.open()
	case key.Matches(press, k.Left):
		t.shift(-1)
	case key.Matches(press, k.Right):
		t.shift(1)
	case t.table.Update(press, k):
		return t.ahead(), false
	}
	return nil, false
}

func (t *Table) again() tea.Cmd {
	if t.busy {
		return nil
	}
	t.busy = true
	return t.o.Again()
}

// ahead reads on when the end of the rows comes near.
func (t *Table) ahead() tea.Cmd {
	_, to := t.table.Visible()
	if !t.more || t.busy || t.rows.full() || t.rows.Len()-to > t.table.Rows() {
		return nil
	}
	t.busy = true
	return t.o.More()
}

// shift moves the columns.
func (t *Table) shift(n int) {
	t.rows.from = max(0, min(t.rows.from+n, len(t.rows.members)-1))
	t.arrange()
}

func (t *Table) open() {
	t.opened, t.top = paint.NewJSON(t.rows.items[t.table.Cursor()], max(1, t.width)), 0
}

func (t *Table) scroll(press tea.KeyPressMsg) {
	n, _ := t.o.Keys.Step(press, t.height)
	t.top = max(0, min(t.top+n, t.opened.Len()-t.height))
}

// head is how many rows there are, and what is under way or wrong.
func (t *Table) head(width int) string {
	s := t.o.Styles
	text := widget.Plural(t.rows.Len(), "row")
	switch {
	case t.rows.Len() == 0:
		text = "no rows"
	case t.rows.full():
		text += ", no more are kept"
	case t.more:
		text += " read, G reads on"
	}
	left := s.Muted.Render(text)
	switch {
	case t.failed != "":
		left += s.Danger.Render("   ✗ " + safe.Inline(t.failed))
		if t.next != "" {
			left += s.Text.Render("; " + safe.Inline(t.next))
		}
	case t.busy:
		left += s.Muted.Render("   reading…")
	case t.rows.from > 0:
		left += s.Muted.Render("   " + widget.Plural(t.rows.from, "column") + " to the left")
	}
	return widget.Fit(left, width)
}

// View implements page.Dialog.
func (t *Table) View(maxWidth, maxHeight int) string {
	width := max(1, maxWidth)
	height := max(2, min(maxHeight-2, max(6, t.rows.Len()+1)))
	if t.opened != nil || t.more {
		height = max(2, maxHeight-2)
	}
	if width != t.width || height != t.height {
		wider := width != t.width
		t.width, t.height = width, height
		t.table.SetSize(width, height)
		if t.opened != nil && wider {
			t.open()
		}
	}
	lines := []string{t.head(width), ""}
	switch {
	case t.opened != nil:
		lines = append(lines, t.openedLines()...)
	case t.rows.Len() > 0:
		lines = append(lines, strings.Split(t.table.View(t.o.Styles, true), "\n")...)
	}
	return widget.Box(lines, width, height+2)
}

func (t *Table) openedLines() []string {
	pens := paint.NewSpanPens(t.o.Styles, lipgloss.NewStyle())
	var lines []string
	for i := t.top; i < min(t.top+t.height, t.opened.Len()); i++ {
		lines = append(lines, t.opened.Line(i, &pens))
	}
	return lines
}
