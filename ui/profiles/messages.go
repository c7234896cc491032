package profiles

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// A message is a line with its time, kind and properties, and below it the body in at most bodyLines.
const (
	bodyLines = 3
	timeWidth = 11
)

// bodyAt is where bodies begin: under the kinds where there is room.
func bodyAt(width int) int {
	if width < 64 {
		return 4
	}
	return timeWidth + 2
}

// viewMessages draws messages; faint ones are those of a text that was since changed.
func (p *Page) viewMessages(g glance, width int, faint bool) []string {
	s := p.ctx.Styles
	kind := s.Accent
	if faint {
		kind = s.Muted
	}
	names := 0
	for _, m := range g.messages {
		names = max(names, min(16, len(m.kind)))
	}
	var lines []string
	for _, m := range g.messages {
		head := s.Muted.Render(widget.FitRight(offset(m.after), timeWidth)) + "  " +
			kind.Render(widget.Fit(safe.Line(m.kind, 16), names)) + "  " +
			s.Muted.Render(safe.Line(m.head, max(1, width-timeWidth-names-5)))
		lines = append(lines, head)
		lines = append(lines, p.viewBody(m, width, faint)...)
	}
	for _, m := range g.mistakes {
		for i, l := range widget.Wrap(m.String(), max(10, width-4)) {
			sign := "   "
			if i == 0 {
				sign = " ✗ "
			}
			lines = append(lines, s.Danger.Render(sign+l))
		}
	}
	if len(lines) == 0 && g.profile != nil {
		lines = append(lines, " "+s.Muted.Render("None: no condition holds for as long as was looked."))
	}
	return lines
}

// viewBody is the body as the monitor writes it in a line, with the line broken.
func (p *Page) viewBody(m message, width int, faint bool) []string {
	at := bodyAt(width)
	room := max(4, width-at-1)
	text := paint.Preview(m.body, bodyLines*room)
	if m.packed > 0 {
		text = safe.Line(widget.Plural(m.packed, "byte")+" packed  "+text, bodyLines*room)
	}
	spans := []paint.Span{{Kind: paint.MutedSpan, Text: text}}
	if !faint && m.packed == 0 && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
		spans = paint.Tokens(text)
	} else if !faint && len(m.body) > 0 {
		spans[0].Kind = paint.PlainSpan
	}
	d := &paint.Text{}
	for _, line := range whole(spans, room) {
		d.Add(line, room, 0)
	}
	lines := make([]string, 0, bodyLines)
	for i := range min(d.Len(), bodyLines) {
		lines = append(lines, strings.Repeat(" ", at)+d.Line(i, &p.pens))
	}
	return lines
}

// whole breaks a line behind commas where it can, so that names stay with their values.
func whole(spans []paint.Span, room int) (lines [][]paint.Span) {
	var line []paint.Span
	left := room
	for len(spans) > 0 {
		piece := pieceOf(spans)
		spans = spans[len(piece):]
		w := 0
		for _, s := range piece {
			w += ansi.StringWidth(s.Text)
		}
		if w > left && w <= room && left < room {
			lines = append(lines, line)
			line, left = nil, room
		}
		line = append(line, piece...)
		if left -= w; left < 0 {
			left = room - (-left)%room // how much the last of its lines leaves
		}
	}
	return append(lines, line)
}

// pieceOf is what spans begin with, up to the first comma.
func pieceOf(spans []paint.Span) []paint.Span {
	for i, s := range spans {
		if s.Kind == paint.PunctSpan && strings.ContainsRune(s.Text, ',') {
			return spans[:i+1]
		}
	}
	return spans
}

// offset is a time since the start.
func offset(d time.Duration) string {
	ms := d.Round(time.Millisecond).Milliseconds()
	if d < time.Minute {
		return fmt.Sprintf("+%d.%03d s", ms/1000, ms%1000)
	}
	return fmt.Sprintf("+%d:%02d.%03d", ms/60_000, ms/1000%60, ms%1000)
}
