package credential

import (
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

const day = 24 * time.Hour

// longestLife is how long a token may live at most, in our sense: longer, and a key would do.
const longestLife = 10 * 365 * day

// chooseLife asks how long a token is to be good, and copies what is made of it.
func (c Copier) chooseLife(what string, of func(token string) string) tea.Cmd {
	return c.Later(func() tea.Cmd {
		copied := func(life time.Duration) tea.Cmd {
			return c.Later(func() tea.Cmd { return c.copyToken(what, life, of) })
		}
		menu := widget.NewMenu(
			c.Ctx.Styles, c.Ctx.Keys, "The token is good for",
			widget.Choice{Key: "h", Label: "1 hour", Run: copied(time.Hour)},
			widget.Choice{Key: "d", Label: "1 day", Run: copied(day)},
			widget.Choice{Key: "m", Label: "30 days", Run: copied(30 * day)},
			widget.Choice{Key: "o", Label: "Another time …", Run: c.Later(func() tea.Cmd { return c.askLife(what, of) })},
		)
		return c.Ctx.Send(page.OpenDialog{Dialog: menu})
	})
}

func (c Copier) askLife(what string, of func(string) string) tea.Cmd {
	sheet := widget.NewSheet(c.Ctx.Styles, c.Ctx.Keys, widget.SheetOptions{
		Title: "The token is good for", Verb: "copy",
		Submit: func(s *widget.Sheet) tea.Cmd {
			life, _ := parseLife(s.Value(0)) // checked
			return tea.Batch(c.Ctx.Send(page.CloseDialog{Dialog: s}), c.copyToken(what, life, of))
		},
	}, widget.Line{Label: "Lifetime", Value: "7 d", Check: func(text string) error { _, err := parseLife(text); return err }, Hint: "Such as 90 min, 12 h or 7 d."})
	return c.Ctx.Send(page.OpenDialog{Dialog: sheet})
}

func (c Copier) copyToken(what string, life time.Duration, of func(string) string) tea.Cmd {
	token, err := c.token(life)
	if err != nil {
		return failure.Tell("no token of "+c.name()+" made", err)
	}
	return c.copy(what+", good for "+widget.Span(life)+",", of(token))
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
