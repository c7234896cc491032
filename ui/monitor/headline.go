package monitor

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/widget"
)

// part is a piece of a head line. When there is no room, those of the highest rank go first.
type part struct {
	text string
	rank int
}

// space is the room between two parts.
const space = 3

// lineWidth is the room that parts take, with the space behind each.
func lineWidth(parts []part) (n int) {
	for _, p := range parts {
		if w := ansi.StringWidth(p.text); w > 0 {
			n += w + space
		}
	}
	return n
}

// headLine puts parts at both ends of a line, as many as fit.
func headLine(width int, left, right []part) string {
	silent := func(p part) bool { return p.text == "" }
	left, right = slices.DeleteFunc(left, silent), slices.DeleteFunc(right, silent)
	for lineWidth(left)+lineWidth(right)+1 > width {
		side, at := &left, leastNeeded(left)
		if other := leastNeeded(right); other >= 0 && (at < 0 || right[other].rank >= left[at].rank) {
			side, at = &right, other
		}
		if at < 0 {
			break
		}
		*side = slices.Delete(*side, at, at+1)
	}
	join := func(parts []part) string {
		texts := make([]string, len(parts))
		for i, p := range parts {
			texts[i] = p.text
		}
		return strings.Join(texts, strings.Repeat(" ", space))
	}
	end := join(right)
	if end != "" {
		end += " "
	}
	return widget.Ends(" "+join(left), end, width)
}

// leastNeeded is the part of the highest rank above 0, -1 when all must stay.
func leastNeeded(parts []part) int {
	at := -1
	for i, p := range parts {
		if p.rank > 0 && (at < 0 || p.rank >= parts[at].rank) {
			at = i
		}
	}
	return at
}
