package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// methodFeature takes answers to direct methods. The hub calls none yet, so every answer is to a request
// that it does not know, and those are passed over (protocol 4.3).
type methodFeature struct{ passive }

func (methodFeature) publish(*conn, topic.Publish, *packets.PublishPacket) error { return nil }
