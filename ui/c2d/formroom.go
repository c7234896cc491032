package c2d

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// fit gives the room; the last line is the note.
func (f *form) fit(width, height int) {
	f.width, f.height = width, height
	f.body.SetSize(max(1, width-indent-1), f.bodyLines())
	f.props.SetSize(max(1, width-indent-1), f.propertyLines())
	f.scroll()
}

func (f *form) bodyLines() int {
	if f.kind == fileBody {
		return 1
	}
	n := strings.Count(f.body.Text(), "\n") + 2
	return max(2, min(n, max(f.height/3, f.height-int(parts)-4)))
}

func (f *form) propertyLines() int {
	return max(1, min(strings.Count(f.props.Text(), "\n")+2, max(2, f.height/4)))
}

// lineOf is where a part begins, in all lines of the form.
func (f *form) lineOf(at part) int {
	switch {
	case at <= bodyPart:
		return int(at)
	case at <= propertiesPart:
		return int(at) - 1 + f.bodyLines()
	}
	return f.length()
}

// length is how many lines the form has without its note.
func (f *form) length() int { return int(parts) - 1 + f.bodyLines() + f.propertyLines() }

// here is the line with the text cursor.
func (f *form) here() int {
	line := f.lineOf(f.at)
	if f.at == propertiesPart {
		line++
	}
	if e := f.editorAt(f.at); e != nil {
		line += e.Cursor(f.ctx.Styles).Y
	}
	return line
}

// scroll keeps the cursor in sight.
func (f *form) scroll() {
	room, at := f.room(), f.here()
	first := min(at, f.lineOf(f.at))
	if f.at == bodyPart {
		first = f.lineOf(kindPart) // its label
	}
	if at-first >= room {
		first = at
	}
	if first < f.top {
		f.top = first
	}
	if at >= f.top+room {
		f.top = at - room + 1
	}
	f.top = max(0, min(f.top, f.length()-room))
}

// room is the lines that the parts have: those over the note.
func (f *form) room() int { return max(1, f.height-max(1, len(f.note(true)))) }

// cursor is where the text cursor stands in the form; nil when it cannot be seen.
func (f *form) cursor() *tea.Cursor {
	var c *tea.Cursor
	switch e, field := f.editorAt(f.at), f.field(f.at); {
	case e != nil:
		c = e.Cursor(f.ctx.Styles)
		c.X += indent
	case field != nil:
		if c = field.Cursor(); c != nil {
			c.X += 1 + labelWidth
		}
	}
	if c == nil {
		return nil
	}
	c.Y = f.here() - f.top
	if c.Y < 0 || c.Y >= f.room() {
		return nil
	}
	return c
}

// click puts the cursor where a cell of the form is.
func (f *form) click(x, y int) {
	line := y + f.top
	if y < 0 || y >= f.room() || line >= f.length() {
		return
	}
	at := kindPart
	for p := range parts {
		if line >= f.lineOf(p) {
			at = p
		}
	}
	f.focus(at)
	if e := f.editorAt(at); e != nil {
		from := f.lineOf(at)
		if at == propertiesPart {
			from++
		}
		e.Click(x-indent, line-from)
	}
}
