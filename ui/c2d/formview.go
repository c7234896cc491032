package c2d

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// labelWidth is how wide the labels of the form are; indent is what stands before a text of many lines.
const (
	labelWidth = 15
	indent     = 1
)

// labels are those of the parts that have a line of their own.
var labels = [parts]string{
	kindPart: "Body", idPart: "Message id", correlationPart: "Correlation id", userPart: "User id", ackPart: "Feedback",
	expiryPart: "Expires", contentPart: "Content type", encodingPart: "Encoding", propertiesPart: "Properties",
}

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
	room := max(1, f.height-1)
	at := f.here()
	first := min(at, f.lineOf(f.at))
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

// view draws the form; typing is whether keys go to it.
func (f *form) view(typing bool) []string {
	var lines []string
	for at := range parts {
		switch at {
		case bodyPart:
			lines = append(lines, f.viewBody(typing)...)
		case propertiesPart:
			lines = append(lines, f.label(at, typing)+f.aboutProperties())
			lines = append(lines, f.viewEditor(f.props.View(f.ctx.Styles), f.propertyLines())...)
		default:
			lines = append(lines, f.label(at, typing)+f.viewField(at, typing))
		}
	}
	room := max(0, f.height-1)
	lines = lines[min(f.top, len(lines)):min(len(lines), f.top+room)]
	for len(lines) < room {
		lines = append(lines, "")
	}
	lines = append(lines, f.note(typing))
	for i := range lines {
		lines[i] = widget.Fit(lines[i], f.width)
	}
	return lines
}

func (f *form) viewEditor(text []string, height int) []string {
	lines := make([]string, height)
	for i := range lines {
		if i < len(text) {
			lines[i] = strings.Repeat(" ", indent) + text[i]
		}
	}
	return lines
}

func (f *form) viewBody(typing bool) []string {
	if f.kind != fileBody {
		return f.viewEditor(f.body.View(f.ctx.Styles), f.bodyLines())
	}
	s, mark := f.ctx.Styles, " "
	if typing && f.at == bodyPart {
		mark = "▸"
	}
	room := max(4, f.width-labelWidth-2)
	field := f.file.path.View(s, room)
	if rest := f.file.rest(); rest != "" && typing && f.at == bodyPart {
		typed := safe.Line(f.file.path.Value(), room)
		field = s.FieldFocus.Render(typed) + s.Muted.Render(safe.Line(rest, max(0, room-len(typed))))
	}
	return []string{s.Marker.Render(mark) + s.Muted.Render(widget.Fit("  file", labelWidth)) + field}
}

func (f *form) label(at part, typing bool) string {
	s, mark := f.ctx.Styles, " "
	if typing && (f.at == at || at == kindPart && f.at == bodyPart && f.kind != fileBody) {
		mark = "▸"
	}
	return s.Marker.Render(mark) + s.Muted.Render(widget.Fit(labels[at], labelWidth))
}

func (f *form) viewField(at part, typing bool) string {
	s, room := f.ctx.Styles, max(4, f.width-labelWidth-2)
	switch at {
	case kindPart:
		return f.choice(kindNames[f.kind], typing && f.at == at) + "  " + f.aboutBody()
	case ackPart:
		return f.choice(string(acks[f.ack]), typing && f.at == at)
	}
	field := f.fields[at]
	if field.Value() == "" || typing && f.at == at {
		return field.View(s, room)
	}
	return s.Text.Render(safe.Line(field.Value(), room))
}

func (f *form) choice(text string, here bool) string {
	s := f.ctx.Styles
	if here {
		return s.Muted.Render("‹ ") + s.FieldFocus.Render(text) + s.Muted.Render(" ›")
	}
	return s.Text.Render(text)
}

// aboutBody says how large the body is, or what is wrong with it.
func (f *form) aboutBody() string {
	s, room := f.ctx.Styles, max(4, f.width-labelWidth-14)
	size := widget.Plural(len(f.body.Text()), "byte")
	switch {
	case f.kind == fileBody:
		text, good := f.file.about()
		if !good {
			return s.Danger.Render(safe.Line("✗ "+text, room))
		}
		return s.Muted.Render(text)
	case f.json != nil:
		return s.Danger.Render(safe.Line("✗ "+f.json.String(), room))
	case f.kind == jsonBody && strings.TrimSpace(f.body.Text()) != "":
		return s.Success.Render("✓ ") + s.Muted.Render("JSON, "+size)
	}
	return s.Muted.Render(size)
}

