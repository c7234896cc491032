package device

import (
	"context"
	"sync"
	"time"
)

// Connections are opened so many at once in a process, so that a start of thousands does not have all of them wait
// for each other until none is answered in time. A try that takes long, since its hub does not answer, gives its place to the next.
const (
	gateWidth = 64
	gateTime  = 2 * time.Second
)

// openings is where the clients of a process queue for their connections, in order.
var openings = newGate(gateWidth)

type gate struct{ places chan struct{} }

func newGate(width int) gate { return gate{make(chan struct{}, width)} }

// enter waits for a place. leave gives it back, unless the time for it was over before.
func (g gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.places <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	free := sync.OnceFunc(func() { <-g.places })
	timer := time.AfterFunc(gateTime, free)
	return func() {
		timer.Stop()
		free()
	}, nil
}
