package device

import (
	"bytes"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// maxControl bounds the bytes of control packets that wait to be written.
const maxControl = 4 << 20

// control holds packets other than telemetry that wait for the writer of the link. They go out before telemetry and
// are gone with their link.
type control struct{ waiting bytes.Buffer }

// post gives a packet to the link, to be written as soon as possible, in the order of post. It does not
// block. Errors: [ErrNetwork] when the link is no longer the client's, [ErrQueueFull].
func (c *Client) post(l *link, p packets.ControlPacket) error {
	if err := c.put(l, p); err != nil {
		return err
	}
	c.nudge()
	return nil
}

func (c *Client) put(l *link, p packets.ControlPacket) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l == nil || c.link != l {
		return network("not connected")
	}
	if waiting := l.control.waiting.Len(); waiting > maxControl {
		return fmt.Errorf("%w: %d bytes", ErrQueueFull, waiting)
	}
	return p.Write(&l.control.waiting)
}

// take moves what waits into buf.
func (o *control) take(buf *bytes.Buffer) {
	if o.waiting.Len() == 0 {
		return
	}
	_, _ = o.waiting.WriteTo(buf)
	o.waiting = bytes.Buffer{} // there may be ten thousand, and they are rarely used
}
