package mqtt

import (
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// feature is one thing that a device can do over MQTT besides sending telemetry: its twin, direct
// methods, cloud-to-device messages. A feature sends with conn.out.send and asks conn.stored what the
// device has subscribed to.
//
// All of it runs on the goroutine that reads the connection, one after the other. It may wait for a write
// to become durable, but not for the device.
type feature interface {
	// publish handles a PUBLISH to one of the feature's topics. An error ends the connection.
	publish(c *conn, t topic.Publish, p *packets.PublishPacket) error
	// granted tells that the device has subscribed to one of the feature's filters, or that a
	// connection begins whose stored session holds it. For what is pushed (isPushed) that is before the SUBACK or CONNACK.
	granted(c *conn, f topic.Filter, qos byte)
	// revoked tells that the device has given up one of the feature's filters. Those of the same kind
	// that are left are in conn.stored.
	revoked(c *conn, f topic.Filter)
	// acknowledged tells of a PUBACK; whether it was for a delivery of the feature is the answer.
	acknowledged(c *conn, packetID uint16) bool
	// closed tells that the connection has ended. The session is still open; what the feature calls back
	// later must find nobody.
	closed(c *conn)
}

// features finds the feature for a topic or a filter.
type features struct {
	all      []feature
	byTopic  map[topic.Kind]feature
	byFilter map[topic.FilterKind]feature
}

// newFeatures is where a feature joins.
func newFeatures() features {
	twins, methods, messages := twinFeature{}, methodFeature{}, messageFeature{}
	return features{
		all: []feature{twins, methods, messages},
		byTopic: map[topic.Kind]feature{
			topic.TwinGet:        twins,
			topic.TwinPatch:      twins,
			topic.MethodResponse: methods,
		},
		byFilter: map[topic.FilterKind]feature{
			topic.TwinResponseFilter:      twins,
			topic.DesiredFilter:           twins,
			topic.MethodFilter:            methods,
			topic.DeviceBoundFilter:       messages,
			topic.ModuleInputFilter:       messages,
			topic.EverythingBoundToModule: messages,
		},
	}
}

func (fs features) publish(c *conn, t topic.Publish, p *packets.PublishPacket) error {
	f, ok := fs.byTopic[t.Kind]
	if !ok {
		return core.NewError(core.CodeArgumentInvalid, "publish: no device publishes %s", t.Kind)
	}
	return f.publish(c, t, p)
}

func (fs features) granted(c *conn, f topic.Filter, qos byte) {
	if feature, ok := fs.byFilter[f.Kind]; ok {
		feature.granted(c, f, qos)
	}
}

func (fs features) revoked(c *conn, f topic.Filter) {
	if feature, ok := fs.byFilter[f.Kind]; ok {
		feature.revoked(c, f)
	}
}

// acknowledged passes a PUBACK on. One that belongs to nothing is let pass, as IoT Hub does: it may
// answer a delivery from before a reconnect.
func (fs features) acknowledged(c *conn, packetID uint16) {
	for _, f := range fs.all {
		if f.acknowledged(c, packetID) {
			return
		}
	}
}

func (fs features) closed(c *conn) {
	for _, f := range fs.all {
		f.closed(c)
	}
}

// unacknowledged is a feature that sends with QoS 0 only (protocol 4.2).
type unacknowledged struct{}

func (unacknowledged) acknowledged(*conn, uint16) bool { return false }
