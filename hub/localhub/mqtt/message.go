package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// messageFeature delivers cloud-to-device messages and messages to inputs of modules. Nothing sends any
// yet; subscriptions are kept for when something does.
type messageFeature struct{ passive }

// publish is never reached: a device does not publish to these topics.
func (messageFeature) publish(*conn, topic.Publish, *packets.PublishPacket) error { return nil }
