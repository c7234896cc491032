package editor

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
)

var (
	hands = textarea.DefaultKeyMap()

	// Undo and Redo are what the text area of bubbles lacks.
	Undo = key.NewBinding(key.WithKeys("ctrl+z"), key.WithHelp("ctrl+z", "undo"))
	Redo = key.NewBinding(key.WithKeys("ctrl+y"), key.WithHelp("ctrl+y", "redo"))
)

const indent = "  "

// Update types and moves. It says whether the text was changed.
func (e *Editor) Update(msg tea.Msg) (changed bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return e.typed(msg.Content, false)
	case tea.KeyPressMsg:
		return e.change(msg) || e.move(msg)
	}
	return false
}

// typed inserts what fits.
func (e *Editor) typed(text string, run bool) bool {
	if text == "" || e.size()+len(text) > MaxBytes {
		return false
	}
	e.remember(run)
	e.insert(text)
	return true
}

func (e *Editor) change(msg tea.KeyPressMsg) bool {
	switch {
	case msg.Text != "":
		return e.typed(msg.Text, true)
	case key.Matches(msg, hands.InsertNewline):
		return e.typed("\n"+e.leading(), false)
	case msg.Code == tea.KeyTab && msg.Mod == 0:
		return e.typed(indent, false)
	case key.Matches(msg, Undo):
		e.swap(&e.undo, &e.redo)
		return true
	case key.Matches(msg, Redo):
		e.swap(&e.redo, &e.undo)
		return true
	}
	row, col := e.row, e.col
	switch {
	case key.Matches(msg, hands.DeleteCharacterBackward):
		row, col = e.before(row, col)
	case key.Matches(msg, hands.DeleteCharacterForward):
		row, col = e.after(row, col)
	case key.Matches(msg, hands.DeleteWordBackward):
		row, col = e.wordBefore(row, col)
	case key.Matches(msg, hands.DeleteWordForward):
		row, col = e.wordAfter(row, col)
	case key.Matches(msg, hands.DeleteBeforeCursor):
		col = 0
	case key.Matches(msg, hands.DeleteAfterCursor):
		if col = len(e.lines[row]); col == e.col {
			row, col = e.after(row, col)
		}
	}
	if row == e.row && col == e.col {
		return false
	}
	e.remember(false)
	if row < e.row || row == e.row && col < e.col {
		e.remove(row, col, e.row, e.col)
		return true
	}
	e.remove(e.row, e.col, row, col)
	return true
}

// leading is the white space that the line of the cursor begins with, as far as the cursor.
func (e *Editor) leading() string {
	before := string(e.lines[e.row][:e.col])
	return before[:len(before)-len(strings.TrimLeft(before, " \t"))]
}

// move moves the cursor; nothing is changed by it.
func (e *Editor) move(msg tea.KeyPressMsg) bool {
	e.typing = false
	switch {
	case key.Matches(msg, hands.LineNext):
		e.vertical(1)
		return false
	case key.Matches(msg, hands.LinePrevious):
		e.vertical(-1)
		return false
	case key.Matches(msg, hands.PageDown):
		e.vertical(max(1, e.height-1))
		return false
	case key.Matches(msg, hands.PageUp):
		e.vertical(-max(1, e.height-1))
		return false
	case key.Matches(msg, hands.CharacterForward):
		e.row, e.col = e.after(e.row, e.col)
	case key.Matches(msg, hands.CharacterBackward):
		e.row, e.col = e.before(e.row, e.col)
	case key.Matches(msg, hands.WordForward):
		e.row, e.col = e.wordAfter(e.row, e.col)
	case key.Matches(msg, hands.WordBackward):
		e.row, e.col = e.wordBefore(e.row, e.col)
	case key.Matches(msg, hands.LineStart):
		e.col = e.home()
	case key.Matches(msg, hands.LineEnd):
		e.col = len(e.lines[e.row])
	case key.Matches(msg, hands.InputBegin):
		e.row, e.col = 0, 0
	case key.Matches(msg, hands.InputEnd):
		e.row = len(e.lines) - 1
		e.col = len(e.lines[e.row])
	default:
		return false
	}
	e.moved()
	return false
}

// home is where the line's text begins, or its edge when the cursor is there already.
func (e *Editor) home() int {
	line := e.lines[e.row]
	for i, r := range line {
		if !unicode.IsSpace(r) && i != e.col {
			return i
		}
		if !unicode.IsSpace(r) {
			break
		}
	}
	return 0
}

func (e *Editor) before(row, col int) (int, int) {
	switch {
	case col > 0:
		return row, col - 1
	case row > 0:
		return row - 1, len(e.lines[row-1])
	}
	return row, col
}

func (e *Editor) after(row, col int) (int, int) {
	switch {
	case col < len(e.lines[row]):
		return row, col + 1
	case row < len(e.lines)-1:
		return row + 1, 0
	}
	return row, col
}

func (e *Editor) wordBefore(row, col int) (int, int) {
	if col == 0 {
		return e.before(row, col)
	}
	line := e.lines[row]
	for col > 0 && !isWord(line[col-1]) {
		col--
	}
	for col > 0 && isWord(line[col-1]) {
		col--
	}
	return row, col
}

func (e *Editor) wordAfter(row, col int) (int, int) {
	line := e.lines[row]
	if col == len(line) {
		return e.after(row, col)
	}
	for col < len(line) && !isWord(line[col]) {
		col++
	}
	for col < len(line) && isWord(line[col]) {
		col++
	}
	return row, col
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
