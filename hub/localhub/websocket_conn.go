package localhub

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// webSocketConn is the byte stream in the binary messages of a WebSocket. Unlike the connection of
// websocket.NetConn its deadlines are those of the socket below: one that passes ends reads or writes and
// leaves the other direction alone. One goroutine may read.
type webSocketConn struct {
	net.Conn // deadlines and addresses
	socket   *websocket.Conn
	tls      *tls.ConnectionState // nil without TLS
	message  io.Reader            // what is left of the current message; nil between two
}

// closeGrace bounds the closing handshake of a WebSocket.
const closeGrace = time.Second

func (c *webSocketConn) Read(b []byte) (int, error) {
	for {
		if err := c.nextMessage(); err != nil {
			return 0, err
		}
		n, err := c.message.Read(b)
		if errors.Is(err, io.EOF) {
			c.message, err = nil, nil
		}
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
	}
}

func (c *webSocketConn) nextMessage() error {
	if c.message != nil {
		return nil
	}
	kind, message, err := c.socket.Reader(context.Background()) // ends with the socket's deadline
	switch status := websocket.CloseStatus(err); {
	case status == websocket.StatusNormalClosure, status == websocket.StatusGoingAway, status == websocket.StatusNoStatusRcvd:
		return io.EOF
	case err != nil:
		return err
	case kind != websocket.MessageBinary:
		return fmt.Errorf("a %s on a WebSocket that carries bytes", kind)
	}
	c.message = message
	return nil
}

func (c *webSocketConn) Write(b []byte) (int, error) {
	if err := c.socket.Write(context.Background(), websocket.MessageBinary, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close says so to the peer, waits for its answer for closeGrace and closes the socket.
func (c *webSocketConn) Close() error {
	_ = c.Conn.SetDeadline(time.Now().Add(closeGrace))
	return c.socket.Close(websocket.StatusNormalClosure, "")
}

// ConnectionState is that of the TLS connection below, for its client certificate.
func (c *webSocketConn) ConnectionState() tls.ConnectionState {
	if c.tls == nil {
		return tls.ConnectionState{}
	}
	return *c.tls
}

// hijacker keeps the connection that a WebSocket is made on.
type hijacker struct {
	http.ResponseWriter
	conn net.Conn
}

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, buffers, err
}
