package clients

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
)

// A device on paho does all that a device can, over both transports (protocol 4).
// Protocol 0.13, 2.7.6, 2.7.9, 4.1.20, 4.1.24, 4.2.1, 4.2.3, 4.2.5, 4.2.6, 4.2.9, 4.3.11, 4.3.12, 4.3.13.
func TestDeviceOnMQTT(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := station.Start(t)
			wind := s.Device("wind-1")
			c := s.Connect(wind, over)
			mqttTelemetry(s, c, wind)
			mqttTwin(s, c, wind)
			mqttMethods(s, c, wind)
			mqttMessages(s, c, wind)
		})
	}
}

// So does a module, under its own topics (protocol 4.2).
// Protocol 4.2.2, 4.2.4.
func TestModuleOnMQTT(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := station.Start(t)
			edge := s.Device("edge-1")
			device := s.Connect(edge, over) // both are connected at once
			filter := s.Module("edge-1", "filter")
			c := s.Connect(filter, over)
			mqttTelemetry(s, c, filter)
			mqttTwin(s, c, filter)
			mqttMethods(s, c, filter)

			c.Subscribe(1, "devices/edge-1/modules/filter/#") // as C# does
			s.Send(s.AsService("service", station.TLS).Sender("/messages/devicebound", nil), message(filter, "in", ""))
			if got := c.Next(); !strings.HasPrefix(got.Topic(), "devices/edge-1/modules/filter/") || string(got.Payload()) != "to in" {
				t.Errorf("input %s %s", got.Topic(), got.Payload())
			}
			s.Until("acknowledged", func() bool { return waiting(s, filter) == 0 })

			c.Client.Publish("devices/edge-1/messages/events/", 1, false, "as its device")
			must(t, c.Ended())
			device.Publish(1, "devices/edge-1/messages/events/", "the device stays")
		})
	}
}

// mqttTelemetry: at both QoS, with a property bag, retained (protocol 4.1, 4.2, 7.8).
func mqttTelemetry(s *station.Station, c *station.MQTT, i station.Identity) {
	s.T.Helper()
	to := i.Path() + "/messages/events/"
	c.Publish(1, to+"%24.mid=m%2F1&%24.cid=c1&%24.uid=me&%24.ct=application%2Fjson&%24.ce=utf-8&%24.sub=rotor&k%20e=v%2F%26%3D&empty=", `{"speed":13}`)
	c.Publish(0, strings.TrimSuffix(to, "/"), "second")
	must(s.T, station.Within(c.Client.Publish(to, 1, true, "third")))
	events := s.Events(3, 0)
	first := events[0]
	if string(first.Body) != `{"speed":13}` || *first.MessageID != "m/1" || first.CorrelationID != "c1" || *first.ContentType != "application/json" ||
		first.Properties["k e"] != "v/&=" || first.Properties["empty"] != "" {
		s.T.Errorf("event %s %v %v", first.Body, *first.MessageID, first.Properties)
	}
	if first.SystemProperties["dt-subject"] != "rotor" || first.SystemProperties["iothub-connection-device-id"] != i.DeviceID {
		s.T.Errorf("annotations %v", first.SystemProperties)
	}
	if got := first.SystemProperties["iothub-connection-module-id"]; i.ModuleID != "" && got != i.ModuleID {
		s.T.Errorf("module %v, want %s", got, i.ModuleID)
	}
	if string(events[1].Body) != "second" || events[2].Properties["mqtt-retain"] != "true" {
		s.T.Errorf("second %s, third %v", events[1].Body, events[2].Properties)
	}
}

