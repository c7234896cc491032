package mqtt

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"
)

const boundFilter = "devices/dev1/messages/devicebound/#"

var dev1 = core.ID{Device: "dev1"}

func lasting(c *packets.ConnectPacket) { c.CleanSession = false }

func (s *station) sendC2D(id core.ID, m core.C2DMessage) {
	s.t.Helper()
	if err := s.hub.SendC2D(context.Background(), id, m); err != nil {
		s.t.Fatal(err)
	}
}

// waiting is how many messages a device has not settled.
func (s *station) waiting() int {
	s.t.Helper()
	d, err := s.hub.Device("dev1")
	if err != nil {
		s.t.Fatal(err)
	}
	return d.CloudToDeviceMessageCount
}

// message waits for a message of this body.
func (p *peer) message(body string) *packets.PublishPacket {
	p.t.Helper()
	m := receive[*packets.PublishPacket](p)
	if string(m.Payload) != body {
		p.t.Fatalf("%s %q, want %q", m.TopicName, m.Payload, body)
	}
	return m
}

// System and application properties in the topic; PUBACK completes the message (protocol 4.2, 4.3).
// Protocol 4.2.3, 4.3.3.
func TestMessage(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(1, boundFilter)
	expiry := time.Now().UTC().Add(47 * time.Hour).Truncate(time.Second)
	s.sendC2D(dev1, core.C2DMessage{
		MessageID: "m/1", CorrelationID: "c 1", UserID: []byte("me"), Expiry: expiry, Ack: core.AckFull,
		ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: []core.Property{{Name: "k e", Value: "v/&="}, {Name: "empty"}}, Body: []byte(`{"a":1}`),
	})
	m := p.message(`{"a":1}`)
	if m.Qos != 1 || m.MessageID == 0 || m.Dup || m.Retain {
		t.Errorf("%s", m)
	}
	if !strings.HasSuffix(m.TopicName, "k%20e=v%2F%26%3D&empty=") || strings.Count(m.TopicName, "/") != 4 {
		t.Errorf("topic %s", m.TopicName)
	}
	d, err := topic.ParseDelivery(m.TopicName)
	if err != nil {
		t.Fatal(err)
	}
	want := topic.Bag{
		{Key: "$.mid", Value: "m/1"},
		{Key: "$.cid", Value: "c 1"},
		{Key: "$.uid", Value: "me"},
		{Key: "$.to", Value: "/devices/dev1/messages/devicebound"},
		{Key: "$.ct", Value: "application/json"},
		{Key: "$.ce", Value: "utf-8"},
		{Key: "$.exp", Value: expiry.Format(time.RFC3339)},
		{Key: "iothub-ack", Value: "full"},
		{Key: "k e", Value: "v/&="},
		{Key: "empty"},
	}
	for i := range want {
		want[i].HasValue = true
	}
	if diff := cmp.Diff(want, d.Bag); diff != "" {
		t.Error(diff)
	}
	if n := s.waiting(); n != 1 {
		t.Errorf("%d messages wait before the PUBACK", n)
	}
	p.send(puback(m.MessageID))
	eventually(t, func() bool { return s.waiting() == 0 })
}

// A subscription with QoS 0 completes on send (protocol 4.3).
// Protocol 4.3.5.
func TestMessageWithQoS0(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, boundFilter)
	for i := range 3 {
		s.sendC2D(dev1, core.C2DMessage{Body: fmt.Append(nil, i)})
	}
	for i := range 3 {
		if m := p.message(fmt.Sprint(i)); m.Qos != 0 {
			t.Errorf("%s", m)
		}
	}
	eventually(t, func() bool { return s.waiting() == 0 })
}

// With clean session 0 what waits flows right after CONNACK, in order, also after the hub was started again;
// with clean session 1 not before SUBSCRIBE (protocol 4.3).
// Protocol 4.3.6.
func TestQueuedMessages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := newStationAt(t, path, core.Options{}, Options{})
	key := s.device("dev1")
	p := s.connect("dev1", key, lasting)
	p.subscribe(1, boundFilter)
	p.send(packets.NewControlPacket(packets.Disconnect))
	p.closed()
	large := strings.Repeat("x", 60_000)
	const n = 50 // more than the connection holds unsent
	for i := range n {
		s.sendC2D(dev1, core.C2DMessage{Body: []byte(fmt.Sprint(i, large))})
	}
	s.close()

	s = newStationAt(t, path, core.Options{}, Options{})
	p = s.connect("dev1", key, lasting)
	var ids []uint16
	for i := range n {
		ids = append(ids, p.message(fmt.Sprint(i, large)).MessageID)
	}
	for _, id := range ids {
		p.send(puback(id))
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != n {
		t.Errorf("packet identifiers %v", ids)
	}
	eventually(t, func() bool { return s.waiting() == 0 })

	s.sendC2D(dev1, core.C2DMessage{Body: []byte("later")})
	p.message("later")
	p.send(packets.NewControlPacket(packets.Disconnect))
	p.closed()
	p = s.connect("dev1", key)
	p.alive() // and nothing before it
}

// What was not acknowledged comes again on the next connection of a stored session, marked and with its
// packet identifier [MQTT-4.4.0-1]; what was, does not.
// Protocol 4.3.4.
func TestUnacknowledgedMessages(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	p := s.connect("dev1", key, lasting)
	p.subscribe(1, boundFilter)
	ids := map[string]uint16{}
	for _, body := range []string{"a", "b", "c"} {
		s.sendC2D(dev1, core.C2DMessage{Body: []byte(body)})
		ids[body] = p.message(body).MessageID
	}
	p.send(puback(ids["b"]))
	eventually(t, func() bool { return s.waiting() == 2 })
	p.conn.Close()

	p = s.connect("dev1", key, lasting)
	for _, body := range []string{"a", "c"} {
		if m := p.message(body); !m.Dup || m.MessageID != ids[body] {
			t.Errorf("%s: %s", body, m)
		}
		p.send(puback(ids[body]))
	}
	eventually(t, func() bool { return s.waiting() == 0 })
	p.send(puback(ids["a"])) // once more, to nobody
	p.alive()
}

