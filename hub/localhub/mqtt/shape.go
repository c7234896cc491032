package mqtt

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// checkFlags refuses fixed header flags that the standard reserves [MQTT-2.2.2-2].
func checkFlags(kind, flags byte) error {
	want := byte(0)
	switch kind {
	case packets.Publish:
		return checkPublishFlags(flags)
	case packets.Pubrel, packets.Subscribe, packets.Unsubscribe:
		want = 2
	}
	if flags != want {
		return fmt.Errorf("%w: flags %04b of a %s", errMalformed, flags, packets.PacketNames[kind])
	}
	return nil
}

func checkPublishFlags(flags byte) error {
	qos, dup := flags>>1&3, flags&8 != 0
	if qos == 3 {
		return fmt.Errorf("%w: QoS 3", errMalformed) // [MQTT-3.3.1-4]
	}
	if dup && qos == 0 {
		return fmt.Errorf("%w: a duplicate of QoS 0", errMalformed) // [MQTT-3.3.1-2]
	}
	return nil
}

// checkShape refuses what the codec lets pass in a packet whose remaining length was length.
func checkShape(packet packets.ControlPacket, length int) error {
	switch p := packet.(type) {
	case *packets.ConnectPacket:
		return checkConnectShape(p)
	case *packets.PublishPacket:
		return checkPublishShape(p)
	case *packets.SubscribePacket:
		return checkSubscribeShape(p)
	case *packets.UnsubscribePacket:
		return checkUnsubscribeShape(p, length)
	}
	return nil
}

func checkConnectShape(p *packets.ConnectPacket) error {
	switch {
	case p.ReservedBit != 0:
		return fmt.Errorf("%w: reserved flag of CONNECT", errMalformed) // [MQTT-3.1.2-3]
	case p.PasswordFlag && !p.UsernameFlag:
		return fmt.Errorf("%w: a password without a user name", errMalformed) // [MQTT-3.1.2-22]
	case p.WillQos == 3, !p.WillFlag && (p.WillQos != 0 || p.WillRetain):
		return fmt.Errorf("%w: will flags", errMalformed) // [MQTT-3.1.2-13] to [MQTT-3.1.2-15]
	case !isText(p.ClientIdentifier), !isText(p.Username), !isText(p.WillTopic):
		return fmt.Errorf("%w: text that is not UTF-8", errMalformed) // [MQTT-1.5.3-1]
	}
	return nil
}

func checkPublishShape(p *packets.PublishPacket) error {
	if p.Qos > 0 && p.MessageID == 0 {
		return fmt.Errorf("%w: a PUBLISH with packet identifier 0", errMalformed) // [MQTT-2.3.1-1]
	}
	if p.TopicName == "" || strings.ContainsAny(p.TopicName, "+#") || !isText(p.TopicName) {
		return fmt.Errorf("%w: topic name", errMalformed) // [MQTT-3.3.2-2], [MQTT-4.7.3-1]
	}
	return nil
}

func checkSubscribeShape(p *packets.SubscribePacket) error {
	if p.MessageID == 0 || len(p.Topics) == 0 {
		return fmt.Errorf("%w: a SUBSCRIBE without identifier or topics", errMalformed) // [MQTT-3.8.3-3]
	}
	for i, filter := range p.Topics {
		if p.Qoss[i] > 2 || filter == "" || !isText(filter) {
			return fmt.Errorf("%w: a topic filter", errMalformed) // [MQTT-3.8.3-4]
		}
	}
	return nil
}

// checkUnsubscribeShape counts the bytes: the codec stops without a word at a topic that is cut short.
func checkUnsubscribeShape(p *packets.UnsubscribePacket, length int) error {
	size := 2
	for _, filter := range p.Topics {
		size += 2 + len(filter)
		if !isText(filter) {
			return fmt.Errorf("%w: a topic filter", errMalformed)
		}
	}
	if p.MessageID == 0 || len(p.Topics) == 0 || size != length {
		return fmt.Errorf("%w: an UNSUBSCRIBE without identifier or topics", errMalformed) // [MQTT-3.10.3-2]
	}
	return nil
}

// errVersion is the error of a CONNECT that is of no MQTT 3.1.1, the only one that IoT Hub speaks (protocol
// 4.1). It is answered with return code 1 [MQTT-3.1.2-2].
var errVersion = errors.New("not MQTT 3.1.1")

// protocol is how the body of a CONNECT begins: the name and the level.
const protocol = "\x00\x04MQTT\x04"

// checkVersion looks at the body of a CONNECT before it is decoded, since that of another version has
// another shape.
func checkVersion(body []byte) error {
	name, level := []byte(protocol[:6]), protocol[6]
	switch {
	case bytes.HasPrefix(body, []byte("\x00\x06MQIsdp\x03")):
		return fmt.Errorf("%w but 3.1", errVersion)
	case !bytes.HasPrefix(body, name) || len(body) < len(protocol):
		return fmt.Errorf("%w: protocol name", errMalformed) // [MQTT-3.1.2-1]
	case body[6] != level:
		return fmt.Errorf("%w but level %d", errVersion, body[6])
	}
	return nil
}

// isText tells whether MQTT allows s as a string [MQTT-1.5.3-1, MQTT-1.5.3-2].
func isText(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}