func (f *form) aboutProperties() string {
	s := f.ctx.Styles
	switch {
	case f.wrong != nil:
		return s.Danger.Render(safe.Line("✗ "+f.wrong.String(), max(4, f.width-labelWidth-2)))
	case len(f.properties) == 0:
		return s.Placeholder.Render("none")
	}
	return s.Muted.Render(fmt.Sprint(len(f.properties)))
}

// notes tell what a part means.
var notes = [parts]string{
	kindPart:        "Text and JSON are typed here; a file is read when the message is sent",
	idPart:          "Feedback names the message by it; up to 128 letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '",
	correlationPart: "What the message answers, for the program on the device",
	userPart:        "Who sends it, for the program on the device",
	contentPart:     "What the body is, such as application/json; JSON says so by itself",
	encodingPart:    "The encoding of the body, such as utf-8",
}

// ackNotes tell what the kinds of feedback are.
var ackNotes = map[c2d.Ack]string{
	c2d.AckNone:     "The hub does not tell what becomes of it",
	c2d.AckPositive: "The hub tells when the device has completed it",
	c2d.AckNegative: "The hub tells when it was rejected, purged, or given up",
	c2d.AckFull:     "The hub tells what becomes of it, in batches up to 15 s late",
}

// note tells what the part under the cursor means, or what is wrong with it.
func (f *form) note(typing bool) string {
	s, room := f.ctx.Styles, max(1, f.width-4)
	if _, at, err := f.draft(c2d.To{}, f.ctx.Time()); err != nil && (at == f.at && f.field(at) != nil || !typing) {
		return "  " + s.Danger.Render(safe.Line("✗ "+err.Error(), room))
	}
	if !typing {
		return ""
	}
	text := notes[f.at]
	switch f.at {
	case bodyPart:
		text = f.bodyNote()
		if f.kind == fileBody && len(f.file.looked.found) > 0 {
			return "  " + f.viewFound(room)
		}
	case ackPart:
		text = ackNotes[acks[f.ack]]
	case expiryPart:
		text = f.expiryNote()
	case propertiesPart:
		line, column := f.props.Position()
		text = fmt.Sprintf("%d:%d  a key=value on each line", line, column)
	}
	return "  " + s.Muted.Render(safe.Line(text, room))
}

func (f *form) bodyNote() string {
	if f.kind == fileBody {
		return "A path; ~ is your home folder"
	}
	line, column := f.body.Position()
	text := fmt.Sprintf("%d:%d", line, column)
	if f.json != nil && f.json.Line > 0 {
		text += "  ctrl+g goes to the mistake"
	}
	return text
}

func (f *form) expiryNote() string {
	text := "A time to live such as 90s, 10m or 1d, or a time such as 18:30"
	now := f.ctx.Time()
	ends, err := readExpiry(f.fields[expiryPart].Value(), now)
	switch {
	case err != nil || ends == expiry{}:
		return text
	case ends.ttl > 0:
		return "given up " + widget.Interval(ends.ttl) + " after it was sent: now that is " + now.Add(ends.ttl).Format("15:04:05 on 2 January")
	}
	return "given up at " + ends.at.Format("15:04:05 on 2 January 2006")
}

// viewFound draws the paths that are offered, the one that was taken in strong.
func (f *form) viewFound(room int) string {
	s, out := f.ctx.Styles, ""
	for i, path := range f.file.looked.found {
		name := path
		if cut := strings.LastIndexByte(strings.TrimRight(path, "/"), '/'); cut >= 0 {
			name = path[cut+1:]
		}
		style, text := s.Muted, safe.Line(name, 30)
		if f.file.through && i == f.file.at {
			style = s.Strong
		}
		if i > 0 {
			text = "  " + text
		}
		out += style.Render(text)
	}
	return widget.Fit(s.Key.Render("↓")+" "+out, room)
}

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
	if c.Y < 0 || c.Y >= f.height-1 {
		return nil
	}
	return c
}

// click puts the cursor where a cell of the form is.
func (f *form) click(x, y int) {
	line := y + f.top
	if y < 0 || y >= f.height-1 || line >= f.length() {
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
