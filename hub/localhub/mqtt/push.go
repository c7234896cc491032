package mqtt

import (
	"errors"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// errUnread ends the connection of a device that does not read what it has asked for. When it comes back it
// asks for the whole twin, and lost method calls time out.
var errUnread = errors.New("the device does not read what it has subscribed to")

// push sends what the hub has to tell a device, from any goroutine. It never waits.
func (c *conn) push(p *packets.PublishPacket) {
	if !c.out.offer(p) {
		c.end(errUnread) // of no effect on a connection that has ended
	}
}
