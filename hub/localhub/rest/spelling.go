package rest

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
)

// KeepSpelling and WithSpelling belong together: names of application properties
// are parts of header names (protocol 5.2) and have a case, which net/http takes
// away. The listener's connections, of TLS and HTTP/1.1, note how such names were
// spelled; the context of a connection carries the notes to its requests.
//
//	server := &http.Server{Handler: rest.Handler(h, o), ConnContext: rest.WithSpelling}
//	server.Serve(rest.KeepSpelling(tls.NewListener(l, config)))
func KeepSpelling(l net.Listener) net.Listener { return spellingListener{l} }

// WithSpelling is for http.Server.ConnContext.
func WithSpelling(ctx context.Context, c net.Conn) context.Context {
	conn, ok := c.(*spellingConn)
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, spellingKey{}, &conn.names)
}

type spellingKey struct{}

// headerName is a header's name as the client spelled it; in lower case where
// that is not known, as HTTP/2 writes all names.
func headerName(ctx context.Context, name string) string {
	lower := strings.ToLower(name)
	if names, ok := ctx.Value(spellingKey{}).(*spellings); ok {
		return names.find(lower)
	}
	return lower
}

const (
	maxSpellings    = 512
	maxSpelledBytes = 1 << 10 // of a name
)

// spellings are the names of property headers that a connection has read. A
// request's headers are read before it is served and requests of a connection
// are served one by one, so the last spelling of a name is that of the request.
type spellings struct {
	mu    sync.Mutex
	known map[string]string // by lower case
	line  []byte            // the current line, as far as it may be such a name
	skip  bool              // the current line is none
}

func (s *spellings) find(lower string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if spelled, found := s.known[lower]; found {
		return spelled
	}
	return lower
}

// scan reads on in the stream. That a body may hold such lines does no harm: the
// next request's own headers come after it.
func (s *spellings) scan(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(data) > 0 {
		if s.skip {
			end := bytes.IndexByte(data, '\n')
			if end < 0 {
				return
			}
			data = data[end:]
		}
		s.next(data[0])
		data = data[1:]
	}
}

func (s *spellings) next(b byte) {
	switch {
	case b == '\n':
		s.line, s.skip = s.line[:0], false
		return
	case b == ':':
		s.note(string(s.line))
		s.skip = true
		return
	}
	s.line = append(s.line, b)
	n := min(len(s.line), len(headerApp))
	s.skip = len(s.line) > maxSpelledBytes || !strings.EqualFold(string(s.line[:n]), headerApp[:n])
}

func (s *spellings) note(name string) {
	if len(name) <= len(headerApp) {
		return
	}
	if s.known == nil || len(s.known) == maxSpellings {
		s.known = make(map[string]string)
	}
	s.known[strings.ToLower(name)] = name
}