// A message whose lock runs out before the PUBACK comes again on the same connection (protocol 4.3).
// Protocol 4.3.4.
func TestMessageLockRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStation(t)
		p := s.connect("dev1", s.device("dev1"), func(c *packets.ConnectPacket) { c.Keepalive = 600 })
		p.subscribe(1, boundFilter)
		s.sendC2D(dev1, core.C2DMessage{Body: []byte("a")})
		first := p.message("a")
		start := time.Now()
		p.conn.SetReadDeadline(start.Add(2 * time.Minute))
		packet, err := packets.ReadPacket(p.in)
		if err != nil {
			t.Fatal(err)
		}
		again := packet.(*packets.PublishPacket)
		if !again.Dup || again.MessageID != first.MessageID || time.Since(start) < 60*time.Second {
			t.Errorf("after %s: %s", time.Since(start), again)
		}
		p.send(puback(again.MessageID))
		p.alive()
		s.close()
	})
}

// Without a stored session too, a new connection gets at once what the old one had not acknowledged.
func TestMessageOfCleanSession(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	for range 15 { // more often than a message may be abandoned
		p := s.connect("dev1", key)
		p.subscribe(1, boundFilter)
		if s.waiting() == 0 {
			s.sendC2D(dev1, core.C2DMessage{Body: []byte("a")})
		}
		p.message("a")
		p.conn.Close()
	}
}

// However often the device comes anew while messages are on their way, none is lost and none waits for a lock
// to run out.
func TestMessagesThroughTakeOvers(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	const n = 200
	sent := make(chan error, 1)
	go func() {
		for i := range n {
			err := s.hub.SendC2D(context.Background(), dev1, core.C2DMessage{Body: fmt.Append(nil, i)})
			for code(err) == core.CodeQueueFull {
				time.Sleep(time.Millisecond)
				err = s.hub.SendC2D(context.Background(), dev1, core.C2DMessage{Body: fmt.Append(nil, i)})
			}
			if err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	acknowledged := map[string]bool{}
	for round := 0; len(acknowledged) < n; round++ {
		p := s.dial() // the one before is still open every other time
		p.open(s.login("dev1", key, lasting))
		if round == 0 {
			p.subscribe(1, boundFilter)
		}
		for i := range 1 + round%7 {
			if len(acknowledged) == n {
				break
			}
			m := receive[*packets.PublishPacket](p)
			if (i+round)%3 != 0 || len(acknowledged) > n-20 { // leave some to come again while there are others
				p.send(puback(m.MessageID))
				acknowledged[string(m.Payload)] = true
			}
		}
		if round%2 == 0 {
			p.conn.Close()
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	p := s.connect("dev1", key, lasting) // what was acknowledged and lost with its connection comes again
	go func() {
		for {
			packet, err := packets.ReadPacket(p.in)
			if err != nil {
				return
			}
			if m, ok := packet.(*packets.PublishPacket); ok {
				p.try(puback(m.MessageID))
			}
		}
	}()
	eventually(t, func() bool { return s.waiting() == 0 })
}

// Nothing comes after UNSUBSCRIBE; what waits comes with the next SUBSCRIBE.
func TestMessagesWhileSubscribed(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	s.sendC2D(dev1, core.C2DMessage{Body: []byte("before")})
	p.alive()
	p.subscribe(1, boundFilter)
	p.send(puback(p.message("before").MessageID))
	gone := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	gone.MessageID, gone.Topics = 8, []string{boundFilter}
	p.send(gone)
	receive[*packets.UnsubackPacket](p)
	s.sendC2D(dev1, core.C2DMessage{Body: []byte("between")})
	p.alive()
	p.subscribe(1, boundFilter)
	p.message("between")
}

// A message whose properties no topic can hold is rejected and stops nothing.
func TestMessageThatNoTopicHolds(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(1, boundFilter)
	s.sendC2D(dev1, core.C2DMessage{Properties: []core.Property{{Name: "k", Value: strings.Repeat("/", 30_000)}}})
	s.sendC2D(dev1, core.C2DMessage{Body: []byte("next")})
	p.send(puback(p.message("next").MessageID))
	eventually(t, func() bool { return s.waiting() == 0 })
}

// The topics of messages to modules: the input that the address names, else what the filter names.
// Protocol 4.2.4.
func TestModuleInputTopic(t *testing.T) {
	id := core.ID{Device: "d", Module: "m"}
	for _, c := range []struct{ to, filter, want string }{
		{"/devices/d/modules/m/inputs/in1", "devices/d/modules/m/inputs/#", "devices/d/modules/m/inputs/in1/"},
		{"/devices/d/modules/m/inputs/in1", "devices/d/modules/m/#", "devices/d/modules/m/inputs/in1/"},
		{"", "devices/d/modules/m/inputs/in2/#", "devices/d/modules/m/inputs/in2/"},
		{"", "devices/d/modules/m/inputs/#", "devices/d/modules/m/inputs/devicebound/"},
		{"/devices/d/modules/m/inputs/a/b+#", "devices/d/modules/m/inputs/#", "devices/d/modules/m/inputs/devicebound/"},
	} {
		filter, err := topic.ParseFilter(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := strings.Cut(boundTopic(id, filter, &core.C2DMessage{To: c.to}), "%24.to")
		if got != c.want {
			t.Errorf("to %q with %s: %s, want %s", c.to, c.filter, got, c.want)
		}
	}
}
