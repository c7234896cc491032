package mqtt

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// One connection an identity: the newer one stays (protocol 4.1).
// Protocol 0.19, 4.1.11.
func TestTakeOver(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	neighbour := s.connect("dev2", s.device("dev2"))
	old := s.connect("dev1", key)
	for range 20 {
		fresh := s.connect("dev1", key)
		old.closed()
		fresh.alive()
		old = fresh
	}
	neighbour.alive()
}

// Protocol 4.1.13.
func TestRegistryEndsConnections(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(s *station, d wire.Device) error{
		"disabled": func(s *station, d wire.Device) error {
			d.Status = wire.Disabled
			_, err := s.hub.UpdateDevice(ctx, d, "*")
			return err
		},
		"other keys": func(s *station, d wire.Device) error {
			d.Authentication.SymmetricKey = &wire.SymmetricKey{
				PrimaryKey:   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
				SecondaryKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDI=",
			}
			_, err := s.hub.UpdateDevice(ctx, d, "*")
			return err
		},
		"deleted": func(s *station, d wire.Device) error {
			return s.hub.DeleteDevice(ctx, d.DeviceID, "*")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			key := s.device("dev1")
			neighbour := s.connect("dev2", s.device("dev2"))
			p := s.connect("dev1", key)
			d, err := s.hub.Device("dev1")
			if err != nil {
				t.Fatal(err)
			}
			if err := change(s, d); err != nil {
				t.Fatal(err)
			}
			p.closed()
			neighbour.alive()
			again := s.dial()
			if code := again.open(s.login("dev1", key)).ReturnCode; code != packets.ErrRefusedNotAuthorised {
				t.Errorf("CONNACK %d afterwards", code)
			}
		})
	}
}

// Protocol 4.3.14.
func TestConnectionState(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	state := func() string {
		d, err := s.hub.Device("dev1")
		if err != nil {
			t.Fatal(err)
		}
		return d.ConnectionState
	}
	if got := state(); got != wire.Disconnected {
		t.Errorf("%s before", got)
	}
	p := s.connect("dev1", key)
	eventually(t, func() bool { return state() == wire.Connected })
	p.send(packets.NewControlPacket(packets.Disconnect))
	p.closed()
	eventually(t, func() bool { return state() == wire.Disconnected })
}

// Filters that IoT Hub grants, QoS 1 at most, and what it does not (protocol 4.1, 4.2).
// Protocol 4.1.18, 4.1.19.
func TestSubscribe(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	for _, c := range []struct {
		filter       string
		qos, granted byte
	}{
		{"devices/dev1/messages/devicebound/#", 1, 1},
		{"devices/dev1/messages/devicebound/#", 2, 1},
		{"devices/dev1/messages/devicebound/#", 0, 0},
		{"$iothub/methods/POST/#", 0, 0},
		{"$iothub/twin/res/#", 1, 1},
		{"$iothub/twin/PATCH/properties/desired/#", 0, 0},
		{"$iothub/methods/POST/reboot/#", 0, 0},
		{"devices/dev2/messages/devicebound/#", 1, 0x80},
		{"devices/dev1/modules/m/inputs/#", 1, 0x80},
		{"#", 1, 0x80},
		{"devices/+/messages/devicebound/#", 1, 0x80},
		{"devices/dev1/messages/events/#", 1, 0x80},
		{"$iothub/methods/POST/sixth/#", 0, 0x80}, // five at a time
	} {
		p.send(subscribeTo(7, c.qos, c.filter))
		ack := receive[*packets.SubackPacket](p)
		if ack.MessageID != 7 || !slices.Equal(ack.ReturnCodes, []byte{c.granted}) {
			t.Errorf("%s with QoS %d: %v", c.filter, c.qos, ack)
		}
	}

	gone := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	gone.MessageID, gone.Topics = 8, []string{"$iothub/methods/POST/reboot/#", "never/subscribed"}
	p.send(gone)
	if id := receive[*packets.UnsubackPacket](p).MessageID; id != 8 {
		t.Errorf("UNSUBACK %d", id)
	}
	p.send(subscribeTo(9, 1, "$iothub/methods/POST/sixth/#", "nonsense"))
	if ack := receive[*packets.SubackPacket](p); !bytes.Equal(ack.ReturnCodes, []byte{1, 0x80}) {
		t.Errorf("after UNSUBSCRIBE: %v", ack)
	}
}

