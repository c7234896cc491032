package mqtt

import (
	"testing"

	"github.com/Azure/go-amqp"
	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// Protocol 4.1: the will is telemetry when the connection ends without DISCONNECT.
// Protocol 4.1.22.
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
	t.Run("after a take-over", func(t *testing.T) {
		s := newStation(t)
		key := s.device("dev1")
		p := s.connect("dev1", key, will)
		s.connect("dev1", key)
		p.closed()
		checkWill(t, s.events("dev1", 1)[0])
	})
	t.Run("not of a disabled device", func(t *testing.T) {
		s := newStation(t)
		key := s.device("dev1")
		p := s.connect("dev1", key, will)
		s.setStatus("dev1", wire.Disabled)
		p.closed()
		s.setStatus("dev1", wire.Enabled)
		p = s.connect("dev1", key)
		p.send(publish(events1, 1, 1, []byte("next")))
		receive[*packets.PubackPacket](p)
		if got := body(t, s.events("dev1", 1)[0]); got != "next" {
			t.Errorf("the first message is %q", got)
		}
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

func (s *station) setStatus(id, status string) {
	s.t.Helper()
	d, err := s.hub.Device(id)
	if err != nil {
		s.t.Fatal(err)
	}
	d.Status = status
	if _, err := s.hub.UpdateDevice(s.t.Context(), d, "*"); err != nil {
		s.t.Fatal(err)
	}
}
