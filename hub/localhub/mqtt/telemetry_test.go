package mqtt

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/core"
)

const events1 = "devices/dev1/messages/events/"

func TestTelemetryReachesEventLog(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.send(publish(events1+"%24.mid=mid%2F1&%24.cid=c1&%24.ct=application%2Fjson&%24.ce=utf-8&k%20e=v%2F%26%3D&%24.sub=comp1&bare", 1, 37453, []byte(`{"t":1}`)))
	if id := receive[*packets.PubackPacket](p).MessageID; id != 37453 {
		t.Errorf("PUBACK %d", id)
	}
	m := s.events("dev1", 1)[0]
	if got := body(t, m); got != `{"t":1}` {
		t.Errorf("body %s", got)
	}
	want := map[string]any{"k e": "v/&=", "bare": ""}
	if diff := cmp.Diff(want, m.ApplicationProperties); diff != "" {
		t.Error(diff)
	}
	if m.Properties.MessageID != "mid/1" || m.Properties.CorrelationID != "c1" ||
		*m.Properties.ContentType != "application/json" || *m.Properties.ContentEncoding != "utf-8" {
		t.Errorf("properties %+v", m.Properties)
	}
	if m.Annotations["dt-subject"] != "comp1" || m.Annotations["iothub-message-source"] != "Telemetry" {
		t.Errorf("annotations %v", m.Annotations)
	}
}

func TestTelemetryKinds(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	binary := make([]byte, 256)
	for i := range binary {
		binary[i] = byte(i)
	}
	retained := publish(events1, 0, 0, []byte("retained"))
	retained.Retain = true
	again := publish(events1, 1, 3, []byte("again"))
	again.Dup = true
	for _, m := range []*packets.PublishPacket{
		publish("devices/dev1/messages/events", 0, 0, []byte("no slash")),
		publish(events1+"a=b/", 0, 0, []byte("slash at the end")),
		publish(events1, 0, 0, nil),
		publish(events1, 0, 0, binary),
		retained,
		again,
	} {
		p.send(m)
	}
	if id := receive[*packets.PubackPacket](p).MessageID; id != 3 {
		t.Errorf("PUBACK %d: QoS 0 is not acknowledged", id)
	}
	got := s.events("dev1", 6)
	for i, want := range []string{"no slash", "slash at the end", "", string(binary), "retained", "again"} {
		if body(t, got[i]) != want {
			t.Errorf("message %d: %q, want %q", i, body(t, got[i]), want)
		}
	}
	if got[4].ApplicationProperties["mqtt-retain"] != "true" {
		t.Errorf("retained: %v", got[4].ApplicationProperties)
	}
	if got[5].ApplicationProperties["mqtt-dup"] != "true" {
		t.Errorf("duplicate: %v", got[5].ApplicationProperties)
	}
}

// What IoT Hub answers with the end of the connection (protocol 4.1).
func TestPublishRefusals(t *testing.T) {
	for name, packet := range map[string]packets.ControlPacket{
		"QoS 2":                  publish(events1, 2, 1, nil),
		"another device":         publish("devices/dev2/messages/events/", 1, 1, nil),
		"a module of the device": publish("devices/dev1/modules/m/messages/events/", 1, 1, nil),
		"an unknown topic":       publish("sensors/1", 1, 1, nil),
		"an unknown hub topic":   publish("$iothub/other", 1, 1, nil),
		"its own C2D topic":      publish("devices/dev1/messages/devicebound/", 1, 1, nil),
		"a malformed bag":        publish(events1+"a=%zz", 1, 1, nil),
		"a message too large":    publish(events1, 1, 1, make([]byte, core.MaxMessageSize+1)),
		"properties too large":   publish(events1+"a=b", 1, 1, make([]byte, core.MaxMessageSize-1)),
		"a packet too large":     publish(events1, 1, 1, make([]byte, maxPacket)),
		"a packet of QoS 2":      packets.NewControlPacket(packets.Pubrel),
		"a packet of a server":   packets.NewControlPacket(packets.Pingresp),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			neighbour := s.connect("dev2", s.device("dev2"))
			p := s.connect("dev1", s.device("dev1"))
			p.try(packet)
			p.closed()
			neighbour.send(publish("devices/dev2/messages/events/", 1, 2, nil))
			receive[*packets.PubackPacket](neighbour)
			s.events("dev1", 0)
		})
	}
}

func TestLargestMessage(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	want := bytes.Repeat([]byte("x"), core.MaxMessageSize-len("a")-len("b")-len("mid"))
	p.send(publish(events1+"a=b&%24.mid=mid", 1, 5, want))
	if id := receive[*packets.PubackPacket](p).MessageID; id != 5 {
		t.Errorf("PUBACK %d", id)
	}
	if got := body(t, s.events("dev1", 1)[0]); got != string(want) {
		t.Errorf("%d bytes arrived, %d were sent", len(got), len(want))
	}
}

