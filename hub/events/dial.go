package events

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// closeTimeout bounds the good-byes of a connection: what does not come in that time is not waited for.
const closeTimeout = 2 * time.Second

// A route is how to reach a host: where to dial, whose certificate to expect, and whether to ask for one.
type route struct {
	addr  string
	host  string // no port
	tls   *tls.Config
	plain bool
	web   *web   // nil: AMQP on its own port
	other *route // to be tried when this one is blocked; nil: none
}

// config is what to trust, with the name of the host.
func (r route) config() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.tls != nil {
		config = r.tls.Clone()
	}
	config.ServerName = r.host
	return config
}

// connect connects. Errors are of type *Error.
func (r route) connect(ctx context.Context) (*socket, error) {
	if r.web != nil {
		conn, err := r.dialWeb(ctx)
		if err != nil {
			return nil, r.failed(err)
		}
		return &socket{Conn: conn}, nil
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", r.addr)
	if err != nil {
		return nil, r.failed(err)
	}
	if r.plain {
		return &socket{Conn: conn}, nil
	}
	secured := tls.Client(conn, r.config())
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, r.failed(err)
	}
	return &socket{Conn: secured}, nil
}

// A socket is a network connection that remembers why it ended: azeventhubs tells only that it did.
type socket struct {
	net.Conn
	mu     sync.Mutex
	closed bool  // guarded by mu
	cause  error // guarded by mu: the first failure before Close
}

func (s *socket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.note(err)
	return n, err
}

func (s *socket) Write(b []byte) (int, error) {
	n, err := s.Conn.Write(b)
	s.note(err)
	return n, err
}

func (s *socket) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return s.Conn.Close()
}

// cut closes the connection and notes why.
func (s *socket) cut(cause error) {
	s.note(cause)
	_ = s.Conn.Close()
}

func (s *socket) note(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil && !s.closed {
		s.cause = err
	}
}

// dead tells whether the connection has ended, and why if that came from the other side.
func (s *socket) dead() (ended bool, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed || s.cause != nil, s.cause
}

// explain adds to the error of a lost connection what the socket saw.
func (s *socket) explain(e *Error) {
	if e.Kind != ErrConnectionLost || e.Detail != "" {
		return
	}
	var timeout net.Error
	switch ended, cause := s.dead(); {
	case errors.As(cause, &timeout) && timeout.Timeout():
		e.Kind = ErrTimeout
	case errors.Is(cause, io.EOF):
		e.Detail = "the other side ended it"
	case cause != nil:
		e.Detail = networkWords(cause)
	case ended:
		e.Detail = "the hub closed it"
	}
}

// closeSoon runs a polite close and cuts the socket if that takes too long.
func (s *socket) closeSoon(polite func()) {
	cut := time.AfterFunc(closeTimeout, func() { _ = s.Close() })
	polite()
	cut.Stop()
	_ = s.Close()
}
