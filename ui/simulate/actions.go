package simulate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
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

// forget takes a device that has ended off the list.
func (p *Page) forget(id string) tea.Cmd {
	if err := p.fleet.Forget(id); err != nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: safe.Line(id, 40) + " still runs", Next: "s stops it"})
	}
	p.snapshot()
	return tea.Batch(changed, page.Tell(page.Report{Severity: page.Success, Text: safe.Line(id, 40) + " taken off the list"}))
}

func (p *Page) toggleWorst() tea.Cmd { return p.showWorst(!p.rows.ailing) }

// showWorst shows those that do not do well, the worst first, or all again.
func (p *Page) showWorst(on bool) tea.Cmd {
	p.rows.ailing = on
	p.rows.worst(nil)
	p.snapshot()
	return p.sumUp()
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
		return failure.Tell("the interval of "+m.id+" was not changed", m.err)
	}
	return page.Tell(page.Report{Severity: page.Success, Text: m.id + " sends every " + widget.Interval(m.every)})
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
	if m.err != nil {
		return tea.Batch(changed, failure.Tell(what+" not stopped cleanly", m.err))
	}
	return tea.Batch(changed, page.Tell(page.Report{Severity: page.Success, Text: what + " stopped"}))
}
