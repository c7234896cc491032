package widget

import (
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"hubscope/ui/keys"
)

// Column is one column of a table. Widths do not depend on the content, so that
// columns stay where they are while rows come and go.
type Column struct {
	Title string
	// Width in cells. A column with Grow is at least that wide and gets the room
	// that is left, up to Max when Max is not 0.
	Width, Max int
	Grow       bool
	Right      bool // numbers
	// Rank says which columns go first when there is no room: the highest. A
	// column of rank 0 always stays.
	Rank int
}

// Cell is what one column shows of one row. Text is drawn as it is: outside text
// must have been made harmless before.
type Cell struct {
	Text  string
	Style lipgloss.Style
	// Found are the bytes of Text, in order, that a search has found; they are of ASCII.
	Found []int
}

// Source is what a table shows. Only rows that can be seen are asked for, so it
// may be as long as it likes.
type Source interface {
	Len() int
	// Key names a row for as long as it exists, wherever it is.
	Key(row int) string
	// Find is the reverse of Key; -1 when there is no such row.
	Find(key string) int
	Cells(row int) []Cell
}

// Marker is a Source that has marked rows.
type Marker interface{ Marked(row int) bool }

// Table is a list with a cursor that follows its row's key.
type Table struct {
	columns []Column
	source  Source

	width, height int
	widths        []int // 0: hidden
	cursor, top   int
	key           string // of the row under the cursor

	// Sorted is the column that carries the arrow, or -1.
	Sorted     int
	Descending bool
}

// NewTable returns a table with the cursor on the first row.
func NewTable(source Source, columns ...Column) *Table {
	return &Table{columns: columns, source: source, Sorted: -1}
}

// SetColumns replaces the columns; the source must give cells for these from now on.
func (t *Table) SetColumns(columns ...Column) {
	t.columns = columns
	t.SetSize(t.width, t.height)
}

// SetSize gives the room, with one line for the heads.
func (t *Table) SetSize(width, height int) {
	t.width, t.height = max(0, width), max(0, height)
	t.widths = layoutColumns(t.columns, t.width-gutter-margin)
	t.scroll()
}

// Sync must be called when the rows have changed: the cursor goes where its row
// went, or stays at its place when the row is gone.
func (t *Table) Sync() {
	if i := t.source.Find(t.key); t.key != "" && i >= 0 {
		// Keep the row at the same height on the screen.
		t.top += i - t.cursor
		t.cursor = i
	}
	t.Move(0)
}

// Key is that of the row under the cursor, or "" when there is none.
func (t *Table) Key() string { return t.key }

// Cursor is the number of the row under the cursor.
func (t *Table) Cursor() int { return t.cursor }

// Select moves the cursor to a row and says whether it is there.
func (t *Table) Select(key string) bool {
	i := t.source.Find(key)
	if i < 0 {
		return false
	}
	t.cursor = i
	t.Move(0)
	return true
}

// Move moves the cursor by n rows.
func (t *Table) Move(n int) {
	last := t.source.Len() - 1
	t.cursor = max(0, min(t.cursor+n, last))
	t.key = ""
	if last >= 0 {
		t.key = t.source.Key(t.cursor)
	}
	t.scroll()
}

// Rows is how many rows can be seen at once.
func (t *Table) Rows() int { return max(0, t.height-1) }

// Visible is the first row on screen and the one after the last.
func (t *Table) Visible() (from, to int) {
	return t.top, min(t.top+t.Rows(), t.source.Len())
}

func (t *Table) scroll() {
	rows := max(1, t.Rows())
	if t.cursor < t.top {
		t.top = t.cursor
	}
	if t.cursor >= t.top+rows {
		t.top = t.cursor - rows + 1
	}
	t.top = max(0, min(t.top, t.source.Len()-rows))
}

// Update moves the cursor for a key, and says whether it was one of its own.
func (t *Table) Update(msg tea.KeyPressMsg, k *keys.Map) bool {
	n, ok := k.Step(msg, t.Rows())
	if ok {
		t.Move(n)
	}
	return ok
}

// Wheel scrolls by n rows and keeps the cursor in sight.
func (t *Table) Wheel(n int) {
	rows := max(1, t.Rows())
	t.top = max(0, min(t.top+n, t.source.Len()-rows))
	at := max(t.top, min(t.cursor, t.top+rows-1))
	t.Move(at - t.cursor)
}

// Click puts the cursor on the row drawn at line y of the table, and says
// whether there is one.
func (t *Table) Click(y int) bool {
	row := t.top + y - 1
	if y < 1 || y > t.Rows() || row >= t.source.Len() {
		return false
	}
	t.Move(row - t.cursor)
	return true
}

// ColumnAt is the column whose head is at x, or -1.
func (t *Table) ColumnAt(x int) int {
	at := gutter
	for i, w := range t.widths {
		if w == 0 {
			continue
		}
		if x >= at && x < at+w {
			return i
		}
		at += w + gap
	}
	return -1
}
