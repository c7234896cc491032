package monitor

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests take place, in a zone that is not UTC.
var noon = time.Date(2026, 11, 22, 14, 3, 20, 112e6, time.FixedZone("CET", 3600))

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
	p := New(ctx, Options{Open: func(events.Position) (Source, error) { return nil, errors.New("not opened in this test") }})
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
		answers = append(answers, collect(f.Update(uitest.Key(name)))...)
	}
	return answers
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

// wind is the n-th telemetry message of a device, as the simulated devices send them.
func wind(n int) events.Event {
	device := fmt.Sprintf("wind-%d", n%3+1)
	at := noon.Add(time.Duration(n-200) * 640 * time.Millisecond)
	return events.Event{
		Partition: fmt.Sprint(n % 3), Sequence: int64(500 + n/3), Offset: fmt.Sprint(1000 + 260*n),
		Enqueued: at, Received: at.Add(38 * time.Millisecond),
		DeviceID: device, MessageID: fmt.Sprintf("message_%d", n), CorrelationID: fmt.Sprintf("correlation_%d", n),
		ContentType: "application/json", ContentEncoding: "utf-8", Source: "Telemetry",
		Properties: map[string]any{"Property": fmt.Sprintf("PropMsg_%d", n)},
		System: map[string]any{
			"iothub-connection-auth-method": `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`,
			"iothub-enqueuedtime":           at.Add(-3 * time.Millisecond),
			"iothub-creation-time-utc":      at.Add(-15 * time.Millisecond).UTC().Format(time.RFC3339Nano),
		},
		Body: fmt.Appendf(nil, `{"deviceId":"%s","windSpeed":%.2f}`, device, 12+float64(n*37%400)/100),
	}
}

func winds(from, to int) []events.Event {
	batch := make([]events.Event, 0, to-from)
	for n := from; n < to; n++ {
		batch = append(batch, wind(n))
	}
	return batch
}

// scripted is a source that a test feeds.
type scripted struct {
	run func(ctx context.Context, sink events.Sink) error
}

func (s scripted) Run(ctx context.Context, sink events.Sink) error { return s.run(ctx, sink) }

func pasteOf(text string) tea.Msg { return tea.PasteMsg{Content: text} }

// kept is an event as the history keeps it.
func kept(e events.Event) record { return pool{}.record(&e) }
