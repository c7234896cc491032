package sim

import (
	"context"
	"sync"
	"sync/atomic"
)

// ramps are the starts of many devices that are under way.
type ramps struct {
	planned atomic.Int64 // devices that are yet to be started

	mu   sync.Mutex
	next int                             // guarded by mu
	ends map[int]context.CancelCauseFunc // guarded by mu
}

// begin takes note of a start of n devices. Its context ends with ctx or when the fleet stops; end is to be called
// when it is over, with how many of the n were left out.
func (r *ramps) begin(ctx context.Context, n int) (_ context.Context, end func(left int)) {
	ctx, cancel := context.WithCancelCause(ctx)
	r.planned.Add(int64(n))
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	if r.ends == nil {
		r.ends = make(map[int]context.CancelCauseFunc)
	}
	r.ends[id] = cancel
	return ctx, func(left int) {
		cancel(nil)
		r.planned.Add(-int64(left))
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.ends, id)
	}
}

// stop ends all of them.
func (r *ramps) stop(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, end := range r.ends {
		end(why)
	}
}
