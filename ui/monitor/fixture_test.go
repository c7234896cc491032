package monitor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"hubscope/hub/events"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/page"
	"hubscope/ui/stream"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(hubEnv); dir != "" {
		if err := beHub(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

var noon = monitortest.Noon

func wind(n int) events.Event { return monitortest.Wind(n) }

func winds(from, to int) []events.Event { return monitortest.Winds(from, to) }

func kept(e events.Event) history.Event { return monitortest.Kept(e) }

// clock is the time of a page under test.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// fixture is a page whose stream is fed by hand.
type fixture struct {
	*Page
	clock *clock
}

func newFixture(t *testing.T, mode theme.Mode, size uitest.Size) *fixture {
	t.Helper()
	c := &clock{noon}
	ctx := page.NewContext(t.Context(), mode)
	ctx.Now, ctx.Location = c.Now, noon.Location()
	ctx.Hub, ctx.Local = "localhost:8883", true
	p := New(ctx, Options{Open: func(Reading) (Source, error) { return nil, errors.New("not opened in this test") }})
	p.started, p.stats.since = noon, noon
	p.feed = newFeed()
	p.SetDocked(false)
	p.SetSize(size.Width, size.Height)
	return &fixture{p, c}
}

// take gives the page a batch, as its command would.
func (f *fixture) take(batch ...events.Event) { f.Update(batchMsg{events: batch}) }

// live says that so many partitions are live.
func (f *fixture) live(partitions int) {
	states := make([]events.PartitionState, partitions)
	for i := range states {
		states[i] = events.PartitionState{Partition: fmt.Sprint(i), Phase: events.Live, Total: partitions}
	}
	f.Update(statesMsg{states})
}

func (f *fixture) second() {
	f.clock.now = f.clock.now.Add(time.Second)
	f.Update(tickMsg{})
}

func (f *fixture) press(names ...string) (answers []tea.Msg) {
	for _, name := range names {
		for _, answer := range collect(f.Update(uitest.Key(name))) {
			if mail, is := answer.(page.Envelope); is {
				if read, is := mail.Msg.(inspectedMsg); is {
					f.Update(read)
					continue
				}
			}
			answers = append(answers, answer)
		}
		f.countAll()
	}
	return answers
}

// countAll lets the figures read to the end: a slow machine does not get there in one step.
func (f *fixture) countAll() {
	for !f.figures.Done() {
		f.onFigures(figuresStepMsg{})
	}
}

func (f *fixture) typed(text string) {
	for _, r := range text {
		f.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// collect runs a command and those in it, without the ones that wait.
func collect(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case nil:
		return nil
	case tea.BatchMsg:
		var all []tea.Msg
		for _, c := range msg {
			all = append(all, collect(c)...)
		}
		return all
	default:
		return []tea.Msg{msg}
	}
}

// scripted is a source that a test feeds.
type scripted struct {
	run func(ctx context.Context, sink events.Sink) error
}

func (s scripted) Run(ctx context.Context, sink events.Sink) error { return s.run(ctx, sink) }

func pasteOf(text string) tea.Msg { return tea.PasteMsg{Content: text} }

// keep makes the history anew, with room for so many events.
func (f *fixture) keep(items int) {
	f.history = history.New(stream.Limit{Items: items})
	f.list.h = f.history
}

// named gives the page filters with names.
func (f *fixture) named(all ...filter.Named) {
	for i := range all {
		f.putFilter(nil, &all[i])
	}
}

// finish lets all steps be taken, however slow the machine is.
func (f *fixture) finish() {
	for !f.history.Settled() {
		f.Update(scanMsg{})
	}
	for f.finding() && !f.find.found.Done() {
		f.Update(findMsg{})
	}
	for _, ix := range f.filters.counts {
		for !ix.Scanned() {
			f.Update(countMsg{})
		}
	}
	f.countAll()
}
