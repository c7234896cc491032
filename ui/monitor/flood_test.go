package monitor

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// loop does what Bubble Tea does: it runs commands, gives their answers to Update one by one, and calls View after
// each. It runs in a synctest bubble, where time costs nothing.
type loop struct {
	page  *Page
	inbox chan tea.Msg
	views int
	work  time.Duration // set by the test: what drawing costs
}

func newLoop(p *Page) *loop { return &loop{page: p, inbox: make(chan tea.Msg)} }

func (l *loop) run(ctx context.Context) {
	l.start(ctx, l.page.Init())
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-l.inbox:
			l.take(ctx, msg)
			l.page.View()
			l.views++
			time.Sleep(l.work)
		}
	}
}

func (l *loop) take(ctx context.Context, msg tea.Msg) {
	if e, ok := msg.(page.Envelope); ok {
		if _, gen := l.page.Address(); e.Generation != 0 && e.Generation != gen {
			return
		}
		msg = e.Msg
	}
	l.start(ctx, l.page.Update(msg))
}

func (l *loop) start(ctx context.Context, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, c := range batch {
				l.start(ctx, c)
			}
			return
		}
		if msg == nil {
			return
		}
		select {
		case l.inbox <- msg:
		case <-ctx.Done():
		}
	}()
}

// flood sends rate events a second, in batches of a hundred from each of four partitions.
func flood(rate int, span time.Duration) scripted {
	const partitions, size = 4, 100
	return scripted{func(ctx context.Context, sink events.Sink) error {
		pause := time.Second * partitions * size / time.Duration(rate)
		sequence := int64(0)
		like := wind(1)
		for start := time.Now(); time.Since(start) < span && ctx.Err() == nil; time.Sleep(pause) {
			for p := range partitions {
				batch := make([]events.Event, size)
				for i := range batch {
					batch[i] = like
					batch[i].Partition, batch[i].Sequence = string(rune('0'+p)), sequence+int64(i)
				}
				sink.Events(batch)
			}
			sequence += size
		}
		<-ctx.Done()
		return nil
	}}
}

func TestFiftyThousandEventsASecond(t *testing.T) {
	const rate, seconds = 50_000, 1
	for _, c := range []struct {
		name        string
		hidden      bool
		work        time.Duration
		least, most int // views: one a window, and some for ticks
	}{
		{"seen", false, time.Millisecond, seconds * 27, seconds*30 + 2*seconds + 4},
		{"on a slow terminal", false, 100 * time.Millisecond, seconds * 7, (seconds*10 + 6)},
		{"not seen", true, time.Millisecond, seconds * 2, seconds*rate/waiting.Items + 2*seconds + 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				p := New(page.NewContext(ctx, theme.Dark), Options{Open: func(Reading) (Source, error) { return flood(rate, seconds*time.Second), nil }})
				p.SetSize(200, 56)
				p.SetVisible(!c.hidden)
				l := newLoop(p)
				l.work = c.work
				var running sync.WaitGroup
				running.Go(func() { l.run(ctx) })
				time.Sleep((seconds*10 + 6) * time.Second / 10)
				cancel()
				p.Close()
				running.Wait()

				if got := int(p.history.End()); got != rate*seconds {
					t.Errorf("%d events kept of %d, %d dropped", got, rate*seconds, p.stats.dropped)
				}
				if l.views < c.least || l.views > c.most {
					t.Errorf("%d views in %d s, want %d to %d", l.views, seconds, c.least, c.most)
				}
			})
		})
	}
}

func TestAKeyIsAnsweredDuringAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := New(page.NewContext(ctx, theme.Dark), Options{Open: func(Reading) (Source, error) { return flood(50_000, time.Second), nil }})
		p.SetSize(200, 56)
		l := newLoop(p)
		l.work = 8 * time.Millisecond
		var running sync.WaitGroup
		running.Go(func() { l.run(ctx) })
		time.Sleep(500 * time.Millisecond)
		pressed := time.Now()
		l.inbox <- tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
		if waited := time.Since(pressed); waited > 50*time.Millisecond {
			t.Errorf("the key waited for %v", waited)
		}
		time.Sleep(l.work)
		cancel()
		p.Close()
		running.Wait()
		if p.list.mode != paused {
			t.Errorf("mode %v after space", p.list.mode)
		}
	})
}
