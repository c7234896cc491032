package editor

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
	"hubscope/ui/theme"
)

// Painter colours one line of harmless text. It must not change its characters.
type Painter func(line string) string

// SetSize gives the room in cells, line numbers included.
func (e *Editor) SetSize(width, height int) {
	e.width, e.height = max(1, width), max(1, height)
	e.scroll()
}

// gutter is the room for a mark, the number and a space.
func (e *Editor) gutter() int { return len(strconv.Itoa(max(99, len(e.lines)))) + 3 }

func (e *Editor) room() int { return max(1, e.width-e.gutter()) }

// cell is where a character of a line is drawn.
func (e *Editor) cell(row, col int) int {
	return ansi.StringWidth(safe.Text(string(e.lines[row][:col])))
}

// column is the character at a cell, or the end of the line.
func (e *Editor) column(row, cell int) int {
	line := e.lines[row]
	from, to := 0, len(line)
	for from < to {
		mid := (from + to + 1) / 2
		if e.cell(row, mid) > cell {
			to = mid - 1
		} else {
			from = mid
		}
	}
	return from
}

func (e *Editor) vertical(n int) {
	e.row = max(0, min(e.row+n, len(e.lines)-1))
	e.col = e.column(e.row, e.want)
	e.scroll()
}

// moved is called when the cursor went somewhere on its own.
func (e *Editor) moved() {
	e.want = e.cell(e.row, e.col)
	e.scroll()
}

// aside is how many cells are shown on the far side of the cursor of a line that is too long.
const aside = 4

func (e *Editor) scroll() {
	if e.height == 0 {
		return
	}
	e.top = max(e.row-e.height+1, min(e.top, e.row))
	e.top = max(0, min(e.top, len(e.lines)-e.height))
	at, room := e.cell(e.row, e.col), e.room()
	switch {
	case at < room-1:
		e.left = 0
	case at < e.left+aside:
		e.left = max(0, at-room/2)
	case at > e.left+room-1:
		e.left = at - room + 1 + min(aside, room/2)
	}
}

// Wheel moves by n lines.
func (e *Editor) Wheel(n int) { e.vertical(n) }

// Click puts the cursor at a cell of the view.
func (e *Editor) Click(x, y int) {
	row := e.top + y
	if y < 0 || y >= e.height || row >= len(e.lines) {
		return
	}
	left := 0
	if row == e.row {
		left = e.left
	}
	e.typing = false
	e.row = row
	e.col = e.column(row, max(0, x-e.gutter())+left)
	e.moved()
}

// Cursor is where the cursor stands in the view.
func (e *Editor) Cursor(s *theme.Styles) *tea.Cursor {
	c := tea.NewCursor(e.gutter()+e.cell(e.row, e.col)-e.left, e.row-e.top)
	c.Shape, c.Color = tea.CursorBar, s.Accent.GetForeground()
	return c
}

// View gives the lines that can be seen; they may be shorter than the room, and never longer.
func (e *Editor) View(s *theme.Styles) []string {
	out := make([]string, 0, e.height)
	for row := e.top; row < min(len(e.lines), e.top+e.height); row++ {
		out = append(out, e.number(s, row)+e.line(s, row))
	}
	return out
}

func (e *Editor) number(s *theme.Styles, row int) string {
	n := strconv.Itoa(row + 1)
	n = strings.Repeat(" ", max(0, e.gutter()-3-len(n))) + n + " "
	switch {
	case e.mistakes[row]:
		return s.Danger.Render("✗ " + n)
	case row == e.row:
		return "  " + s.Strong.Render(n)
	}
	return "  " + s.Muted.Render(n)
}

func (e *Editor) line(s *theme.Styles, row int) string {
	text := safe.Text(string(e.lines[row]))
	width, room := ansi.StringWidth(text), e.room()
	painted := text
	if e.paint != nil && len(text) < 4096 {
		painted = e.paint(text)
	}
	left := 0
	if row == e.row {
		left = e.left
	}
	if left == 0 && width <= room {
		return painted
	}
	out := ansi.Cut(painted, left, left+room)
	if left > 0 {
		out = s.Muted.Render("‹") + ansi.Cut(painted, left+1, left+room)
	}
	if width > left+room {
		out = ansi.Truncate(out, room-1, "") + s.Muted.Render("›")
	}
	return out
}
