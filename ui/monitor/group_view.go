package monitor

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

const groupWidth = 60

// groupLine is a line of the dialog; row is the row of the cursor that it stands for, -1 for none.
type groupLine struct {
	row  int
	text string
}

// View implements page.Dialog.
func (d *groupDialog) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, groupWidth)
	lines, foot := d.lines(width), d.foot(width)
	from, to := d.window(lines, maxHeight-len(foot))
	texts := make([]string, 0, to-from+len(foot))
	for _, l := range lines[from:to] {
		texts = append(texts, widget.Fit(l.text, width))
	}
	return strings.Join(append(texts, foot...), "\n")
}

// window is what fits of the lines, with that of the cursor in it.
func (d *groupDialog) window(lines []groupLine, height int) (from, to int) {
	height = max(1, height)
	at := 0
	for i, l := range lines {
		if l.row == d.at {
			at = i
		}
	}
	from = max(0, min(at-height/2, len(lines)-height))
	return from, min(len(lines), from+height)
}

func (d *groupDialog) lines(width int) []groupLine {
	s := d.page.ctx.Styles
	lines := []groupLine{{-1, s.Muted.Render("Consumer group")}}
	before := knownGroup
	for i, row := range d.rows {
		switch {
		case row.kind == allPartitions:
			lines = append(lines, groupLine{-1, ""}, groupLine{-1, s.Muted.Render("Partitions")})
		case row.kind == ownerLevel && before != ownerLevel:
			lines = append(lines, groupLine{-1, ""}, groupLine{-1, s.Muted.Render("Owner level")})
		}
		before = row.kind
		lines = append(lines, groupLine{i, d.row(row, i == d.at, width)})
	}
	return lines
}

func (d *groupDialog) row(row groupRow, selected bool, width int) string {
	s := d.page.ctx.Styles
	over, mark := s.Text.UnsetForeground(), "  "
	if selected {
		over, mark = s.Selected, "▸ "
	}
	text := s.Marker.Inherit(over).Render(mark)
	if row.kind == typedGroup {
		return text + d.typed.View(s, width-len("  "))
	}
	label, note := d.label(row)
	text += s.Text.Inherit(over).Render(label)
	return text + s.Muted.Inherit(over).Render(widget.Fit("  "+note, max(0, width-ansi.StringWidth(text))))
}

// label is what stands in a row, and a note behind it.
func (d *groupDialog) label(row groupRow) (label, note string) {
	switch row.kind {
	case knownGroup:
		sign := "○ "
		if d.draft.group == row.id && d.typed.Value() == "" {
			sign = "● "
		}
		return sign + safe.Line(row.id, 50), ""
	case allPartitions:
		if len(d.all) == 0 {
			note = "which there are is known once the stream is connected"
		}
		return checked(len(d.draft.partitions) == 0) + "all", note
	case onePartition:
		return checked(d.reads(row.id)) + "p" + safe.Line(row.id, 8), d.page.parts.phaseOf(row.id)
	default:
		if d.draft.level == nil {
			return "none", "reads beside others"
		}
		return fmt.Sprint(*d.draft.level), "takes the partitions over"
	}
}

func checked(on bool) string {
	if on {
		return "[x] "
	}
	return "[ ] "
}

// foot warns, or says what is wrong; its height is always the same, so that nothing moves.
func (d *groupDialog) foot(width int) []string {
	s := d.page.ctx.Styles
	style, text := s.Muted, "Each consumer group reads all events for itself. In one group a partition has room for five readers."
	switch {
	case d.wrong != nil:
		style, text = s.Danger, "✗ "+d.wrong.Error()
	case d.draft.level != nil:
		style = s.Warning
		text = fmt.Sprintf("! Readers of these partitions in this group are thrown off: those that have no owner level or one up to %d. Leave it at none beside an application that is at work.", *d.draft.level)
	case d.rows[d.at].kind == typedGroup:
		text = "It must exist: " + d.page.newGroupText() + "."
	}
	const height = 3
	lines := make([]string, 0, height+1)
	lines = append(lines, "")
	for _, line := range widget.Wrap(text, width) {
		if len(lines) <= height {
			lines = append(lines, style.Render(widget.Fit(line, width)))
		}
	}
	for len(lines) <= height {
		lines = append(lines, "")
	}
	return lines
}

// Cursor implements page.Dialog.
func (d *groupDialog) Cursor() *tea.Cursor {
	c := d.typed.Cursor()
	const sure = 6 // groups that never scroll, also on the smallest screen
	if c == nil || d.rows[d.at].kind != typedGroup || d.at > sure {
		return nil
	}
	c.X += len("  ")
	c.Y = d.at + 1 // under its heading
	return c
}
