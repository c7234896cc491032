package method

import (
	"context"
	"sync"
	"time"

	"hubscope/hub"
	"hubscope/hub/fanout"
)

// batch is a call on many devices under way. Its goroutines add to it, and a tick of the screen takes what came.
type batch struct {
	serial int
	call   hub.MethodCall
	rows   []int // the row of each device of the batch
	began  time.Time
	cancel context.CancelFunc
	now    func() time.Time

	mu      sync.Mutex
	started []int           // guarded by mu: rows whose call was made since the last take
	answers []fanout.Answer // guarded by mu: since the last take; Index is the row
	until   time.Time       // guarded by mu: when a throttled hub is asked again; zero: it is not
}

// taken is what came since the last time.
type taken struct {
	started []int
	answers []fanout.Answer
	until   time.Time
}

func (b *batch) take() taken {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := taken{b.started, b.answers, b.until}
	b.started, b.answers = nil, nil
	return t
}

// run calls the devices and gives when all calls have ended.
func (b *batch) run(ctx context.Context, to Invoker, ids []string) error {
	defer b.cancel()
	return fanout.Run(ctx, moduleOf{hub: to}, ids, b.call, fanout.Options{
		Now: b.now,
		Began: func(i int) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.started = append(b.started, b.rows[i])
		},
		Answered: func(a fanout.Answer) {
			b.mu.Lock()
			defer b.mu.Unlock()
			a.Index = b.rows[a.Index]
			b.answers = append(b.answers, a)
		},
		Waiting: func(until time.Time, _ error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.until = until
		},
	})
}
