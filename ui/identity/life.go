package identity

import (
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

const day = 24 * time.Hour

// longestLife is how long a token may live at most, in our sense: longer, and a key would do.
const longestLife = 10 * 365 * day

// chooseLife asks how long a token is to be good, and copies what is made of it.
func (p *Page) chooseLife(what string, of func(token string) string) tea.Cmd {
	return p.later(action{run: func() tea.Cmd {
		d := p.device
		copied := func(life time.Duration) tea.Cmd {
			return p.later(action{run: func() tea.Cmd { return p.copyToken(d, what, life, of) }})
		}
		menu := widget.NewMenu(
			p.ctx.Styles, p.ctx.Keys, "The token is good for",
			widget.Choice{Key: "h", Label: "1 hour", Run: copied(time.Hour)},
			widget.Choice{Key: "d", Label: "1 day", Run: copied(day)},
			widget.Choice{Key: "m", Label: "30 days", Run: copied(30 * day)},
			widget.Choice{Key: "o", Label: "Another time …", Run: p.later(action{run: func() tea.Cmd { return p.askLife(d, what, of) }})},
		)
		return p.ctx.Send(page.OpenDialog{Dialog: menu})
	}})
}

func (p *Page) askLife(d hub.Device, what string, of func(string) string) tea.Cmd {
	sheet := widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "The token is good for", Verb: "copy",
		Submit: func(s *widget.Sheet) tea.Cmd {
			life, _ := parseLife(s.Value(0)) // checked
			return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: s}), p.copyToken(d, what, life, of))
		},
	}, widget.Line{Label: "Lifetime", Value: "7 d", Check: func(text string) error { _, err := parseLife(text); return err }, Hint: "Such as 90 min, 12 h or 7 d."})
	return p.ctx.Send(page.OpenDialog{Dialog: sheet})
}

func (p *Page) copyToken(d hub.Device, what string, life time.Duration, of func(string) string) tea.Cmd {
	token, err := p.token(d, life)
	if err != nil {
		return failure.Tell("no token of "+d.DeviceID+" made", err)
	}
	return p.copy(what+", good for "+widget.Span(life)+",", of(token))
}

var errLife = errors.New("a time of at least a minute, such as 90 min, 12 h or 7 d")

func parseLife(text string) (time.Duration, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	for unit, length := range map[string]time.Duration{"min": time.Minute, "h": time.Hour, "d": day} {
		n, ok := strings.CutSuffix(text, unit)
		if !ok {
			continue
		}
		count, err := strconv.ParseFloat(n, 64)
		life := time.Duration(count * float64(length))
		if err != nil || !(count > 0 && count < 1e6) || life < time.Minute || life > longestLife {
			return 0, errLife
		}
		return life, nil
	}
	return 0, errLife
}