// Acknowledgements come in the order of publishing, for messages that are in the log in that order
// [MQTT-4.6.0-2].
func TestPipelinedTelemetryKeepsItsOrder(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	const n = 10000
	go func() {
		var stream bytes.Buffer
		for i := range n {
			publish(events1, 1, uint16(i+1), fmt.Appendf(nil, "%d", i)).Write(&stream)
		}
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write(stream.Bytes())
	}()
	for i := range n {
		if id := receive[*packets.PubackPacket](p).MessageID; id != uint16(i+1) {
			t.Fatalf("PUBACK %d, want %d", id, i+1)
		}
	}
	for i, m := range s.events("dev1", n) {
		if got := body(t, m); got != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, got)
		}
	}
}

func TestWill(t *testing.T) {
	will := func(c *packets.ConnectPacket) {
		c.WillFlag, c.WillTopic, c.WillMessage = true, events1+"%24.ct=text%2Fplain&k=v", []byte("gone")
		c.WillQos, c.WillRetain = 1, true
	}
	t.Run("after a lost connection", func(t *testing.T) {
		s := newStation(t)
		s.connect("dev1", s.device("dev1"), will).conn.Close()
		checkWill(t, s.events("dev1", 1)[0])
	})
	t.Run("after a protocol error", func(t *testing.T) {
		s := newStation(t)
		p := s.connect("dev1", s.device("dev1"), will)
		p.send(publish(events1, 2, 1, nil))
		p.closed()
		checkWill(t, s.events("dev1", 1)[0])
	})
	t.Run("not after DISCONNECT", func(t *testing.T) {
		s := newStation(t)
		key := s.device("dev1")
		p := s.connect("dev1", key, will)
		p.send(packets.NewControlPacket(packets.Disconnect))
		p.closed()
		p = s.connect("dev1", key)
		p.send(publish(events1, 1, 1, []byte("next")))
		receive[*packets.PubackPacket](p)
		if got := body(t, s.events("dev1", 1)[0]); got != "next" {
			t.Errorf("the first message is %q", got)
		}
	})
}

func checkWill(t *testing.T, m *amqp.Message) {
	t.Helper()
	if got := body(t, m); got != "gone" {
		t.Errorf("body %q", got)
	}
	want := map[string]any{"k": "v", "iothub-MessageType": "Will", "mqtt-retain": "true"}
	if diff := cmp.Diff(want, m.ApplicationProperties); diff != "" {
		t.Error(diff)
	}
}

// Every packet of the Node SDK is taken. Only its password is another: the captured token is over.
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
	if got := receive[*packets.PublishPacket](p).TopicName; !strings.HasSuffix(got, "?$rid=06f73566-103e-41c5-b012-274100096c33") {
		t.Errorf("twin response on %s", got)
	}
	p.sendBytes(reads[4]) // SUBSCRIBE and reported properties
	receive[*packets.SubackPacket](p)
	if got := receive[*packets.PublishPacket](p).TopicName; !strings.HasSuffix(got, "?$rid=8264f5cb-35fa-44ed-ac96-adfa07ea61fd") {
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

// Bytes at random end their connection, and nothing else.
func TestGarbage(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	neighbour := s.connect("dev2", s.device("dev2"))
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 200 {
		p := s.dial()
		if i%2 == 0 {
			p.open(s.login("dev1", key))
		}
		garbage := make([]byte, 1+random.IntN(5000))
		for i := range garbage {
			garbage[i] = byte(random.Uint32())
		}
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write(garbage)
		p.conn.Close()
	}
	neighbour.alive()
	neighbour.conn.Close()
	eventually(t, func() bool {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		return len(s.server.conns) == 0 && s.server.strangers == 0
	})
}

// What was taken before Close is acknowledged; the device did not die, so there is no will.
func TestCloseAcknowledgesWhatItTook(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"), func(c *packets.ConnectPacket) {
		c.WillFlag, c.WillTopic, c.WillMessage = true, events1, []byte("gone")
	})
	const n = 100
	for i := range n {
		p.send(publish(events1, 1, uint16(i+1), []byte("x")))
	}
	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		closed <- s.server.Close(ctx)
	}()
	acknowledged := 0
	p.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		packet, err := packets.ReadPacket(p.in)
		if err != nil {
			break
		}
		acknowledged++
		if id := packet.Details().MessageID; id != uint16(acknowledged) {
			t.Errorf("PUBACK %d, want %d", id, acknowledged)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	for _, m := range s.events("dev1", acknowledged) {
		if got := body(t, m); got != "x" {
			t.Errorf("%q is in the log", got)
		}
	}
}