// The flag session-present follows the stored session [MQTT-3.2.2-1] to [MQTT-3.2.2-3].
// Protocol 4.1.9.
func TestStoredSession(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	for i, step := range []struct{ clean, present bool }{
		{false, false},
		{false, true},
		{true, false},
		{true, false},
		{false, false},
		{false, true},
	} {
		p := s.dial()
		ack := p.open(s.login("dev1", key, func(c *packets.ConnectPacket) { c.CleanSession = step.clean }))
		if ack.ReturnCode != packets.Accepted || ack.SessionPresent != step.present {
			t.Errorf("step %d: %v", i, ack)
		}
		p.alive()
	}
}

func TestStoredSessionEndsWithItsIdentity(t *testing.T) {
	s := newStation(t)
	lasting := func(c *packets.ConnectPacket) { c.CleanSession = false }
	s.connect("dev1", s.device("dev1"), lasting)
	if err := s.hub.DeleteDevice(context.Background(), "dev1", "*"); err != nil {
		t.Fatal(err)
	}
	p := s.dial()
	if ack := p.open(s.login("dev1", s.device("dev1"), lasting)); ack.ReturnCode != packets.Accepted || ack.SessionPresent {
		t.Errorf("%v", ack)
	}
}

func TestStoredSessionKeepsSubscriptions(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	lasting := func(c *packets.ConnectPacket) { c.CleanSession = false }
	p := s.connect("dev1", key, lasting)
	p.send(subscribeTo(1, 0, "$iothub/twin/res/#"))
	receive[*packets.SubackPacket](p)
	p.send(packets.NewControlPacket(packets.Disconnect))
	p.closed()

	p = s.connect("dev1", key, lasting)
	p.send(publish("$iothub/twin/GET/?$rid=1", 0, 0, nil))
	if got := receive[*packets.PublishPacket](p).TopicName; got[:len("$iothub/twin/res/")] != "$iothub/twin/res/" {
		t.Errorf("answered on %s", got)
	}
}

// What a stored session subscribed to is there when the hub has been started again (protocol 4.3).
func TestStoredSessionOutlivesTheHub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := newStationAt(t, path, core.Options{}, Options{})
	key := s.device("dev1")
	lasting := func(c *packets.ConnectPacket) { c.CleanSession = false }
	p := s.connect("dev1", key, lasting)
	p.send(subscribeTo(1, 0, "$iothub/twin/res/#", "$iothub/methods/POST/#"))
	receive[*packets.SubackPacket](p)
	gone := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	gone.MessageID, gone.Topics = 8, []string{"$iothub/methods/POST/#"}
	p.send(gone)
	receive[*packets.UnsubackPacket](p)
	s.close()

	s = newStationAt(t, path, core.Options{}, Options{})
	p = s.dial()
	if ack := p.open(s.login("dev1", key, lasting)); !ack.SessionPresent {
		t.Errorf("%v", ack)
	}
	p.send(publish("$iothub/twin/GET/?$rid=1", 0, 0, nil))
	if got := receive[*packets.PublishPacket](p).TopicName; !strings.HasPrefix(got, "$iothub/twin/res/") {
		t.Errorf("answered on %s", got)
	}
	s.connect("dev1", key).alive() // clean: what was stored is forgotten
	s.close()

	s = newStationAt(t, path, core.Options{}, Options{})
	if ack := s.dial().open(s.login("dev1", key, lasting)); ack.SessionPresent {
		t.Errorf("after a clean session: %v", ack)
	}
}

func TestManyDevicesAtOnce(t *testing.T) {
	s := newStation(t)
	for i := range 50 {
		id := fmt.Sprintf("dev%d", i)
		p := s.connect(id, s.device(id))
		p.send(publish("devices/"+id+"/messages/events/", 1, uint16(i+1), []byte(id)))
		if got := receive[*packets.PubackPacket](p).MessageID; got != uint16(i+1) {
			t.Errorf("PUBACK %d", got)
		}
	}
}
