package ui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// status is the last line: what has just happened, then what can be pressed.
type status struct {
	report  page.Report
	showing bool
	since   time.Time
	serial  int // of the report shown, so that an old timer clears nothing new
}

type statusExpiredMsg struct{ serial int }

// show puts a report up and returns the timer that takes it away.
func (s *status) show(r page.Report, now time.Time) tea.Cmd {
	s.report, s.showing, s.since = r, true, now
	s.serial++
	serial := s.serial
	return tea.Tick(showFor(r.Severity), func(time.Time) tea.Msg { return statusExpiredMsg{serial} })
}

func showFor(s page.Severity) time.Duration {
	switch s {
	case page.Failure:
		return 15 * time.Second
	case page.Warning:
		return 10 * time.Second
	default:
		return 5 * time.Second
	}
}

func (s *status) expire(m statusExpiredMsg) {
	if m.serial == s.serial {
		s.showing = false
	}
}

// pressed makes room for the keys again when good news has been seen; trouble
// stays until its time.
func (s *status) pressed(now time.Time) {
	if s.report.Severity <= page.Success && now.Sub(s.since) > readable {
		s.showing = false
	}
}

const readable = time.Second

func (s *status) clear() { s.showing = false }

// view draws the line: the report first, then as many keys as fit, each whole.
func (s *status) view(styles *theme.Styles, width int, help []key.Binding, last int) string {
	line := ""
	if s.showing {
		line = " " + reportLine(styles, s.report, width-2)
	}
	room := width - ansi.StringWidth(line) - 1
	keys := helpLine(styles, help, last, room-2)
	if keys == "" {
		return widget.Fit(line, width)
	}
	if line == "" {
		return widget.Fit(" "+keys, width)
	}
	return widget.Fit(line+"   "+keys, width)
}

// reportLine leaves out what to do next when there is no room: the journal has it.
func reportLine(styles *theme.Styles, r page.Report, room int) string {
	sign, style := severity(styles, r.Severity)
	text := safe.Inline(r.Text)
	if full := text + ": " + safe.Inline(r.Next); r.Next != "" && ansi.StringWidth(full) <= room-2 {
		text = full
	}
	return style.Render(sign) + " " + style.Render(cutWords(text, room-2))
}

func severity(s *theme.Styles, level page.Severity) (sign string, style lipgloss.Style) {
	switch level {
	case page.Success:
		return "✓", s.Success
	case page.Warning:
		return "!", s.Warning
	case page.Failure:
		return "✗", s.Danger
	default:
		return "·", s.Text
	}
}

// cutWords shortens text to room cells between two words.
func cutWords(text string, room int) string {
	if ansi.StringWidth(text) <= room {
		return text
	}
	cut := ansi.Truncate(text, max(0, room-2), "")
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + " …"
}

// helpLine draws the enabled keys in their order. What does not fit is left out
// whole; the last ones, such as help and quit, are kept longest.
func helpLine(s *theme.Styles, bindings []key.Binding, last, room int) string {
	var on []key.Binding
	for _, b := range bindings {
		if b.Enabled() && b.Help().Key != "" {
			on = append(on, b)
		}
	}
	keep := min(last, len(on))
	tail := on[len(on)-keep:]
	used := 0
	for _, b := range tail {
		used += helpWidth(b) + helpGap
	}
	var shown []key.Binding
	for _, b := range on[:len(on)-keep] {
		if w := helpWidth(b) + helpGap; used+w-helpGap <= room {
			shown = append(shown, b)
			used += w
			continue
		}
		break
	}
	var parts []string
	left := room
	for _, b := range append(shown, tail...) {
		if left < helpWidth(b) {
			continue
		}
		left -= helpWidth(b) + helpGap
		parts = append(parts, s.Key.Render(b.Help().Key)+" "+s.Desc.Render(b.Help().Desc))
	}
	return strings.Join(parts, strings.Repeat(" ", helpGap))
}

const helpGap = 2

func helpWidth(b key.Binding) int {
	return ansi.StringWidth(b.Help().Key) + 1 + ansi.StringWidth(b.Help().Desc)
}
