package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// subscribe subscribes and waits for the SUBACK, which must grant that.
func (p *peer) subscribe(qos byte, filters ...string) {
	p.t.Helper()
	p.send(subscribeTo(99, qos, filters...))
	for _, code := range receive[*packets.SubackPacket](p).ReturnCodes {
		if code != qos {
			p.t.Fatalf("granted %d, want %d", code, qos)
		}
	}
}

// ask publishes a twin request and gives the answer.
func (p *peer) ask(topicName, body string) (topic.Delivery, string) {
	p.t.Helper()
	p.send(publish(topicName, 0, 0, []byte(body)))
	return p.delivery()
}

// delivery waits for a PUBLISH from the hub.
func (p *peer) delivery() (topic.Delivery, string) {
	p.t.Helper()
	got := receive[*packets.PublishPacket](p)
	d, err := topic.ParseDelivery(got.TopicName)
	if err != nil {
		p.t.Fatal(err)
	}
	return d, string(got.Payload)
}

func isJSON(t testing.TB, got, want string) {
	t.Helper()
	var g, w any
	if err := errors.Join(json.Unmarshal([]byte(got), &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}

func (s *station) desire(id core.ID, document string) {
	s.t.Helper()
	if _, err := s.hub.PatchTwin(context.Background(), id, core.TwinPatch{Desired: json.RawMessage(document)}, "*"); err != nil {
		s.t.Fatal(err)
	}
}

// The twin without tags and $metadata; a reported patch with its new version; what the service then sees
// (protocol 4.3).
// Protocol 4.2.5, 4.3.10.
func TestTwin(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, "$iothub/twin/res/#")
	d, body := p.ask("$iothub/twin/GET/?$rid=1", " ")
	if d.Kind != topic.TwinAnswer || d.Status != 200 || d.RequestID != "1" {
		t.Errorf("%+v", d)
	}
	isJSON(t, body, `{"desired":{"$version":1},"reported":{"$version":1}}`)

	s.desire(core.ID{Device: "dev1"}, `{"interval":5}`)
	d, body = p.ask("$iothub/twin/PATCH/properties/reported/?$rid=2", `{"a":{"b":1,"c":"x"}}`)
	if d.Status != 204 || d.RequestID != "2" || d.Version == nil || *d.Version != 2 || body != "" {
		t.Errorf("%+v %s", d, body)
	}
	p.ask("$iothub/twin/PATCH/properties/reported/?$rid=3", `{"a":{"b":null}}`)
	_, body = p.ask("$iothub/twin/GET/?$rid=4", "")
	isJSON(t, body, `{"desired":{"interval":5,"$version":2},"reported":{"a":{"c":"x"},"$version":3}}`)
}

// wide is a document of n properties of 4000 bytes each.
func wide(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d":"%s"`, i, strings.Repeat("x", 4000))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// A refusal has its status in the topic and in the body (protocol 0.13, 4.3). The connection goes on.
// Protocol 2.5.11, 4.3.11.
func TestTwinRefusals(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(1, "$iothub/twin/res/#")
	for _, c := range []struct {
		name, query, body string
		status, code      int
	}{
		{"no JSON", "", "{", 400, core.CodeArgumentInvalid},
		{"no object", "", "[1]", 400, core.CodeArgumentInvalid},
		{"empty", "", "", 400, core.CodeArgumentInvalid},
		{"a value too long", "", `{"a":"` + strings.Repeat("x", 5000) + `"}`, 400, core.CodeArgumentInvalid},
		{"all too large", "", wide(9), 413, core.CodeMessageTooLarge},
		{"another version", "&$version=7", `{"a":1}`, 412, core.CodePrecondition},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, body := p.ask("$iothub/twin/PATCH/properties/reported/?$rid=r"+c.query, c.body)
			if d.Status != c.status || d.RequestID != "r" || d.Version != nil {
				t.Errorf("%+v", d)
			}
			var failure struct {
				ErrorCode                         int
				Message, TrackingID, TimestampUTC string
			}
			if err := json.Unmarshal([]byte(body), &failure); err != nil {
				t.Fatal(err)
			}
			if failure.ErrorCode != c.code || failure.Message == "" || failure.TrackingID == "" || failure.TimestampUTC == "" {
				t.Errorf("%+v", failure)
			}
		})
	}
	if d, body := p.ask("$iothub/twin/PATCH/properties/reported/?$rid=ok", `{"a":1}`); d.Status != 204 {
		t.Errorf("afterwards %d %s", d.Status, body)
	}
}

// Desired changes come as they were written, with $version, once the device has asked for them and until it
// no longer does (protocol 4.3).
// Protocol 4.2.5, 4.3.12.
func TestDesired(t *testing.T) {
	s := newStation(t)
	id := core.ID{Device: "dev1"}
	key := s.device("dev1")
	lasting := func(c *packets.ConnectPacket) { c.CleanSession = false }
	p := s.connect("dev1", key, lasting)
	s.desire(id, `{"before":1}`)
	p.alive()

	p.subscribe(0, "$iothub/twin/PATCH/properties/desired/#")
	s.desire(id, `{"a":{"b":2},"before":null}`)
	d, body := p.delivery()
	if d.Kind != topic.DesiredChanged || d.Version == nil || *d.Version != 3 {
		t.Errorf("%+v", d)
	}
	isJSON(t, body, `{"a":{"b":2},"before":null,"$version":3}`)
	if _, err := s.hub.ReplaceTwin(context.Background(), id, core.TwinPatch{Desired: json.RawMessage(`{"c":3}`)}, "*"); err != nil {
		t.Fatal(err)
	}
	_, body = p.delivery()
	isJSON(t, body, `{"c":3,"$version":4}`)

	p.conn.Close()
	p = s.connect("dev1", key, lasting) // the stored subscription holds
	s.desire(id, `{"d":4}`)
	_, body = p.delivery()
	isJSON(t, body, `{"d":4,"$version":5}`)

	gone := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	gone.MessageID, gone.Topics = 8, []string{"$iothub/twin/PATCH/properties/desired/#"}
	p.send(gone)
	receive[*packets.UnsubackPacket](p)
	s.desire(id, `{"e":5}`)
	p.alive()
}

// A reported patch with QoS 1 is durable when its PUBACK comes; without a subscription nobody is answered.
func TestReportWithQoS1(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.send(publish("$iothub/twin/PATCH/properties/reported/?$rid=1", 1, 5, []byte(`{"a":1}`)))
	if id := receive[*packets.PubackPacket](p).MessageID; id != 5 {
		t.Errorf("PUBACK %d", id)
	}
	document, err := s.hub.DeviceTwin(core.ID{Device: "dev1"})
	if err != nil {
		t.Fatal(err)
	}
	isJSON(t, string(document), `{"desired":{"$version":1},"reported":{"a":1,"$version":2}}`)
}

// A device that asks for desired changes and does not read them is let go, and holds up nobody.
func TestDesiredUnread(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, "$iothub/twin/PATCH/properties/desired/#")
	large := wide(7)
	eventually(t, func() bool {
		s.desire(core.ID{Device: "dev1"}, large)
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		return len(s.server.conns) == 0
	})
}
