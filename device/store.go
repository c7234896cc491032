package device

import (
	"strconv"
	"strings"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// acks is the session store that paho is given. It stores nothing, because the outbox does; but paho
// deletes a packet from it at the moment when its PUBACK arrives, and that is what it is here for.
type acks struct {
	confirmed func(id uint16)
}

const outboundPrefix = "o."

func (a acks) Del(key string) {
	number, ok := strings.CutPrefix(key, outboundPrefix)
	if !ok {
		return
	}
	if id, err := strconv.ParseUint(number, 10, 16); err == nil && id >= firstID {
		a.confirmed(uint16(id))
	}
}

func (acks) Open()                             {}
func (acks) Put(string, packets.ControlPacket) {}
func (acks) Get(string) packets.ControlPacket  { return nil }
func (acks) All() []string                     { return nil }
func (acks) Close()                            {}
func (acks) Reset()                            {}
