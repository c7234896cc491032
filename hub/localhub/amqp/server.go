package amqp

import (
	"context"
	"errors"
	"net"
	"sync"

	"hubscope/hub/localhub/core"
)

// Server is the AMQP endpoint of a hub. Its methods may be called concurrently.
type Server struct {
	hub       backend
	o         Options
	nodes     router
	receivers receivers

	mu        sync.Mutex
	closed    bool                      // guarded by mu
	listeners map[net.Listener]struct{} // guarded by mu
	conns     map[*conn]struct{}        // guarded by mu
	serving   sync.WaitGroup            // connections; added to under mu
}

// ErrServerClosed is what Serve returns after Close.
var ErrServerClosed = errors.New("the AMQP server is closed")

// New returns a server for h. Nothing runs before Serve or ServeConn.
func New(h *core.Hub, o Options) *Server { return newServer(coreHub{h}, o) }

func newServer(h backend, o Options) *Server {
	s := &Server{
		hub:       h,
		o:         o.withDefaults(),
		listeners: map[net.Listener]struct{}{},
		conns:     map[*conn]struct{}{},
	}
	if s.o.Host == "" {
		s.o.Host = h.Names()[0]
	}
	s.nodes = newRouter(s)
	return s
}

// Serve accepts connections of l until Close, which closes l, or until l
// fails. l may speak TLS; the server does not mind. It returns ErrServerClosed
// after Close.
func (s *Server) Serve(l net.Listener) error {
	if !s.listen(l) {
		_ = l.Close()
		return ErrServerClosed
	}
	defer s.unlisten(l)
	for {
		nc, err := l.Accept()
		if err != nil {
			return s.acceptError(err)
		}
		if c := s.start(nc); c != nil {
			go s.run(c)
		}
	}
}

func (s *Server) acceptError(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrServerClosed
	}
	return err
}

// ServeConn serves one connection, such as a WebSocket, and returns when it has
// ended. It closes nc.
func (s *Server) ServeConn(nc net.Conn) {
	if c := s.start(nc); c != nil {
		s.run(c)
	}
}

// Close ends all connections with amqp:connection:forced, closes the listeners
// and waits until nothing of the server runs. When ctx ends first, connections
// are cut; the error is then ctx's.
func (s *Server) Close(ctx context.Context) error {
	for _, c := range s.stop() {
		c.shutdown()
	}
	done := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.cut()
	<-done
	return ctx.Err()
}

// stop forbids new connections and returns those that live.
func (s *Server) stop() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for l := range s.listeners {
		_ = l.Close()
	}
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	return conns
}

func (s *Server) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.nc.Close()
	}
}

func (s *Server) listen(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) unlisten(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

// start registers a connection, or closes it when the server is closed.
func (s *Server) start(nc net.Conn) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = nc.Close()
		return nil
	}
	c := newConn(s, nc)
	s.conns[c] = struct{}{}
	s.serving.Add(1)
	return c
}

func (s *Server) run(c *conn) {
	defer s.serving.Done()
	c.serve()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}
