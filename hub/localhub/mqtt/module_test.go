package mqtt

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

var module1 = core.ID{Device: "dev1", Module: "m1"}

// module makes a module identity of dev1 and returns its primary key.
func (s *station) module() secret.Text {
	s.t.Helper()
	m, err := s.hub.CreateModule(context.Background(), wire.Module{DeviceID: "dev1", ModuleID: "m1"})
	if err != nil {
		s.t.Fatal(err)
	}
	return secret.New(m.Authentication.SymmetricKey.PrimaryKey)
}

// asModule turns the CONNECT of a device into that of its module.
func (s *station) asModule(key secret.Text) func(*packets.ConnectPacket) {
	return func(c *packets.ConnectPacket) {
		c.ClientIdentifier = "dev1/m1"
		c.Username = topic.Username("localhost", "dev1", "m1")
		c.Password = []byte(s.token("dev1/modules/m1", key, time.Now().Add(time.Hour)))
	}
}

// A module has a connection beside its device's, topics of its own, a twin, methods and inputs (protocol
// 4.1, 4.2).
// Protocol 4.2.2, 4.2.4.
func TestModule(t *testing.T) {
	s := newStation(t)
	deviceKey := s.device("dev1")
	key := s.module()
	device := s.connect("dev1", deviceKey)
	p := s.connect("dev1", deviceKey, s.asModule(key))
	device.alive()

	p.send(publish("devices/dev1/modules/m1/messages/events/%24.on=out&k=v", 1, 1, []byte("hello")))
	receive[*packets.PubackPacket](p)
	m := s.events("dev1", 1)[0]
	if m.Annotations["iothub-connection-module-id"] != "m1" || m.ApplicationProperties["k"] != "v" || body(t, m) != "hello" {
		t.Errorf("%v %v", m.Annotations, m.ApplicationProperties)
	}

	p.subscribe(0, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#")
	s.desire(module1, `{"a":1}`)
	_, patch := p.delivery()
	isJSON(t, patch, `{"a":1,"$version":2}`)
	if d, _ := p.ask("$iothub/twin/PATCH/properties/reported/?$rid=1", `{"r":1}`); d.Status != 204 {
		t.Errorf("%+v", d)
	}
	_, twin := p.ask("$iothub/twin/GET/?$rid=2", "")
	isJSON(t, twin, `{"desired":{"a":1,"$version":2},"reported":{"r":1,"$version":2}}`)

	done := s.invoke(module1, core.MethodCall{Name: "m", Payload: json.RawMessage(`1`)})
	d, _ := p.delivery()
	p.send(publish(topic.MethodAnswer(200, d.RequestID), 0, 0, []byte(`2`)))
	if got := <-done; got.err != nil || string(got.result.Payload) != "2" {
		t.Errorf("%+v", got)
	}

	p.subscribe(1, "devices/dev1/modules/m1/inputs/#")
	s.sendC2D(module1, core.C2DMessage{To: "/devices/dev1/modules/m1/inputs/in1", Body: []byte("in")})
	input := p.message("in")
	d, err := topic.ParseDelivery(input.TopicName)
	if err != nil || d.Kind != topic.InputMessage || d.Name != "in1" {
		t.Errorf("%s: %v", input.TopicName, err)
	}
	p.send(puback(input.MessageID))

	p.try(publish("devices/dev1/messages/events/", 1, 2, nil)) // the device's topic
	p.closed()
	device.alive()
}

// The stored session of a module ends with the module, not with a device of another name.
func TestStoredSessionOfModule(t *testing.T) {
	s := newStation(t)
	deviceKey := s.device("dev1")
	key := s.module()
	p := s.connect("dev1", deviceKey, s.asModule(key), lasting)
	p.subscribe(1, "devices/dev1/modules/m1/#")
	p.send(packets.NewControlPacket(packets.Disconnect))
	p.closed()
	p = s.dial()
	if ack := p.open(s.login("dev1", deviceKey, s.asModule(key), lasting)); !ack.SessionPresent {
		t.Errorf("%v", ack)
	}
	if err := s.hub.DeleteModule(context.Background(), module1, "*"); err != nil {
		t.Fatal(err)
	}
	p.closed()
	key = s.module()
	if ack := s.dial().open(s.login("dev1", deviceKey, s.asModule(key), lasting)); ack.ReturnCode != packets.Accepted || ack.SessionPresent {
		t.Errorf("%v", ack)
	}
}
