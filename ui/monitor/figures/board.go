package figures

import (
	"slices"

	"charm.land/lipgloss/v2"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// column is one column of a board.
type column[R any] struct {
	widget.Column
	text    func(*R) string // harmless
	style   func(*R) lipgloss.Style
	compare func(a, b *R) int // nil: it cannot be sorted by
	down    bool              // the greatest first at first
}

// board is a table of figures. Its rows are made anew once a second, so that they can be read; only those that can be
// seen are made text.
type board[R any] struct {
	columns []column[R]
	rows    []R
	key     func(*R) string
	table   *widget.Table
	plain   *lipgloss.Style
}

func newBoard[R any](s *theme.Styles, key func(*R) string, sorted int, columns ...column[R]) *board[R] {
	b := &board[R]{columns: columns, key: key, plain: &s.Text}
	heads := make([]widget.Column, len(columns))
	for i, c := range columns {
		heads[i] = c.Column
	}
	b.table = widget.NewTable(b, heads...)
	b.table.Sorted, b.table.Descending = sorted, columns[sorted].down
	return b
}

// show takes new rows.
func (b *board[R]) show(rows []R) {
	b.rows = rows
	b.sort()
}

func (b *board[R]) sort() {
	compare := b.columns[b.table.Sorted].compare
	first := b.columns[0].compare
	slices.SortStableFunc(b.rows, func(x, y R) int {
		n := compare(&x, &y)
		if b.table.Descending {
			n = -n
		}
		if n == 0 && first != nil {
			n = first(&x, &y)
		}
		return n
	})
	b.table.Sync()
}

// sortNext sorts by the next column that is seen, sortBy by one.
func (b *board[R]) sortNext() {
	for i := 1; i <= len(b.columns); i++ {
		at := (b.table.Sorted + i) % len(b.columns)
		if b.columns[at].compare != nil {
			b.sortBy(at)
			return
		}
	}
}

func (b *board[R]) sortBy(at int) {
	if at < 0 || b.columns[at].compare == nil {
		return
	}
	if at == b.table.Sorted {
		b.reverse()
		return
	}
	b.table.Sorted, b.table.Descending = at, b.columns[at].down
	b.sort()
}

func (b *board[R]) reverse() {
	b.table.Descending = !b.table.Descending
	b.sort()
}

// current is the row under the cursor; nil when there is none.
func (b *board[R]) current() *R {
	if at := b.table.Cursor(); at >= 0 && at < len(b.rows) {
		return &b.rows[at]
	}
	return nil
}

func (b *board[R]) len() int { return len(b.rows) }

func (b *board[R]) setSize(width, height int) { b.table.SetSize(width, height) }

func (b *board[R]) update(msg tea.KeyPressMsg, k *keys.Map) bool { return b.table.Update(msg, k) }

func (b *board[R]) wheel(n int) { b.table.Wheel(n) }

func (b *board[R]) click(x, y int) {
	if y == 0 {
		b.sortBy(b.table.ColumnAt(x))
		return
	}
	b.table.Click(y)
}

func (b *board[R]) view(s *theme.Styles, focused bool) string { return b.table.View(s, focused) }

// sheet is a board of any kind.
type sheet interface {
	len() int
	setSize(width, height int)
	update(msg tea.KeyPressMsg, k *keys.Map) bool
	wheel(n int)
	click(x, y int)
	sortNext()
	reverse()
	view(s *theme.Styles, focused bool) string
}

// Len implements widget.Source, as do the next three.
func (b *board[R]) Len() int { return len(b.rows) }

// Key is what the row is called.
func (b *board[R]) Key(row int) string { return b.key(&b.rows[row]) }

// Find is the reverse of Key.
func (b *board[R]) Find(key string) int {
	return slices.IndexFunc(b.rows, func(r R) bool { return b.key(&r) == key })
}

// Cells draws a row.
func (b *board[R]) Cells(row int) []widget.Cell {
	cells := make([]widget.Cell, len(b.columns))
	for i, c := range b.columns {
		style := *b.plain
		if c.style != nil {
			style = c.style(&b.rows[row])
		}
		cells[i] = widget.Cell{Text: c.text(&b.rows[row]), Style: style}
	}
	return cells
}
