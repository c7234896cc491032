package mqtt

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/core"
)

const events1 = "devices/dev1/messages/events/"

// Protocol 4.2.9.
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

// Protocol 4.1.20, 4.1.21, 4.2.1.
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
// Protocol 0.19, 4.1.14, 4.1.15, 4.1.16, 4.1.17.
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

// Protocol 4.1.17.
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
// Protocol 4.3.2.
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

// Also of messages that are answered at once while telemetry is still being stored.
func TestAllAcknowledgementsKeepTheirOrder(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	var stream bytes.Buffer
	for id := uint16(1); id <= 300; id += 3 {
		publish(events1, 1, id, nil).Write(&stream)
		publish("$iothub/twin/GET/?$rid=1", 1, id+1, nil).Write(&stream)
		publish("$iothub/methods/res/200/?$rid=1", 1, id+2, nil).Write(&stream)
	}
	go func() {
		p.conn.SetWriteDeadline(time.Now().Add(patience))
		p.conn.Write(stream.Bytes())
	}()
	for id := uint16(1); id <= 300; id++ {
		if got := receive[*packets.PubackPacket](p).MessageID; got != id {
			t.Fatalf("PUBACK %d, want %d", got, id)
		}
	}
}
