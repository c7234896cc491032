package mqtt

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// backoff is the growing pause of an accept loop.
type backoff struct{ next time.Duration }

const (
	firstPause = 5 * time.Millisecond
	maxPause   = time.Second
)

func (b *backoff) reset() { b.next = 0 }

func (b *backoff) wait(ctx context.Context) {
	b.next = min(max(firstPause, 2*b.next), maxPause)
	select {
	case <-time.After(b.next):
	case <-ctx.Done():
	}
}

// isTemporary tells whether a listener may work again after this error of Accept.
func isTemporary(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}