// mqttTwin: read, report, refused reports, what the service desires (protocol 4.2, 4.3).
func mqttTwin(s *station.Station, c *station.MQTT, i station.Identity) {
	s.T.Helper()
	c.Subscribe(0, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#")
	ask := func(topic, body, want string) paho.Message {
		s.T.Helper()
		c.Publish(0, topic, body)
		m := c.Next()
		if m.Topic() != want {
			s.T.Fatalf("answer %s %s, want %s", m.Topic(), m.Payload(), want)
		}
		return m
	}
	same(s.T, ask("$iothub/twin/GET/?$rid=1", " ", "$iothub/twin/res/200/?$rid=1").Payload(), `{"desired":{"$version":1},"reported":{"$version":1}}`)
	ask("$iothub/twin/PATCH/properties/reported/?$rid=a%2F2", `{"firmware":{"version":"1.0"},"old":1}`, "$iothub/twin/res/204/?$rid=a%2F2&$version=2")
	ask("$iothub/twin/PATCH/properties/reported/?$rid=3", `{"old":null}`, "$iothub/twin/res/204/?$rid=3&$version=3")
	var failure struct {
		ErrorCode int
		Message   string
	}
	must(s.T, json.Unmarshal(ask("$iothub/twin/PATCH/properties/reported/?$rid=4", `{"x":`, "$iothub/twin/res/400/?$rid=4").Payload(), &failure))
	if failure.ErrorCode/1000 != 400 || failure.Message == "" {
		s.T.Errorf("failure %+v", failure)
	}
	same(s.T, twin(s, i).Reported, strings.Replace(string(twin(s, i).Reported), `"old"`, `"none"`, 1)) // it is gone
	if got := member(s.T, twin(s, i).Reported, "firmware"); got != `{"version":"1.0"}` {
		s.T.Errorf("the service sees %s", got)
	}
	desire(s, i, `{"interval":5,"gone":null}`)
	push := c.Next()
	if push.Topic() != "$iothub/twin/PATCH/properties/desired/?$version=2" {
		s.T.Errorf("pushed to %s", push.Topic())
	}
	same(s.T, push.Payload(), `{"interval":5,"gone":null,"$version":2}`)
	_, err := s.Service.ReplaceModuleTwin(s.Context(), i.DeviceID, i.ModuleID, hub.TwinUpdate{Desired: json.RawMessage(`{"mode":"eco"}`)})
	must(s.T, err)
	same(s.T, c.Next().Payload(), `{"mode":"eco","$version":3}`)
	same(s.T, ask("$iothub/twin/GET/?$rid=5", "", "$iothub/twin/res/200/?$rid=5").Payload(),
		`{"desired":{"mode":"eco","$version":3},"reported":{"firmware":{"version":"1.0"},"$version":3}}`)
}

// mqttMethods: offline until it subscribes, then its own status and payload (protocol 2.7, 4.2).
func mqttMethods(s *station.Station, c *station.MQTT, i station.Identity) {
	s.T.Helper()
	if got := <-invoke(s, i, hub.MethodCall{Name: "reboot"}); code(got.err) != "DeviceNotOnline" {
		s.T.Errorf("before the subscription: %+v", got)
	}
	waiting := invoke(s, i, hub.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`)}) // waits for the subscription
	c.Subscribe(0, "$iothub/methods/POST/#")
	answer := func(status int, body string) {
		call := c.Next()
		name, id, ok := strings.Cut(strings.TrimPrefix(call.Topic(), "$iothub/methods/POST/"), "/?$rid=")
		if !ok || name != "reboot" || string(call.Payload()) != `{"delay":5}` {
			s.T.Fatalf("call %s %s", call.Topic(), call.Payload())
		}
		c.Publish(0, "$iothub/methods/res/200/?$rid=unknown", "{}") // to nobody
		c.Publish(0, fmt.Sprintf("$iothub/methods/res/%d/?$rid=%s", status, id), body)
	}
	answer(299, `"later"`)
	if got := <-waiting; got.err != nil || got.Status != 299 || string(got.Payload) != `"later"` {
		s.T.Errorf("result %+v", got)
	}
	bad := invoke(s, i, hub.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`)})
	answer(200, `no JSON`)
	if got := <-bad; code(got.err) == "" {
		s.T.Errorf("an answer that is no JSON gave %+v", got)
	}
}

