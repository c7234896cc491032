package c2d

import (
	"fmt"
	"strings"

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
	room := min(f.room(), max(0, f.height-1))
	lines = lines[min(f.top, len(lines)):min(len(lines), f.top+room)]
	for len(lines) < room {
		lines = append(lines, "")
	}
	lines = append(lines, f.note(typing)...)
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
	s, room := f.ctx.Styles, f.aboutRoom()
	size := widget.Plural(len(f.body.Text()), "byte")
	switch {
	case f.kind == fileBody:
		text, good := f.file.about()
		if !good {
			return s.Danger.Render(cut("✗ "+text, room))
		}
		return s.Muted.Render(text)
	case f.json != nil:
		head, _ := f.json.Head(room - 2)
		return s.Danger.Render(cut("✗ "+head, room))
	case len(f.body.Text()) > c2d.MaxSize:
		return s.Danger.Render(cut("✗ "+errTooLarge.Error(), room))
	case f.kind == jsonBody && strings.TrimSpace(f.body.Text()) != "":
		return s.Success.Render("✓ ") + s.Muted.Render("JSON, "+size)
	}
	return s.Muted.Render(size)
}

// aboutRoom is the room beside the kind of the body.
func (f *form) aboutRoom() int {
	room := f.width - labelWidth - len(kindNames[f.kind]) - 4
	if f.at == kindPart {
		room -= 4 // the arrows
	}
	return max(4, room)
}

func (f *form) aboutProperties() string {
	s := f.ctx.Styles
	switch {
	case f.wrong != nil:
		return s.Danger.Render(cut("✗ "+f.wrong.String(), max(4, f.width-labelWidth-2)))
	case len(f.properties) == 0:
		return s.Placeholder.Render("none")
	}
	return s.Muted.Render(fmt.Sprint(len(f.properties)))
}
