package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// overlay is the stack of dialogs over the screen.
type overlay struct {
	stack []opened
}

type opened struct {
	dialog page.Dialog
	at     time.Time
}

func (o *overlay) open(d page.Dialog, now time.Time) {
	o.stack = append(o.stack, opened{d, now})
}

func (o *overlay) top() page.Dialog {
	if len(o.stack) == 0 {
		return nil
	}
	return o.stack[len(o.stack)-1].dialog
}

// close takes d away wherever it is in the stack; nil means the topmost.
func (o *overlay) close(d page.Dialog) {
	if d == nil {
		d = o.top()
	}
	for i := range o.stack {
		if o.stack[i].dialog == d {
			o.stack = append(o.stack[:i], o.stack[i+1:]...)
			return
		}
	}
}

// update gives a message to the topmost dialog. A key within the grace period of
// a cautious dialog is ignored: it was typed before the dialog could be read.
func (o *overlay) update(msg tea.Msg, now time.Time) tea.Cmd {
	top := o.stack[len(o.stack)-1]
	if _, isKey := msg.(tea.KeyPressMsg); isKey {
		if c, ok := top.dialog.(page.Cautious); ok && now.Sub(top.at) < c.Grace() {
			return nil
		}
	}
	cmd, done := top.dialog.Update(msg)
	if done {
		o.close(top.dialog)
	}
	return cmd
}

// box is a dialog drawn: its lines, frame included, and where they go.
type box struct {
	lines []string
	area  rect
}

const (
	boxPadX = 2
	boxPadY = 1
)

func drawBox(d page.Dialog, s *theme.Styles, width, height int) box {
	inside := d.View(width-2*boxPadX-4, height-6)
	lines := strings.Split(inside, "\n")
	help := helpLine(s, d.ShortHelp(), 1, width-2*boxPadX-4)
	w := max(ansi.StringWidth(help), ansi.StringWidth(d.Title())+4)
	for _, l := range lines {
		w = max(w, ansi.StringWidth(l))
	}
	w = min(w, width-2*boxPadX-2)

	side := s.RuleActive.Render("│")
	pad := strings.Repeat(" ", boxPadX)
	out := []string{boxTop(d.Title(), w, s), side + strings.Repeat(" ", w+2*boxPadX) + side}
	for _, l := range lines {
		out = append(out, side+pad+widget.Fit(l, w)+pad+side)
	}
	out = append(out, side+strings.Repeat(" ", w+2*boxPadX)+side,
		side+pad+widget.Fit(help, w)+pad+side,
		s.RuleActive.Render("╰"+strings.Repeat("─", w+2*boxPadX)+"╯"))
	b := box{lines: out, area: rect{width: w + 2*boxPadX + 2, height: len(out)}}
	b.area.x = max(0, (width-b.area.width)/2)
	b.area.y = max(0, (height-b.area.height)/3)
	return b
}

func boxTop(title string, w int, s *theme.Styles) string {
	rest := max(0, w+2*boxPadX-ansi.StringWidth(title)-3)
	return s.RuleActive.Render("╭─ ") + s.Title.Render(title) + s.RuleActive.Render(" "+strings.Repeat("─", rest)+"╮")
}

// paint lays a box over the lines of a screen.
func (b box) paint(screen []string) {
	for i, l := range b.lines {
		y := b.area.y + i
		if y < 0 || y >= len(screen) {
			continue
		}
		under := screen[y]
		left := ansi.Truncate(under, b.area.x, "")
		right := ansi.TruncateLeft(under, b.area.x+b.area.width, "")
		screen[y] = widget.Fit(left, b.area.x) + "\x1b[m" + l + "\x1b[m" + right
	}
}

// cursor is the dialog's text cursor on the screen.
func (b box) cursor(d page.Dialog) *tea.Cursor {
	c := d.Cursor()
	if c == nil {
		return nil
	}
	c.X += b.area.x + 1 + boxPadX
	c.Y += b.area.y + 1 + boxPadY
	return c
}
