package simulate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The intervals that a device may be given here: the lower bound keeps a slip of
// the finger from flooding a hub that is paid by the message.
const (
	shortest = 10 * time.Millisecond
	longest  = 24 * time.Hour
)

// steps are the intervals that + and - go through.
var steps = []time.Duration{
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond,
	500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
}

func nextStep(now time.Duration, direction int) time.Duration {
	if direction > 0 {
		for _, s := range steps {
			if s > now {
				return s
			}
		}
		return now
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i] < now {
			return steps[i]
		}
	}
	return now
}

func (p *Page) step(direction int) tea.Cmd {
	s, ok := p.rows.selected(p.table)
	if !ok {
		return nil
	}
	next := nextStep(s.Interval, direction)
	if next == s.Interval {
		return nil
	}
	return p.setInterval(s.DeviceID, next)
}

func (p *Page) setInterval(id string, every time.Duration) tea.Cmd {
	fleet := p.fleet
	return p.Act(func() tea.Msg { return intervalMsg{id, every, fleet.SetInterval(id, every)} })
}

func (p *Page) askInterval() tea.Cmd {
	s, ok := p.rows.selected(p.table)
	if !ok {
		return nil
	}
	id := s.DeviceID
	p.form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Interval of "+safe.Line(id, 40), "set",
		func(values []string) tea.Cmd {
			every, err := parseInterval(values[0])
			if err != nil {
				return nil
			}
			return p.setInterval(id, every)
		},
		widget.Field{
			Label: "One message every", Value: widget.Interval(s.Interval),
			Hint:  "Such as 1 s, 250 ms, 2 min. A number alone counts seconds.",
			Check: func(text string) error { _, err := parseInterval(text); return err },
		})
	form := p.form
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// parseInterval reads "250 ms", "1.5", "2 min", "1h30m".
func parseInterval(text string) (time.Duration, error) {
	t := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	if t == "" {
		return 0, errors.New("an interval is needed, such as 1 s")
	}
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		if !(n > 0 && n <= longest.Seconds()) {
			return 0, outOfBounds()
		}
		return inBounds(time.Duration(n * float64(time.Second)))
	}
	t = strings.NewReplacer("min", "m", "sec", "s").Replace(t)
	d, err := time.ParseDuration(t)
	if err != nil {
		return 0, errors.New("not an interval: write it as 1 s, 250 ms or 2 min")
	}
	return inBounds(d)
}

func inBounds(d time.Duration) (time.Duration, error) {
	if d < shortest || d > longest {
		return 0, outOfBounds()
	}
	return d, nil
}

func outOfBounds() error {
	return fmt.Errorf("must be between %s and %s", widget.Interval(shortest), widget.Interval(longest))
}

func (p *Page) onInterval(m intervalMsg) tea.Cmd {
	p.snapshot()
	if m.err != nil {
		sentence, next := hub.Explain(m.err)
		if p.form != nil {
			p.form.Fail(safe.Inline(sentence), safe.Inline(next))
		}
		return report("the interval of "+m.id+" was not changed", m.err)
	}
	done := page.Tell(page.Report{Severity: page.Success, Text: m.id + " sends every " + widget.Interval(m.every)})
	if p.form == nil {
		return done
	}
	form := p.form
	p.form = nil
	return tea.Batch(done, p.ctx.Send(page.CloseDialog{Dialog: form}))
}

func (p *Page) stopAll() tea.Cmd {
	fleet, n, base := p.fleet, p.running(), p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return stoppedMsg{n, fleet.StopAll(ctx)}
	})
}

func (p *Page) onStopped(m stoppedMsg) tea.Cmd {
	p.snapshot()
	what := widget.Plural(m.n, "simulated device")
	changed := func() tea.Msg { return page.DevicesChanged{} }
	if m.err != nil {
		return tea.Batch(changed, report(what+" not stopped cleanly", m.err))
	}
	return tea.Batch(changed, page.Tell(page.Report{Severity: page.Success, Text: what + " stopped"}))
}

func report(what string, err error) tea.Cmd {
	sentence, next := hub.Explain(err)
	r := page.Failed(what, sentence, next)
	r.Detail = err.Error()
	return page.Tell(r)
}
