package identity

import (
	"time"

	"hubscope/ui/widget"
)

// labels is how many cells the names of the fields have.
const labels = 17

// View implements page.Page.
func (p *Page) View() string {
	lines := p.lines()
	top := max(0, min(p.top, len(lines)-1))
	return widget.Box(lines[top:], p.width, p.height)
}

func (p *Page) lines() []string {
	if p.device.DeviceID == "" {
		return nil
	}
	lines := p.trouble()
	return append(lines, widget.Facts(p.ctx.Styles, p.facts(), labels, p.width)...)
}

func (p *Page) valueWidth() int { return max(8, p.width-labels-3) }

// when is a time with its age, without the date of today when there is no room.
func (p *Page) when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	ago := " (" + widget.Ago(p.ctx.Time(), t) + ")"
	full := p.ctx.Zoned(t).Format("2006-01-02 15:04:05") + ago
	if len(full) <= p.valueWidth() {
		return full
	}
	return p.clock(t) + ago
}

// clock is a time, with its date in its place when that is not today.
func (p *Page) clock(t time.Time) string {
	now := p.ctx.Time()
	t = p.ctx.Zoned(t)
	if now.Year() == t.Year() && now.YearDay() == t.YearDay() {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02")
}
