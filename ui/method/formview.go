package method

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The lines of the form: the name, what the payload is, the payload, the times, and a note.
const (
	labelWidth = 11
	timeWidth  = 5
	formFrame  = 4 // all lines but those of the payload
)

// fit gives the width, and how many lines of the payload are drawn.
func (f *form) fit(width, text int) {
	f.width, f.text = width, max(1, text)
	f.payload.SetSize(max(1, width-1), f.text)
}

// lines is how many lines the payload has.
func (f *form) lines() int { return strings.Count(f.payload.Text(), "\n") + 1 }

// view draws the form; typing is whether keys go to it.
func (f *form) view(typing bool) []string {
	s := f.ctx.Styles
	lines := []string{f.label("Method", typing && f.at == namePart) + f.viewName(typing)}
	lines = append(lines, f.label("Payload", typing && f.at == payloadPart)+f.aboutPayload())
	text := f.payload.View(s)
	for len(text) < f.text {
		text = append(text, "")
	}
	for _, l := range text {
		lines = append(lines, " "+l)
	}
	lines = append(lines, f.viewTimes(typing), f.note(typing))
	for i := range lines {
		lines[i] = widget.Fit(lines[i], f.width)
	}
	return lines
}

func (f *form) label(text string, here bool) string {
	s, mark := f.ctx.Styles, " "
	if here {
		mark = "▸"
	}
	return s.Marker.Render(mark) + s.Muted.Render(widget.Fit(text, labelWidth))
}

func (f *form) viewName(typing bool) string {
	s, room := f.ctx.Styles, max(4, f.width-labelWidth-2)
	if !typing || f.at != namePart {
		if f.name.Value() == "" {
			return f.name.View(s, room)
		}
		return s.Strong.Render(safe.Line(f.name.Value(), room))
	}
	rest := f.hint.rest(f.name.Value())
	if rest == "" || !f.name.AtEnd() {
		return f.name.View(s, room)
	}
	typed := safe.Line(f.name.Value(), room)
	return s.FieldFocus.Render(typed) + s.Muted.Render(safe.Line(rest, max(0, room-len(typed))))
}

func (f *form) aboutPayload() string {
	s, room := f.ctx.Styles, f.width-labelWidth-2
	text := f.payload.Text()
	switch {
	case f.mistake != nil:
		head, _ := f.mistake.Head(room - 2)
		return s.Danger.Render(safe.Line("✗ "+head, room))
	case payloadOf(text) == nil:
		return s.Muted.Render(safe.Line("none: null is sent", room))
	}
	return s.Success.Render("✓ ") + s.Muted.Render(safe.Line("JSON, "+widget.Plural(len(text), "byte"), room-2))
}

func (f *form) viewTimes(typing bool) string {
	s := f.ctx.Styles
	field := func(p part) string {
		if typing && f.at == p {
			return f.times[p].View(s, timeWidth)
		}
		style, text := s.Text, f.times[p].Value()
		if text == "" {
			return f.times[p].View(s, timeWidth)
		}
		return style.Render(widget.Fit(safe.Line(text, timeWidth-1), timeWidth))
	}
	return f.label("Answer in", typing && f.at == responsePart) + field(responsePart) + s.Muted.Render("s  ") +
		f.label("Connect in", typing && f.at == connectPart) + field(connectPart) + s.Muted.Render("s")
}

// note tells what the part under the cursor means, or what is wrong with another.
func (f *form) note(typing bool) string {
	s, room := f.ctx.Styles, max(1, f.width-4)
	if _, at, err := f.call(); err != nil && at >= responsePart {
		return "  " + s.Danger.Render(safe.Line("✗ "+err.Error(), room))
	}
	if f.mistake != nil && (!typing || f.at == payloadPart) {
		if _, rest := f.mistake.Head(f.width - labelWidth - 4); rest != "" {
			return "  " + s.Danger.Render(safe.Line(rest, room))
		}
	}
	if !typing {
		return ""
	}
	text := ""
	switch f.at {
	case namePart:
		return "  " + f.viewFound(room)
	case payloadPart:
		line, column := f.payload.Position()
		text = fmt.Sprintf("%d:%d", line, column)
		if f.mistake != nil && f.mistake.Line > 0 {
			text += "  ctrl+g goes to the mistake"
		}
	case responsePart:
		text = "How long the device may take to answer, 5 to 300 s"
	case connectPart:
		text = "How long to wait for it to connect, 0 to 300 s"
	}
	return "  " + s.Muted.Render(safe.Line(text, room))
}

// viewFound draws the names that are offered, the one that was taken in strong.
func (f *form) viewFound(room int) string {
	s, out := f.ctx.Styles, ""
	if len(f.hint.found) == 0 {
		return s.Muted.Render(safe.Line("The name as the program on the device has it", room))
	}
	for i, name := range f.hint.found {
		style, text := s.Muted, safe.Line(name, 30)
		if i == f.hint.at {
			style = s.Strong
		}
		if i > 0 {
			text = "  " + text
		}
		out += style.Render(text)
	}
	return widget.Fit(s.Key.Render("↓")+" "+out, room)
}

// cursor is where the text cursor stands in the form.
func (f *form) cursor() *tea.Cursor {
	var c *tea.Cursor
	switch f.at {
	case payloadPart:
		c = f.payload.Cursor(f.ctx.Styles)
		c.X, c.Y = c.X+1, c.Y+2
		return c
	case namePart:
		if c = f.name.Cursor(); c != nil {
			c.X += 1 + labelWidth
		}
	default:
		if c = f.times[f.at].Cursor(); c != nil {
			c.X, c.Y = c.X+1+labelWidth, c.Y+2+f.text
			if f.at == connectPart {
				c.X += labelWidth + timeWidth + 4
			}
		}
	}
	return c
}

// click puts the cursor where a cell of the form is.
func (f *form) click(x, y int) {
	switch {
	case y == 0:
		f.focus(namePart)
	case y >= 2 && y < 2+f.text:
		f.focus(payloadPart)
		f.payload.Click(x-1, y-2)
	case y == 1:
		f.focus(payloadPart)
	case y == 2+f.text && x < labelWidth+timeWidth+3:
		f.focus(responsePart)
	case y == 2+f.text:
		f.focus(connectPart)
	}
}
