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

// wire is the stream under paho. Paho reads from it and writes what is not telemetry; the client
// writes telemetry. It knows three things that paho does not tell: why the stream ended, whether
// the hub was heard of since, and which code a CONNACK really had.
type wire struct {
	net.Conn
	heard atomic.Uint64 // how often something was read

	mu    sync.Mutex
	cause error

	dead     chan struct{}
	deadOnce sync.Once

	// connack and seen are touched by the one reader only, until it has told paho of the CONNACK.
	connack [4]byte
	seen    int
}

func newWire(conn net.Conn) *wire {
	return &wire{Conn: conn, dead: make(chan struct{})}
}

// Read notes the first bytes and that there were some. It never returns net.ErrClosed: paho takes that as an end
// that it wanted, tells nobody, and would never report the connection as lost.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.heard.Add(1)
		if w.seen < len(w.connack) {
			w.seen += copy(w.connack[w.seen:], p[:n])
		}
	}
	if err != nil {
		err = w.why(err)
		w.deadOnce.Do(func() { close(w.dead) })
	}
	return n, err
}

// cut ends the stream for a reason of ours, which readers then get.
func (w *wire) cut(cause error) {
	w.mu.Lock()
	if w.cause == nil {
		w.cause = cause
	}
	w.mu.Unlock()
	_ = w.Conn.Close()
}

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

// refusal is the return code of the CONNACK; 0 when there was none or it accepted. Paho takes codes
// that it does not know for success.
func (w *wire) refusal() byte {
	if w.seen < len(w.connack) {
		return 0
	}
	return w.connack[3]
}
