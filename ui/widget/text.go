// Package widget holds the parts that pages are made of: table, form, menu,
// confirmation, fields, spark line, and the small formats of times and numbers.
// It knows no hub types and no pages.
package widget

import (
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Fit cuts or pads styled text to exactly width cells. A cut is marked with an
// ellipsis.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	w := ansi.StringWidth(s)
	if w > width {
		s = ansi.Truncate(s, width, "…")
		w = ansi.StringWidth(s)
	}
	if w < width {
		return s + strings.Repeat(" ", width-w)
	}
	return s
}

// FitRight is Fit with the text at the right edge: for numbers.
func FitRight(s string, width int) string {
	w := ansi.StringWidth(s)
	if w >= width {
		return Fit(s, width)
	}
	return strings.Repeat(" ", width-w) + s
}

// Box cuts and pads lines to exactly width x height cells.
func Box(lines []string, width, height int) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	out := make([]string, height)
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = Fit(line, width)
	}
	return strings.Join(out, "\n")
}

// Beside joins two boxes of the same height with a vertical line between.
func Beside(left, right string, rule lipgloss.Style) string {
	l, r := strings.Split(left, "\n"), strings.Split(right, "\n")
	bar := rule.Render("│")
	var b strings.Builder
	for i := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l[i])
		b.WriteString(bar)
		if i < len(r) {
			b.WriteString(r[i])
		}
	}
	return b.String()
}

// Rule is a horizontal line. At the columns given it meets vertical lines: above
// it, below it, or both.
func Rule(width int, above, below []int, style lipgloss.Style) string {
	if width <= 0 {
		return ""
	}
	line := []rune(strings.Repeat("─", width))
	for _, x := range below {
		if x >= 0 && x < width {
			line[x] = '┬'
		}
	}
	for _, x := range above {
		if x < 0 || x >= width {
			continue
		}
		if line[x] == '┬' {
			line[x] = '┼'
			continue
		}
		line[x] = '┴'
	}
	return style.Render(string(line))
}

// TitledRule is a horizontal line with a name in it.
func TitledRule(title string, width int, rule, name lipgloss.Style) string {
	title = ansi.Truncate(title, max(0, width-8), "…")
	rest := max(0, width-4-ansi.StringWidth(title))
	return rule.Render("── ") + name.Render(title) + " " + rule.Render(strings.Repeat("─", rest))
}

// Ends puts left and right at the two ends of a line; left gives way.
func Ends(left, right string, width int) string {
	rw := ansi.StringWidth(right)
	if rw >= width {
		return Fit(right, width)
	}
	return Fit(left, width-rw) + right
}

// unit is a number with its unit, which belong on one line.
var unit = regexp.MustCompile(`(\d) (µs|ms|s|min|h|d|B|KB|MB|kB)\b`)

// noBreak is the space that a line is not broken at.
const noBreak = "\u00a0"

// hold and release keep lines from being broken at hyphens: those of an id or a date are part of it.
var (
	hold    = strings.NewReplacer("-", "\u2011")
	release = strings.NewReplacer("\u2011", "-", noBreak, " ")
)

// Wrap breaks plain text between words into lines of at most width cells. A number and
// its unit stay together, and so does an id with hyphens.
func Wrap(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	held := unit.ReplaceAllString(s, "$1"+noBreak+"$2")
	lines := strings.Split(ansi.Wrap(hold.Replace(held), width, " "), "\n")
	for i := range lines {
		lines[i] = release.Replace(lines[i])
	}
	return lines
}
