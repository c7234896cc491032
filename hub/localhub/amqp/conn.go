package amqp

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// conn is one connection. The goroutine in serve reads; writeLoop writes; links
// that send events have a goroutine each. All of them end before serve returns.
type conn struct {
	srv *Server
	nc  net.Conn
	in  *frame.Reader
	log *slog.Logger

	ctx    context.Context // ends with the connection
	cancel context.CancelFunc
	work   sync.WaitGroup // writeLoop and links

	kick chan struct{} // tells writeLoop that out has something
	room chan struct{} // tells the reader that out was taken

	// Owned by the reading goroutine.
	opened   bool
	hostname string // of the peer's open, without port

	mu       sync.Mutex
	out      []byte              // frames to be written; guarded by mu
	spare    []byte              // to be out after the next write; guarded by mu
	writing  bool                // a goroutine is in flush; guarded by mu
	waiting  []*sender           // links that wait for room in out; guarded by mu
	overfull []*sender           // links whose peer takes no replies; guarded by mu
	closing  bool                // close was sent or the socket failed; guarded by mu
	maxFrame int                 // the peer's; guarded by mu
	beat     time.Duration       // heartbeat interval, 0 = none; guarded by mu
	sessions map[uint16]*session // guarded by mu
	links    int                 // of all sessions; guarded by mu
	partial  int                 // bytes of unfinished messages; guarded by mu
	claims   claims              // guarded by mu
	nextLook time.Time           // at idle links; zero when none can be; guarded by mu

	devices   map[core.ID]*presence // guarded by mu
	container string                // the peer's container id; guarded by mu
}

func newConn(s *Server, nc net.Conn) *conn {
	ctx, cancel := context.WithCancel(context.Background())
	c := &conn{
		srv:      s,
		nc:       nc,
		log:      s.o.Logger.With("peer", nc.RemoteAddr().String()),
		ctx:      ctx,
		cancel:   cancel,
		kick:     make(chan struct{}, 1),
		room:     make(chan struct{}, 1),
		maxFrame: maxFrame,
		sessions: map[uint16]*session{},
		devices:  map[core.ID]*presence{},
	}
	c.in = frame.NewReader(deadlineReader{c}, maxFrame)
	return c
}

// serve reads the connection until it ends.
func (c *conn) serve() {
	c.work.Go(c.writeLoop)
	_ = c.nc.SetReadDeadline(time.Now().Add(c.srv.o.OpenTimeout))
	c.finish(c.read())
	c.releaseAll()
	c.cancel()
	_ = c.nc.Close()
	c.work.Wait()
}

// errClosed ends the reading of a connection that was closed in order.
var errClosed = errors.New("the connection is closed")

func (c *conn) read() error {
	if err := c.negotiate(); err != nil {
		return err
	}
	for {
		f, err := c.in.Next()
		if err != nil {
			return err
		}
		if err := c.onFrame(f); err != nil {
			return err
		}
		if err := c.waitForRoom(); err != nil {
			return err
		}
	}
}

// finish tells the peer why the connection ends, if it can still be told, and
// gives it time to read that.
func (c *conn) finish(err error) {
	reason := c.reason(err)
	if reason != nil {
		c.log.Debug("AMQP connection closed", "reason", reason.Error())
	}
	c.mu.Lock()
	told := c.closing
	if c.opened && reason != nil {
		c.sendLocked(0, &frame.Close{Error: reason})
	}
	c.closing = true
	c.mu.Unlock()
	c.wakeWriter()
	if !told && (reason != nil || errors.Is(err, errClosed)) {
		c.linger()
	}
}

// reason turns what ended the reading into what the peer is told; nil when it
// is gone or knows.
func (c *conn) reason(err error) *frame.Error {
	var malformed *frame.MalformedError
	switch {
	case errors.Is(err, errClosed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault(condLimit, "local-idle-timeout expired")
	case errors.As(err, &malformed):
		return fault(condFraming, "%s", malformed.Error())
	}
	var fe *frame.Error
	if errors.As(err, &fe) {
		return fe
	}
	return nil
}

// linger reads and drops what still comes, until the peer has closed or a
// second has passed: closing a socket with unread bytes can take the last
// frame from the peer.
func (c *conn) linger() {
	_ = c.nc.SetReadDeadline(time.Now().Add(lingerTime))
	buf := make([]byte, 4096)
	for {
		if _, err := c.nc.Read(buf); err != nil {
			return
		}
	}
}

// shutdown closes the connection because the server ends.
func (c *conn) shutdown() {
	c.closeWith(fault(condForced, "The service is shutting down."))
}

// closeWith closes the connection from outside its reading goroutine, which
// then ends by the peer's close, by its end or after lingerTime.
func (c *conn) closeWith(reason *frame.Error) {
	c.mu.Lock()
	if c.container != "" {
		c.sendLocked(0, &frame.Close{Error: reason})
	}
	c.closing = true
	_ = c.nc.SetReadDeadline(time.Now().Add(lingerTime))
	c.mu.Unlock()
	c.wakeWriter()
}

// releaseAll ends all links and what their nodes hold for them.
func (c *conn) releaseAll() {
	c.mu.Lock()
	var all []func()
	for _, s := range c.sessions {
		all = append(all, s.dropLocked()...)
	}
	c.mu.Unlock()
	for _, release := range all {
		release()
	}
}

// deadlineReader gives each read of an open connection the idle time-out.
type deadlineReader struct{ c *conn }

func (r deadlineReader) Read(p []byte) (int, error) {
	if r.c.opened {
		r.c.extendDeadline()
	}
	return r.c.nc.Read(p)
}

func (c *conn) extendDeadline() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		_ = c.nc.SetReadDeadline(time.Now().Add(c.srv.o.IdleTimeout))
	}
}

// newUUID is a random uuid (RFC 9562, version 4).
func newUUID() goamqp.UUID {
	var id goamqp.UUID
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// newID is a random name for containers, tags and tracking.
func newID() string { return rand.Text() }
