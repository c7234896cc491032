package mqtt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"hubscope/hub/localhub/core"
)

// Options of a Server. The zero value is usable.
type Options struct {
	// ConnectTimeout is how long a client may take from the first byte of TLS to the end of its CONNECT.
	// Default 10 s.
	ConnectTimeout time.Duration
	// WriteTimeout is how long one write may take before the connection counts as dead. Default 30 s.
	WriteTimeout time.Duration
	// MaxStrangers bounds the connections that have not yet shown who they are; more are closed at once.
	// Default 16384, some 300 MB.
	MaxStrangers int
	// Logger gets at info level why the hub refused or ended a connection, which MQTT does not tell the
	// device, and at debug level who came and went; never a token. Default: none.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.ConnectTimeout <= 0 {
		o.ConnectTimeout = 10 * time.Second
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 30 * time.Second
	}
	if o.MaxStrangers <= 0 {
		o.MaxStrangers = 16384
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Server serves devices over MQTT. It is safe for concurrent use.
type Server struct {
	hub      *core.Hub
	options  Options
	log      *slog.Logger
	features features
	sessions sessions

	ctx  context.Context // ends with Close
	stop context.CancelFunc

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
	strangers int            // connections that are not known yet
	crowded   bool           // strangers were turned away and their number has not halved since
	running   sync.WaitGroup // of ServeConn
}

// ErrServerClosed is what Serve returns after Close.
var ErrServerClosed = errors.New("the MQTT server is closed")

// New makes a server on a hub. Close ends it; the hub must be closed after the server.
func New(h *core.Hub, o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		hub:       h,
		options:   o,
		log:       o.Logger,
		features:  newFeatures(),
		sessions:  sessions{hub: h},
		listeners: make(map[net.Listener]struct{}),
		conns:     make(map[*conn]struct{}),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Serve accepts connections until the listener fails or the server is closed, and closes the listener.
// It returns ErrServerClosed after Close. Running out of file descriptors and the like do not end it.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	if !s.addListener(l) {
		return ErrServerClosed
	}
	defer s.removeListener(l)
	var pause backoff
	for {
		nc, err := l.Accept()
		if err == nil {
			pause.reset()
			go s.ServeConn(nc)
			continue
		}
		if s.ctx.Err() != nil {
			return ErrServerClosed
		}
		if !isTemporary(err) {
			return fmt.Errorf("accept MQTT connections: %w", err)
		}
		s.log.Warn("accept MQTT connections", "error", err)
		pause.wait(s.ctx)
	}
}

// ServeConn serves one connection, which it closes, and returns at its end.
func (s *Server) ServeConn(nc net.Conn) {
	defer nc.Close()
	c := newConn(s, nc)
	if !s.add(c) {
		return
	}
	defer s.remove(c)
	c.serve()
}

// Close ends listeners and connections and waits for them until ctx ends. Telemetry that is being
// stored is acknowledged before. No will is sent: the devices did not die.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.stop()
	for l := range s.listeners {
		l.Close()
	}
	for c := range s.conns {
		c.end(ErrServerClosed)
	}
	s.mu.Unlock()

	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.abandon()
		return fmt.Errorf("close MQTT connections: %w", context.Cause(ctx))
	}
}

// abandon ends all connections without their last words.
func (s *Server) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.pulse.stop()
	}
}
