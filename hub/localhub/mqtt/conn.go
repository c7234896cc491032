package mqtt

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
)

// conn is one connection of a device, from its first byte to its last. Two goroutines serve it: the
// caller of ServeConn reads and decides, a second one writes (outbox.run).
type conn struct {
	server *Server
	log    *slog.Logger
	pulse  *pulse
	in     *packetReader
	out    *outbox

	known bool // guarded by server.mu

	// Set once by the handshake, before anything else uses them.
	clientID string // as claimed, shortened; for the log
	id       core.ID
	session  *core.Session
	stored   *session
	will     *core.Message

	// Made with the first subscription to messages; of the goroutine that reads.
	downlink *downlink
	work     sync.WaitGroup // what features run besides; added to before closed returns

	mu     sync.Mutex
	reason error // why the connection was ended from outside; guarded by mu
}

// errDisconnect is the end that the device announced.
var errDisconnect = errors.New("the device disconnected")

func newConn(s *Server, nc net.Conn) *conn {
	p := newPulse(nc, s.options.ConnectTimeout, s.options.WriteTimeout)
	return &conn{
		server: s,
		log:    s.log,
		pulse:  p,
		in:     newPacketReader(p),
		out:    newOutbox(p),
	}
}

func (c *conn) serve() {
	if err := c.handshake(); err != nil {
		c.log.Log(c.context(), levelOf(err), "MQTT connection refused", "client", c.clientID, "remote", c.pulse.RemoteAddr(), "reason", err)
		return
	}
	defer c.session.Close()

	writing := make(chan struct{})
	go func() {
		defer close(writing)
		if err := c.out.run(); err != nil {
			c.end(err)
		}
	}()
	err := c.readAll()
	c.leave(err)
	c.out.drained()
	c.out.close()
	c.work.Wait()
	<-writing
	if c.downlink != nil {
		c.downlink.giveBack()
	}
}

// readAll reads and handles packets until the end, whose reason it returns.
func (c *conn) readAll() error {
	for {
		packet, err := c.in.next()
		if err != nil {
			return c.because(err)
		}
		c.pulse.packetCame()
		if err := c.handle(packet); err != nil {
			return c.because(err)
		}
		if c.pulse.noReads.Load() {
			return c.because(errEnded) // what is still in the buffer came too late
		}
	}
}

// handle does what one packet asks for. An error ends the connection: MQTT 3.1.1 has no other way to refuse.
func (c *conn) handle(packet packets.ControlPacket) error {
	switch p := packet.(type) {
	case *packets.PublishPacket:
		return c.published(p)
	case *packets.PubackPacket:
		c.server.features.acknowledged(c, p.MessageID)
		return nil
	case *packets.SubscribePacket:
		return c.subscribe(p)
	case *packets.UnsubscribePacket:
		return c.unsubscribe(p)
	case *packets.PingreqPacket:
		c.session.Touch()
		return c.out.send(packets.NewControlPacket(packets.Pingresp))
	case *packets.DisconnectPacket:
		return errDisconnect
	default:
		return unexpected(packet)
	}
}

// leave does what is due at the end of a connection, before its last acknowledgements are written.
func (c *conn) leave(reason error) {
	c.log.Log(c.context(), levelOf(reason), "MQTT connection closed", "client", c.clientID, "reason", reason)
	c.server.features.closed(c)
	if errors.Is(reason, errDisconnect) || errors.Is(reason, ErrServerClosed) {
		return
	}
	c.sendWill()
	c.pulse.stop()
}

// end closes the connection from outside: another connection took over, the identity was disabled, the
// token has expired, the server closes. It does not wait.
func (c *conn) end(reason error) {
	c.mu.Lock()
	if c.reason == nil {
		c.reason = reason
	}
	c.mu.Unlock()
	if errors.Is(reason, ErrServerClosed) {
		c.pulse.stopReads()
		return
	}
	c.pulse.stop()
}

// because is the reason for an end: what was said from outside, else the error of the network.
func (c *conn) because(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason != nil {
		return c.reason
	}
	return err
}

// context ends with the server.
func (c *conn) context() context.Context { return c.server.ctx }

// levelOf is the level at which an end is logged. MQTT 3.1.1 tells a device nothing of why it was closed, so
// the log must: all that is not the network's or the device's own coming and going.
func levelOf(reason error) slog.Level {
	var network net.Error
	switch {
	case errors.Is(reason, errDisconnect), errors.Is(reason, ErrServerClosed),
		errors.Is(reason, io.EOF), errors.Is(reason, io.ErrUnexpectedEOF), errors.Is(reason, net.ErrClosed),
		errors.As(reason, &network) && network.Timeout():
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
