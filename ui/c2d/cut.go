package c2d

import (
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// cut is as much of a text as a line has room for, to the end of a word.
func cut(text string, room int) string {
	text = safe.Inline(text)
	lines := widget.Wrap(text, room)
	if len(lines) < 2 {
		return safe.Line(text, room)
	}
	return safe.Line(widget.Wrap(text, max(1, room-1))[0]+"…", room)
}
