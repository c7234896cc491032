package localhub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// Heir keeps a state folder served: when the hub that was joined ends, it starts
// one in its place, with the same settings on the same ports, so that clients
// only have to connect again. Of several heirs one starts a hub, and the others
// join that.
type Heir struct {
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	local *Hub
}

// Succession tells what came after a hub that has ended.
type Succession struct {
	// Ended is the process of that hub.
	Ended int
	// By is the process of the hub that serves now, which may be this one; 0 when
	// there is none, for the reason Err.
	By  int
	Err error
}

// String is a sentence for the screen.
func (s Succession) String() string {
	ended := fmt.Sprintf("the local hub of process %d has ended", s.Ended)
	switch s.By {
	case 0:
		return fmt.Sprintf("%s, and can not be run here (%s)", ended, s.Err)
	case os.Getpid():
		return ended + ": it runs here now, on the same ports"
	}
	return fmt.Sprintf("%s: joined that of process %d", ended, s.By)
}

// Heir starts to watch the running hub. Tell, called on a goroutine of the heir,
// must not block. The caller closes the heir.
func (r Running) Heir(tell func(Succession)) *Heir {
	ctx, cancel := context.WithCancel(context.Background())
	h := &Heir{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(h.done)
		for r.Wait(ctx) == nil {
			next, s := h.succeed(ctx, r)
			if ctx.Err() != nil {
				return
			}
			tell(s)
			if s.By == 0 || s.By == os.Getpid() {
				return
			}
			r = next
		}
	}()
	return h
}

// succeed runs the hub here, or joins one that was faster.
func (h *Heir) succeed(ctx context.Context, ended Running) (Running, Succession) {
	s := Succession{Ended: ended.PID}
	local, err := Start(ctx, ended.Successor())
	if err == nil {
		h.mu.Lock()
		h.local = local
		h.mu.Unlock()
		s.By = os.Getpid()
		return Running{}, s
	}
	if !errors.Is(err, ErrInUse) {
		s.Err = err
		return Running{}, s
	}
	next, err := Join(ctx, ended.stateDir)
	s.By, s.Err = next.PID, err
	return next, s
}

// Close stops to watch, and closes the hub if one was started; see Hub.Close.
func (h *Heir) Close(ctx context.Context) error {
	h.cancel()
	<-h.done
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.local == nil {
		return nil
	}
	return h.local.Close(ctx)
}
