package clients

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
)

// A device on go-amqp, over both transports (protocol 5.1).
// Protocol 5.1.1, 5.1.4, 5.1.6, 5.1.7, 5.1.8, 5.1.12.
func TestDeviceOnAMQP(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := station.Start(t)
			wind := s.Device("wind-1")
			p := s.As(wind, over)
			amqpTelemetry(s, p, wind)
			amqpTwin(s, p, wind)
			amqpMethods(s, p, wind)
			amqpMessages(s, p, wind)
		})
	}
}

// A module has all of it under its own address (protocol 5.1).
// Protocol 5.1.1, 5.1.9, 5.1.12, 6.3.5.
func TestModuleOnAMQP(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := station.Start(t)
			s.Device("edge-1")
			filter := s.Module("edge-1", "filter")
			p := s.As(filter, over)
			amqpTelemetry(s, p, filter)
			amqpTwin(s, p, filter)
			amqpMethods(s, p, filter)
			amqpMessages(s, p, filter)
		})
	}
}

// It sends an event with properties, and a reader sees them all (protocol 5.1, 7.8).
func amqpTelemetry(s *station.Station, p *station.Peer, i station.Identity) {
	s.T.Helper()
	out := p.Sender("/"+i.Path()+"/messages/events", nil)
	s.Send(out, &amqp.Message{
		Properties: &amqp.MessageProperties{
			MessageID: "m-1", CorrelationID: "c-1", ContentType: new("application/json"), ContentEncoding: new("utf-8"),
		},
		Annotations:           amqp.Annotations{"dt-subject": "rotor"},
		ApplicationProperties: map[string]any{"level": "high"},
		Data:                  [][]byte{[]byte(`{"speed":13}`)},
	})
	e := s.Events(1, 0)[0]
	if string(e.Body) != `{"speed":13}` || e.MessageID == nil || *e.MessageID != "m-1" || e.CorrelationID != "c-1" ||
		e.ContentType == nil || *e.ContentType != "application/json" || e.Properties["level"] != "high" {
		s.T.Errorf("event %s: %v %v %v", e.Body, e.MessageID, e.CorrelationID, e.Properties)
	}
	for name, want := range map[string]any{
		"iothub-connection-device-id": i.DeviceID, "iothub-message-source": "Telemetry", "dt-subject": "rotor",
	} {
		if e.SystemProperties[name] != want {
			s.T.Errorf("%s is %v, want %v", name, e.SystemProperties[name], want)
		}
	}
	if got := e.SystemProperties["iothub-connection-module-id"]; i.ModuleID != "" && got != i.ModuleID || i.ModuleID == "" && got != nil {
		s.T.Errorf("module %v, want %q", got, i.ModuleID)
	}
}