// mqttMessages: what waited comes with the subscription, with its properties in the topic; a PUBACK settles it
// (protocol 4.2, 4.3).
func mqttMessages(s *station.Station, c *station.MQTT, i station.Identity) {
	s.T.Helper()
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	m := message(i, "m/1", "")
	m.Properties.CorrelationID, m.Properties.ContentType = "c 1", new("text/plain")
	m.ApplicationProperties = map[string]any{"level": "high/low", "empty": ""}
	s.Send(send, m)
	s.Send(send, message(i, "m2", ""))
	c.Subscribe(1, i.Path()+"/messages/devicebound/#")
	got := c.Next()
	bag, ok := strings.CutPrefix(got.Topic(), i.Path()+"/messages/devicebound/")
	values, err := url.ParseQuery(bag)
	if err != nil || !ok || strings.Contains(bag, "/") || got.Qos() != 1 || string(got.Payload()) != "to m/1" {
		s.T.Errorf("%s %s: %v", got.Topic(), got.Payload(), err)
	}
	for name, want := range map[string]string{
		"$.mid": "m/1", "$.cid": "c 1", "$.ct": "text/plain", "$.to": "/" + i.Path() + "/messages/devicebound", "level": "high/low", "empty": "",
	} {
		if !values.Has(name) || values.Get(name) != want {
			s.T.Errorf("%s is %q, want %q", name, values.Get(name), want)
		}
	}
	if got := c.Next(); string(got.Payload()) != "to m2" {
		s.T.Errorf("second %s", got.Payload())
	}
	s.Until("both acknowledged", func() bool { return waiting(s, i) == 0 })
}

// What a device must not do ends its connection, and a new one is taken (protocol 4.1, 0.19).
// Protocol 4.1.14, 4.1.15, 4.1.16, 4.1.17.
func TestMQTTIsClosed(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	s.Device("wind-2")
	own := "devices/wind-1/messages/events/"
	for name, misdeed := range map[string]func(*station.MQTT) paho.Token{
		"QoS 2": func(c *station.MQTT) paho.Token { return c.Client.Publish(own, 2, false, "x") },
		"another's topic": func(c *station.MQTT) paho.Token {
			return c.Client.Publish("devices/wind-2/messages/events/", 1, false, "x")
		},
		"a topic of none": func(c *station.MQTT) paho.Token { return c.Client.Publish("sensors/1", 1, false, "x") },
		"a malformed bag": func(c *station.MQTT) paho.Token { return c.Client.Publish(own+"a=%zz", 1, false, "x") },
		"above 256 KB":    func(c *station.MQTT) paho.Token { return c.Client.Publish(own, 1, false, make([]byte, 256<<10+1)) },
	} {
		for _, over := range station.Transports {
			t.Run(name+" over "+string(over), func(t *testing.T) {
				c := s.In(t).Connect(wind, over)
				misdeed(c)
				must(t, c.Ended())
			})
		}
	}
	c := s.Connect(wind, station.TLS)
	denied := c.Client.Subscribe("devices/wind-2/messages/devicebound/#", 1, nil).(*paho.SubscribeToken)
	if err := station.Within(denied); err == nil && denied.Result()["devices/wind-2/messages/devicebound/#"] != 0x80 {
		t.Errorf("another's messages: %v, %v", err, denied.Result())
	}
	c.Publish(1, own, "still here")
	s.Events(1, 0)
}

