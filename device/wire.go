package device

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// errCut stands for a connection that this side closed.
var errCut = errors.New("connection closed on this side")

// wire is the stream under MQTT. One goroutine reads from it, one writes. It knows what a net.Conn does
// not tell: why the stream ended, and whether the hub was heard of since.
type wire struct {
	net.Conn
	heard atomic.Uint64 // how often something was read

	mu    sync.Mutex
	cause error // guarded by mu

	dead     chan struct{} // closed with the first cut, or error of Read
	deadOnce sync.Once
}

func newWire(conn net.Conn) *wire {
	return &wire{Conn: conn, dead: make(chan struct{})}
}

// Read notes that there was something to read, and gives an end its cause.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.heard.Add(1)
	}
	if err != nil {
		err = w.why(err)
		w.die()
	}
	return n, err
}

// cut ends the stream for a reason of ours, which readers then get. The first reason counts.
func (w *wire) cut(cause error) {
	w.mu.Lock()
	if w.cause == nil {
		w.cause = cause
	}
	w.mu.Unlock()
	w.die()
	_ = w.Close()
}

func (w *wire) die() { w.deadOnce.Do(func() { close(w.dead) }) }

func (w *wire) why(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.cause != nil:
		return w.cause
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return errCut
	default:
		return err
	}
}

// write sends the bytes within the limit. A stream that could not take them all is of no more use.
func (w *wire) write(p []byte, limit time.Duration) error {
	if err := w.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	if _, err := w.Write(p); err != nil {
		return err
	}
	return w.SetWriteDeadline(time.Time{})
}