// amqpTwin: it reads its twin, reports, hears what the service desires, and no longer when it does not want to
// (protocol 5.1, 2.5).
func amqpTwin(s *station.Station, p *station.Peer, i station.Identity) {
	s.T.Helper()
	link := map[string]any{"com.microsoft:channel-correlation-id": "twin:1", "com.microsoft:api-version": "2021-04-12"}
	out := p.Sender("/"+i.Path()+"/twin", &amqp.SenderOptions{Properties: link, SettlementMode: amqp.SenderSettleModeSettled.Ptr()})
	in := p.Receiver("/"+i.Path()+"/twin", &amqp.ReceiverOptions{Properties: link, RequestedSenderSettleMode: amqp.SenderSettleModeSettled.Ptr(), Credit: 10})
	ask := func(operation, resource, body string, want int32) *amqp.Message {
		s.T.Helper()
		m := &amqp.Message{
			Properties:  &amqp.MessageProperties{CorrelationID: operation},
			Annotations: amqp.Annotations{"operation": operation}, Data: [][]byte{[]byte(body)},
		}
		if resource != "" {
			m.Annotations["resource"] = resource
		}
		s.Send(out, m)
		a := s.Receive(in)
		if a.Properties == nil || a.Properties.CorrelationID != operation || a.Annotations["status"] != want {
			s.T.Fatalf("%s: %+v %v %s", operation, a.Properties, a.Annotations, a.GetData())
		}
		return a
	}
	same(s.T, ask("GET", "", " ", 200).GetData(), `{"desired":{"$version":1},"reported":{"$version":1}}`)
	if a := ask("PATCH", "/properties/reported", `{"firmware":{"version":"1.0"}}`, 204); a.Annotations["version"] != int64(2) {
		s.T.Errorf("reported version %v", a.Annotations["version"])
	}
	ask("PATCH", "/properties/reported", `{"firm`, 400)
	if reported := twin(s, i).Reported; member(s.T, reported, "firmware") != `{"version":"1.0"}` {
		s.T.Errorf("the service sees %s", reported)
	}
	ask("PUT", "/notifications/twin/properties/desired", " ", 200)
	desire(s, i, `{"interval":5}`)
	push := s.Receive(in)
	if push.Properties != nil && push.Properties.CorrelationID != nil {
		s.T.Errorf("a change has correlation-id %v", push.Properties.CorrelationID)
	}
	same(s.T, push.GetData(), `{"interval":5,"$version":2}`)
	ask("DELETE", "/notifications/twin/properties/desired", " ", 204)
	desire(s, i, `{"interval":6}`)
	same(s.T, ask("GET", "", " ", 200).GetData(), // comes next: the change did not
		`{"desired":{"interval":6,"$version":3},"reported":{"firmware":{"version":"1.0"},"$version":2}}`)
}

