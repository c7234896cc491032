package editor

import (
	"slices"
	"strings"
)

// MaxBytes is the greatest text that may be edited here: each key looks at it.
const MaxBytes = 128 << 10

// Editor is a text with a cursor. It belongs to the event loop.
type Editor struct {
	lines [][]rune // a line is never changed in place: older versions of the text share it
	ends  string   // of lines: "\n", or "\r\n" when all have it

	row, col int
	want     int // the cell that the cursor keeps to when it goes up and down
	top      int
	left     int

	width, height int
	paint         Painter
	mistakes      map[int]bool // by row

	undo, redo []version
	typing     bool // the next character belongs to the last change
}

// version is the text as it was.
type version struct {
	lines    [][]rune
	row, col int
}

// New gives an editor of a text, with the cursor at its beginning.
func New(text string, paint Painter) *Editor {
	e := &Editor{paint: paint, ends: "\n"}
	if n := strings.Count(text, "\n"); n > 0 && n == strings.Count(text, "\r\n") {
		e.ends = "\r\n"
	}
	e.lines = split(text, e.ends)
	return e
}

func split(text, ends string) [][]rune {
	parts := strings.Split(text, ends)
	lines := make([][]rune, len(parts))
	for i, p := range parts {
		lines[i] = []rune(p)
	}
	return lines
}

// Text is what it holds.
func (e *Editor) Text() string {
	var b strings.Builder
	for i, l := range e.lines {
		if i > 0 {
			b.WriteString(e.ends)
		}
		b.WriteString(string(l))
	}
	return b.String()
}

// Replace makes it another text, with the cursor at its beginning. The one before can be taken back.
func (e *Editor) Replace(text string) {
	e.remember(false)
	e.lines = split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	e.row, e.col = 0, 0
	e.moved()
}

// Position is where the cursor is, line and column counted from 1, the column in characters.
func (e *Editor) Position() (line, column int) { return e.row + 1, e.col + 1 }

// Go puts the cursor at a place and shows some lines around it.
func (e *Editor) Go(line, column int) {
	e.row = max(0, min(line-1, len(e.lines)-1))
	e.col = max(0, min(column-1, len(e.lines[e.row])))
	e.moved()
	if e.row < e.top+2 || e.row > e.top+e.height-3 {
		e.top = max(0, e.row-e.height/2)
	}
}

// Mark says on which lines, counted from 1, there are mistakes.
func (e *Editor) Mark(lines ...int) {
	e.mistakes = map[int]bool{}
	for _, l := range lines {
		e.mistakes[l-1] = true
	}
}

// Bounds of what can be taken back.
const (
	maxVersions = 500
	maxKept     = 200_000 // lines in all versions together
)

// remember keeps the text as it is before a change. A run of characters is taken back together.
func (e *Editor) remember(typing bool) {
	if typing && e.typing {
		return
	}
	e.typing = typing
	e.redo = nil
	e.undo = append(e.undo, e.version())
	most := max(1, min(maxVersions, maxKept/len(e.lines)))
	if over := len(e.undo) - most; over > 0 {
		e.undo = slices.Delete(e.undo, 0, over)
	}
}

func (e *Editor) version() version { return version{slices.Clone(e.lines), e.row, e.col} }

// swap goes to the last version of one list and keeps the present one in the other.
func (e *Editor) swap(from, to *[]version) {
	n := len(*from)
	if n == 0 {
		return
	}
	v := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, e.version())
	e.lines, e.row, e.col = v.lines, v.row, v.col
	e.typing = false
	e.moved()
}

// insert puts text at the cursor.
func (e *Editor) insert(text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	line := e.lines[e.row]
	parts := split(text, "\n")
	last := len(parts) - 1
	end := len(parts[last])
	if last == 0 {
		end += e.col
	}
	tail := line[e.col:]
	parts[0] = slices.Concat(line[:e.col], parts[0])
	parts[last] = slices.Concat(parts[last], tail)
	e.lines = slices.Replace(e.lines, e.row, e.row+1, parts...)
	e.row, e.col = e.row+last, end
	e.moved()
}

// remove takes away what is between two places, the first before the second, and puts the cursor there.
func (e *Editor) remove(row, col, toRow, toCol int) {
	joined := slices.Concat(e.lines[row][:col], e.lines[toRow][toCol:])
	e.lines = slices.Replace(e.lines, row, toRow+1, joined)
	e.row, e.col = row, col
	e.moved()
}

func (e *Editor) size() int {
	n := 0
	for _, l := range e.lines {
		n += len(l) + 1
	}
	return n
}
