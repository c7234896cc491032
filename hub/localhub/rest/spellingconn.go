package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// handshakeTimeout bounds a TLS handshake.
const handshakeTimeout = 10 * time.Second

type spellingListener struct{ net.Listener }

func (l spellingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tlsConn, ok := c.(*tls.Conn); ok && err == nil {
		return &spellingConn{Conn: tlsConn, tls: tlsConn}, nil
	}
	return c, err
}

// spellingConn is a TLS connection that keeps the spelling of headers.
type spellingConn struct {
	net.Conn
	tls   *tls.Conn
	names spellings
}

func (c *spellingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.names.scan(p[:n])
	return n, err
}

// ConnectionState is asked for by net/http on the connection's own goroutine
// before its first request. The handshake is made here, since net/http makes it
// only for connections of the type *tls.Conn. When it fails the first read says so.
func (c *spellingConn) ConnectionState() tls.ConnectionState {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	err := c.tls.HandshakeContext(ctx)
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil && looksLikeHTTP(record.RecordHeader) {
		_, _ = io.WriteString(record.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis port speaks HTTPS: use https:// in the address.\n")
		_ = record.Conn.Close()
	}
	return c.tls.ConnectionState()
}

// looksLikeHTTP tells from its first bytes that a client left out the "s".
func looksLikeHTTP(header [5]byte) bool {
	for _, method := range []string{"GET ", "PUT ", "POST ", "HEAD ", "PATCH", "DELET", "OPTIO"} {
		if strings.HasPrefix(string(header[:]), method) {
			return true
		}
	}
	return false
}