// What the registry does to an identity is done to its connection at once (protocol 4.1).
// Protocol 4.1.11, 4.1.13.
func TestMQTTFollowsTheRegistry(t *testing.T) {
	s := station.Start(t)
	ctx := t.Context()
	update := func(i station.Identity, change func(*hub.Device)) {
		t.Helper()
		d, err := s.Service.Device(ctx, i.DeviceID)
		must(t, err)
		change(&d)
		_, err = s.Service.UpdateDevice(ctx, d)
		must(t, err)
	}
	for name, act := range map[string]func(station.Identity){
		"taken-over": func(i station.Identity) { s.Connect(i, station.TLS) },
		"disabled":   func(i station.Identity) { update(i, func(d *hub.Device) { d.Status = hub.Disabled }) },
		"new-keys": func(i station.Identity) {
			other := s.Device("donor")
			update(i, func(d *hub.Device) { d.Auth.Primary, d.Auth.Secondary = other.Key, other.Key })
		},
		"deleted": func(i station.Identity) { must(t, s.Service.DeleteDevice(ctx, i.DeviceID, "")) },
	} {
		i := s.Device(name)
		c := s.Connect(i, station.TLS)
		s.Until(name+" is connected", func() bool { d, err := s.Service.Device(ctx, name); return err == nil && d.Connected() })
		act(i)
		if err := c.Ended(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.TryConnect(i, station.TLS); (err == nil) != (name == "taken-over") {
			t.Errorf("%s, then: %v", name, err)
		}
	}
}

// A device that comes back with its session gets what came meanwhile without a word; one that dies leaves its will
// (protocol 4.1, 4.3).
// Protocol 4.1.22, 4.3.6.
func TestMQTTSession(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	c := s.Connect(wind, station.TLS)
	c.Subscribe(1, "devices/wind-1/messages/devicebound/#")
	c.Disconnect(100)
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	s.Send(send, message(wind, "meanwhile", ""))
	c = s.Connect(wind, station.WebSocket, func(o *paho.ClientOptions) {
		o.SetWill("devices/wind-1/messages/events/last=yes", "gone", 1, false)
	})
	if got := c.Next(); string(got.Payload()) != "to meanwhile" {
		t.Errorf("%s", got.Payload())
	}
	s.Until("acknowledged", func() bool { return waiting(s, wind) == 0 })

	s.Connect(wind, station.TLS, func(o *paho.ClientOptions) { o.SetCleanSession(true) }) // the one before is cut off
	must(t, c.Ended())
	e := s.Events(1, 0)[0]
	if string(e.Body) != "gone" || e.Properties["iothub-MessageType"] != "Will" || e.Properties["last"] != "yes" {
		t.Errorf("will %s %v", e.Body, e.Properties)
	}
	s.Send(send, message(wind, "later", ""))
	clean := s.Connect(wind, station.TLS, func(o *paho.ClientOptions) { o.SetCleanSession(true) })
	clean.Publish(1, "devices/wind-1/messages/events/", "x")
	if n := clean.Waiting(); n != 0 {
		t.Errorf("%d messages before a subscription", n)
	}
	clean.Subscribe(1, "devices/wind-1/messages/devicebound/#")
	if got := clean.Next(); string(got.Payload()) != "to later" {
		t.Errorf("%s", got.Payload())
	}
}

// Who may not in is told so by the code of CONNACK (protocol 4.1).
// Protocol 4.1.1, 4.1.3, 4.1.5, 4.1.8, 4.1.24.
func TestMQTTIsRefused(t *testing.T) {
	s := station.Start(t)
	wind, other := s.Device("wind-1"), s.Device("wind-2")
	for name, c := range map[string]struct {
		change func(*paho.ClientOptions)
		want   byte
	}{
		"another's token": {func(o *paho.ClientOptions) { o.SetPassword(s.Token(other)) }, packets.ErrRefusedNotAuthorised},
		"no token":        {func(o *paho.ClientOptions) { o.SetPassword("") }, packets.ErrRefusedNotAuthorised},
		"expired": {func(o *paho.ClientOptions) {
			o.SetPassword(s.Sign("localhost/devices/wind-1", wind.Key, "", -time.Hour))
		}, packets.ErrRefusedNotAuthorised},
		"another's name": {func(o *paho.ClientOptions) { o.SetClientID("wind-2") }, packets.ErrRefusedIDRejected},
		"no api-version": {func(o *paho.ClientOptions) { o.SetUsername("localhost/wind-1") }, packets.Accepted},
		"an old user name": {func(o *paho.ClientOptions) {
			o.SetUsername("localhost/wind-1/api-version=2016-11-14/DeviceClientType=x")
		}, packets.Accepted},
		"a policy's token": {func(o *paho.ClientOptions) { o.SetPassword(s.ServiceToken("device")) }, packets.Accepted},
		"a reader's token": {func(o *paho.ClientOptions) { o.SetPassword(s.ServiceToken("registryRead")) }, packets.ErrRefusedNotAuthorised},
	} {
		for _, over := range station.Transports {
			t.Run(name+" over "+string(over), func(t *testing.T) {
				client := paho.NewClient(applied(s.In(t).Paho(wind, over), c.change))
				defer client.Disconnect(100)
				token := client.Connect()
				token.WaitTimeout(station.Patience)
				if got := token.(*paho.ConnectToken).ReturnCode(); got != c.want {
					t.Errorf("CONNACK %d, want %d", got, c.want)
				}
			})
		}
	}
}

func applied(o *paho.ClientOptions, change func(*paho.ClientOptions)) *paho.ClientOptions {
	change(o)
	return o
}