// amqpMethods: it answers a call, with its own status (protocol 5.1, 2.7).
func amqpMethods(s *station.Station, p *station.Peer, i station.Identity) {
	s.T.Helper()
	link := map[string]any{"com.microsoft:channel-correlation-id": "methods:1"}
	out := p.Sender("/"+i.Path()+"/methods/devicebound", &amqp.SenderOptions{Properties: link})
	in := p.Receiver("/"+i.Path()+"/methods/devicebound", &amqp.ReceiverOptions{Properties: link, Credit: 10})
	result := invoke(s, i, hub.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`)})
	call := s.Receive(in)
	if call.ApplicationProperties["IoThub-methodname"] != "reboot" || string(call.GetData()) != `{"delay":5}` {
		s.T.Errorf("call %v %s", call.ApplicationProperties, call.GetData())
	}
	s.Send(out, &amqp.Message{
		Properties:            &amqp.MessageProperties{CorrelationID: call.Properties.CorrelationID},
		ApplicationProperties: map[string]any{"IoThub-status": int32(299)}, Data: [][]byte{[]byte(`"later"`)},
	})
	if got := <-result; got.err != nil || got.Status != 299 || string(got.Payload) != `"later"` {
		s.T.Errorf("result %+v", got)
	}
	if err := in.Close(s.Context()); err != nil {
		s.T.Fatal(err)
	}
	s.Until("offline for methods", func() bool {
		got := <-invoke(s, i, hub.MethodCall{Name: "reboot"})
		return code(got.err) == "DeviceNotOnline"
	})
}

// amqpMessages: what is accepted is gone, what is released or modified comes again with a count, what is rejected is
// dead (protocol 4.3, 5.1, 6.3).
func amqpMessages(s *station.Station, p *station.Peer, i station.Identity) {
	s.T.Helper()
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	for _, id := range []string{"done", "again", "dead"} {
		s.Send(send, message(i, id, ""))
	}
	in := p.Receiver("/"+i.Path()+"/messages/devicebound", &amqp.ReceiverOptions{Credit: 1})
	next := func(id string, count uint8) *amqp.Message {
		s.T.Helper()
		m := s.Receive(in)
		if m.Properties.MessageID != id || m.Annotations["iothub-deliverycount"] != count || string(m.GetData()) != "to "+id {
			s.T.Fatalf("got %v, count %v, want %s, %d", m.Properties.MessageID, m.Annotations["iothub-deliverycount"], id, count)
		}
		return m
	}
	must(s.T, in.AcceptMessage(s.Context(), next("done", 0)))
	must(s.T, in.ReleaseMessage(s.Context(), next("again", 0)))
	must(s.T, in.ModifyMessage(s.Context(), next("again", 1), nil))
	must(s.T, in.AcceptMessage(s.Context(), next("again", 2)))
	must(s.T, in.RejectMessage(s.Context(), next("dead", 0), nil))
	s.Until("all messages settled", func() bool { return waiting(s, i) == 0 })
}

// A token for one device opens no other's links, and a wrong one none; the connection stays for what it may
// (protocol 5.1, 6.2, 7.7).
// Protocol 0.6, 1.2.10, 5.1.2, 5.1.10, 6.2.1, 6.2.3, 6.2.4.
func TestDeviceOnAMQPIsRefused(t *testing.T) {
	s := station.Start(t)
	wind, other := s.Device("wind-1"), s.Device("wind-2")
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := s.In(t)
			p := s.Dial(over, amqp.SASLTypeAnonymous(), station.Identity{})
			if _, err := p.Session.NewSender(s.Context(), wind.Path()+"/messages/events", nil); station.Condition(err) != "amqp:unauthorized-access" {
				t.Errorf("before a token: %v", err)
			}
			for name, c := range map[string]struct {
				token string
				want  int
			}{
				"another's key": {s.Sign("localhost/devices/wind-1", other.Key, "", time.Hour), http.StatusUnauthorized},
				"expired":       {s.Sign("localhost/devices/wind-1", wind.Key, "", -time.Hour), http.StatusUnauthorized},
				"no token":      {"hello", http.StatusUnauthorized},
				"right":         {s.Token(wind), http.StatusOK},
				"renewed":       {s.Sign("localhost/devices/wind-1", wind.Key, "", 2*time.Hour), http.StatusOK},
			} {
				if got := p.PutToken("localhost%2Fdevices%2Fwind-1", c.token); got != c.want {
					t.Errorf("%s: %d, want %d", name, got, c.want)
				}
			}
			p.Sender(wind.Path()+"/messages/events", nil)
			for _, address := range []string{
				other.Path() + "/messages/events", other.Path() + "/messages/devicebound", other.Path() + "/twin",
				other.Path() + "/methods/devicebound", "/messages/devicebound", "/messages/serviceBound/feedback",
			} {
				_, err := p.Session.NewReceiver(s.Context(), address, nil)
				if got := station.Condition(err); got != "amqp:unauthorized-access" && got != "amqp:not-allowed" {
					t.Errorf("%s: %v", address, err)
				}
			}
			if _, err := s.TryDial(over, amqp.SASLTypePlain("wind-1@sas.localhost", s.Token(other)), wind); err == nil {
				t.Error("SASL PLAIN with another's token was taken")
			}
		})
	}
}

// Without SASL, as the Node SDKs connect, and more than one device on a connection (protocol 0.5, 5.1).
// Protocol 5.1.2, 5.1.11.
func TestDevicesShareAConnectionWithoutSASL(t *testing.T) {
	s := station.Start(t)
	p := s.Dial(station.TLS, nil, station.Identity{})
	for _, id := range []string{"wind-1", "wind-2"} {
		i := s.Device(id)
		if got := p.PutToken("localhost/"+i.Path(), s.Token(i)); got != http.StatusOK {
			t.Fatalf("%s: %d", id, got)
		}
		s.Send(p.Sender(i.Path()+"/messages/events", nil), amqp.NewMessage([]byte(id)))
	}
	for _, e := range s.Events(2, 0) {
		if from := e.SystemProperties["iothub-connection-device-id"]; from != string(e.Body) {
			t.Errorf("%s came from %v", e.Body, from)
		}
	}
}
