package c2d

import (
	"fmt"
	"strings"

	"hubscope/hub/c2d"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// notes tell what a part means, in a line of a narrow form.
var notes = [parts]string{
	kindPart:        "A file is read when the message is sent",
	idPart:          "Feedback names the message by it",
	correlationPart: "What the message answers, for the device",
	userPart:        "Who sends it, for the device",
	contentPart:     "What the body is, such as application/json",
	encodingPart:    "The encoding of the body, such as utf-8",
}

// ackNotes tell what the kinds of feedback are.
var ackNotes = map[c2d.Ack]string{
	c2d.AckNone:     "The hub does not tell what becomes of it",
	c2d.AckPositive: "The hub tells when it was completed",
	c2d.AckNegative: "The hub tells when it was not completed",
	c2d.AckFull:     "The hub tells its end, up to 15 s late",
}

// mostNotes bounds the lines of the note.
const mostNotes = 3

// note tells what the part under the cursor means, or what is wrong with it.
func (f *form) note(typing bool) []string {
	s, room := f.ctx.Styles, max(1, f.width-4)
	if typing && f.at == bodyPart && f.kind == fileBody && len(f.file.looked.found) > 0 {
		return []string{"  " + f.viewFound(room)}
	}
	text, style := f.partNote(), s.Muted
	if _, at, err := f.draft(c2d.To{}, f.ctx.Time()); err != nil && (at == f.at && f.field(at) != nil || !typing) {
		text, style = "✗ "+err.Error(), s.Danger
	} else if !typing {
		text = ""
	} else if why := f.mistakeNote(); why != "" {
		text, style = why, s.Danger
	}
	lines := widget.Wrap(safe.Inline(text), room)
	lines = lines[:min(len(lines), mostNotes, max(1, f.height/3))]
	for i, line := range lines {
		lines[i] = "  " + style.Render(safe.Line(line, room))
	}
	return lines
}

func (f *form) partNote() string {
	switch f.at {
	case bodyPart:
		return f.bodyNote()
	case ackPart:
		return ackNotes[acks[f.ack]]
	case expiryPart:
		return f.expiryNote()
	case propertiesPart:
		line, column := f.props.Position()
		return fmt.Sprintf("%d:%d  a key=value on each line", line, column)
	}
	return notes[f.at]
}

// mistakeNote is what is wrong with the JSON under the cursor, when there was only room for its place above.
func (f *form) mistakeNote() string {
	if f.json == nil || f.at != bodyPart {
		return ""
	}
	_, rest := f.json.Head(f.aboutRoom() - 2)
	return rest
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
	text := "Such as 90s, 10m, 1d, or a time: 18:30"
	now := f.ctx.Time()
	ends, err := readExpiry(f.fields[expiryPart].Value(), now)
	switch {
	case err != nil || ends == expiry{}:
		return text
	case ends.ttl > 0:
		return "Given up at " + now.Add(ends.ttl).Format("15:04:05 on 2 January") + " if sent now"
	}
	return "Given up at " + ends.at.Format("15:04:05 on 2 January 2006")
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
