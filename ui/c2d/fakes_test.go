package c2d

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/hub/events"
	"hubscope/hub/wire"
)

// clock stands still until it is moved.
type clock struct{ after atomic.Int64 }

func (c *clock) Now() time.Time {
	return time.Date(2026, 11, 22, 14, 3, 21, 400e6, time.UTC).Add(time.Duration(c.after.Load()))
}

func (c *clock) move(d time.Duration) { c.after.Add(int64(d)) }

// queueing is a hub with the queue of one device, which fails as it is told to.
type queueing struct {
	mu      sync.Mutex
	n       int   // guarded by mu, as all below
	sent    int   // messages that were taken
	refuse  error // of sending
	unread  error // of reading the device
	unpurge error
	hold    bool // sending waits until it is cancelled
}

func (q *queueing) set(change func(*queueing)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	change(q)
}

func (q *queueing) Send(ctx context.Context, _ c2d.To, m c2d.Message) (c2d.Receipt, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.hold {
		q.mu.Unlock()
		<-ctx.Done()
		q.mu.Lock()
		return c2d.Receipt{}, ctx.Err()
	}
	if q.refuse != nil {
		return c2d.Receipt{}, q.refuse
	}
	q.n, q.sent = q.n+1, q.sent+1
	r := c2d.Receipt{MessageID: cmp.Or(m.MessageID, fmt.Sprintf("5e0f2b9d-3f6a-4d7c-8b1a-%012d", q.sent))}
	if m.TTL > 0 {
		r.Expiry = (&clock{}).Now().Add(m.TTL)
	}
	return r, nil
}

func (q *queueing) Device(_ context.Context, id string) (hub.Device, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return hub.Device{DeviceID: id, C2DCount: q.n}, q.unread
}

func (q *queueing) PurgeC2D(context.Context, string) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unpurge != nil {
		return 0, q.unpurge
	}
	n := q.n
	q.n = 0
	return n, nil
}

// mouth tells feedback when it is told to.
type mouth struct {
	mu   sync.Mutex
	sink events.Sink // guarded by mu
	err  error       // of reading; guarded by mu
}

func (m *mouth) Listen(s events.Sink) (stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sink = s
	return func() {}
}

func (m *mouth) Read(ctx context.Context) error {
	m.mu.Lock()
	sink, err := m.sink, m.err
	m.mu.Unlock()
	if err != nil {
		return err
	}
	sink.State(events.PartitionState{Phase: events.Live})
	<-ctx.Done()
	sink.State(events.PartitionState{Phase: events.Stopped})
	return nil
}

// says what became of the message of wind-1 with a number.
func (m *mouth) says(n int, status string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, _ := json.Marshal(wire.FeedbackRecord{
		OriginalMessageID: fmt.Sprintf("5e0f2b9d-3f6a-4d7c-8b1a-%012d", n), DeviceID: "wind-1", StatusCode: status,
		Description: status, EnqueuedTimeUTC: wire.Time{Time: at},
	})
	m.sink.Events([]events.Event{{Body: body}})
}
