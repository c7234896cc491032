package mqtt

import (
	"bytes"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// Every packet of the Node SDK is taken. Only its password is another: the captured token is over.
// Protocol 4.1.2.
func TestCaptureOfNodeSDK(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	p := s.dial()
	reads := capture(t)

	recorded, err := newPacketReader(bytes.NewReader(reads[0])).next()
	if err != nil {
		t.Fatal(err)
	}
	connect := recorded.(*packets.ConnectPacket)
	connect.Password = []byte(s.token("dev1", key, time.Now().Add(time.Hour)))
	if ack := p.open(connect); ack.ReturnCode != packets.Accepted {
		t.Fatalf("CONNACK %d", ack.ReturnCode)
	}

	p.sendBytes(reads[1]) // telemetry
	if id := receive[*packets.PubackPacket](p).MessageID; id != 37453 {
		t.Errorf("PUBACK %d", id)
	}
	p.sendBytes(reads[2]) // three SUBSCRIBEs in one write
	for i, want := range []byte{1, 0, 0} {
		ack := receive[*packets.SubackPacket](p)
		if ack.MessageID != uint16(37454+i) || !bytes.Equal(ack.ReturnCodes, []byte{want}) {
			t.Errorf("SUBSCRIBE %d: %v", i, ack)
		}
	}
	p.sendBytes(reads[3]) // twin GET
	if got := receive[*packets.PublishPacket](p).TopicName; got != "$iothub/twin/res/200/?$rid=06f73566-103e-41c5-b012-274100096c33" {
		t.Errorf("twin response on %s", got)
	}
	p.sendBytes(reads[4]) // SUBSCRIBE and reported properties
	receive[*packets.SubackPacket](p)
	if got := receive[*packets.PublishPacket](p).TopicName; got != "$iothub/twin/res/204/?$rid=8264f5cb-35fa-44ed-ac96-adfa07ea61fd&$version=2" {
		t.Errorf("twin response on %s", got)
	}
	p.sendBytes(reads[5]) // PUBACK of a cloud-to-device message
	p.sendBytes(reads[6]) // answer to a direct method
	p.alive()
	p.sendBytes(reads[7]) // DISCONNECT
	p.closed()
	if got := body(t, s.events("dev1", 1)[0]); got != `{"t":1}` {
		t.Errorf("telemetry %s", got)
	}
}
