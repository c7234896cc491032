package device

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Counts is what came down to a device since it was made, and what became of it.
type Counts struct {
	Messages          uint64 // cloud-to-device messages that came
	MessagesCompleted uint64
	MessagesLeft      uint64 // left with the hub, on purpose or for want of room
	Calls             uint64 // direct methods that were called
	CallsAnswered     uint64
	AnswersLost       uint64 // of methods and messages: their connection had ended before the handler
	DesiredPatches    uint64 // that were given to OnDesired, without whole documents
	DesiredGaps       uint64 // versions that were missed and made the twin be read again
	Malformed         uint64 // deliveries that could not be understood
}

// down is the direction from the hub to the device: what waits for handlers, and the requests that wait for answers.
// It has no goroutine and no buffer while nothing comes.
type down struct {
	ctx    context.Context // of the handlers; ends when Close begins
	cancel context.CancelFunc

	handlers sync.WaitGroup
	busy     atomic.Int32 // handlers that run
	freed    func()       // called when one has ended

	mu       sync.Mutex // may be held when Client.mu is taken, never the other way round
	closed   bool
	counts   Counts
	messages lane
	calls    lane
	desired  lane
	notices  lane
	greeting greeting
	requests requests
	version  desiredVersion
}

// lane is a queue of jobs, of which a number runs at once, each on a goroutine that lives as long as there is a job.
type lane struct {
	waiting []func()
	running int
	width   int // 0: one at a time, in order
}

func (d *down) init(freed func()) {
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.calls.width = maxCalls
	d.freed = freed
}

// enqueue adds a job; false when there are limit already, or when the client is closed.
func (d *down) enqueue(q *lane, limit int, job func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.add(q, limit, job)
}

// add is enqueue for those who hold mu.
func (d *down) add(q *lane, limit int, job func()) bool {
	if d.closed || len(q.waiting)+q.running >= limit {
		return false
	}
	if q.running >= max(q.width, 1) {
		q.waiting = append(q.waiting, job)
		return true
	}
	q.running++
	d.busy.Add(1)
	d.handlers.Go(func() { d.run(q, job) })
	return true
}

func (d *down) run(q *lane, job func()) {
	for job != nil {
		job()
		job = d.next(q)
	}
	d.busy.Add(-1)
	d.freed()
}

func (d *down) next(q *lane) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(q.waiting) == 0 {
		q.waiting = nil // there may be ten thousand, and they are rarely used
		q.running--
		return nil
	}
	job := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	return job
}

// stop lets no handler begin any more and ends the context of those that run.
func (d *down) stop() {
	d.mu.Lock()
	d.closed = true
	for _, q := range []*lane{&d.messages, &d.calls, &d.desired, &d.notices} {
		q.waiting = nil
	}
	d.greeting.stop()
	d.version.stop()
	d.mu.Unlock()
	d.cancel()
}

// handlerTime is how long Close waits at least for handlers, which have been told to end.
const handlerTime = 2 * time.Second

// wait waits for the handlers that run; those that do not heed their context are given up, and counted.
func (d *down) wait(ctx context.Context) (left int) {
	if d.busy.Load() == 0 {
		return 0
	}
	done := make(chan struct{})
	go func() {
		d.handlers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return 0
	case <-ctx.Done():
	}
	timer := time.NewTimer(handlerTime)
	defer timer.Stop()
	select {
	case <-done:
		return 0
	case <-timer.C:
		return int(d.busy.Load())
	}
}

func (d *down) count(f func(*Counts)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(&d.counts)
}

// Counts is what came down from the hub so far.
func (c *Client) Counts() Counts {
	c.down.mu.Lock()
	defer c.down.mu.Unlock()
	return c.down.counts
}

// maxNotices is how many calls of OnProblem and OnSubscribed may wait; what is beyond goes to the log only.
const maxNotices = 16

// problem tells of what went wrong and has no other way to be told.
func (c *Client) problem(err error) {
	c.o.Logger.Debug("device problem", "device", c.cs.DeviceID, "error", err)
	if c.o.OnProblem != nil {
		c.down.enqueue(&c.down.notices, maxNotices, func() { c.o.OnProblem(err) })
	}
}
