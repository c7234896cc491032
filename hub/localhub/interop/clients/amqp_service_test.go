package clients

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/localhub/interop/station"
)

// A back end on go-amqp sends to a device on go-amqp and to one on paho, whatever type the message ids have, and
// hears what became of each message (protocol 0.14, 4.3, 6.3, 6.4).
// Protocol 2.4.14, 4.3.3, 6.1.1, 6.3.2, 6.3.3, 6.4.1, 6.4.3.
func TestServiceOnAMQP(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			t.Parallel() // the hub waits up to 15 s with feedback
			s := station.Start(t)
			wind, sun, gone := s.Device("wind-1"), s.Device("sun-1"), s.Device("gone-1")
			p := s.AsService("service", over)
			send := p.Sender("/messages/devicebound", nil)
			uuid := amqp.UUID{0xAB, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}
			for _, id := range []any{uuid, uint64(7), "text"} {
				s.Send(send, message(wind, id, "full"))
			}
			s.Send(send, message(wind, "unasked", "none"))
			s.Send(send, message(wind, "rejected", "negative"))
			s.Send(send, message(sun, "by MQTT", "POSITIVE"))
			s.Send(send, message(gone, "purged", "full"))
			if n, err := s.Service.PurgeC2D(t.Context(), "gone-1"); err != nil || n != 1 {
				t.Errorf("purged %d, %v", n, err)
			}

			in := s.As(wind, over).Receiver("/devices/wind-1/messages/devicebound", &amqp.ReceiverOptions{Credit: 10})
			for _, want := range []string{"ab000000-0000-4000-8000-000000000001", "7", "text", "unasked", "rejected"} {
				m := s.Receive(in)
				if m.Properties.MessageID != want {
					t.Errorf("message %v, want %s", m.Properties.MessageID, want)
				}
				if want == "rejected" {
					must(t, in.RejectMessage(s.Context(), m, nil))
				} else {
					must(t, in.AcceptMessage(s.Context(), m))
				}
			}
			c := s.Connect(sun, over)
			c.Subscribe(1, "devices/sun-1/messages/devicebound/#")
			if m := c.Next(); !strings.Contains(m.Topic(), "%24.mid=by%20MQTT") || string(m.Payload()) != "to by MQTT" {
				t.Errorf("%s %s", m.Topic(), m.Payload())
			}
			feedback(s, p, map[string]string{
				"ab000000-0000-4000-8000-000000000001": "Success", "7": "Success", "text": "Success",
				"rejected": "Rejected", "by MQTT": "Success", "purged": "Purged",
			})
		})
	}
}

// What is wrong with a message is said of this message, and the link goes on (protocol 6.3, 9).
// Protocol 4.3.7, 6.3.4.
func TestServiceOnAMQPIsRefusedMessages(t *testing.T) {
	s := station.Start(t)
	wind := s.Device("wind-1")
	send := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	large := message(wind, "x", "")
	large.Data = [][]byte{make([]byte, 64<<10+1)}
	late := message(wind, "x", "")
	late.Properties.AbsoluteExpiryTime = new(time.Now().Add(-time.Minute))
	for name, c := range map[string]struct {
		m    *amqp.Message
		want string
	}{
		"unknown device": {message(station.Identity{DeviceID: "nobody"}, "x", ""), "amqp:not-found"},
		"unknown module": {message(station.Identity{DeviceID: "wind-1", ModuleID: "none"}, "x", ""), "amqp:not-found"},
		"above 64 KB":    {large, "amqp:link:message-size-exceeded"},
		"expired":        {late, "amqp:not-allowed"},
	} {
		if err := send.Send(s.Context(), c.m, nil); station.Condition(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for n := range 50 {
		s.Send(send, message(wind, fmt.Sprint(n), ""))
	}
	if err := send.Send(s.Context(), message(wind, "one too many", ""), nil); station.Condition(err) != "amqp:resource-limit-exceeded" {
		t.Errorf("the 51st: %v", err)
	}
	if got := waiting(s, wind); got != 50 {
		t.Errorf("%d messages wait, want 50", got)
	}
}

// A service that has only a token: every spelling of the hub's own audience is taken, and what the policy may not do
// stays closed (protocol 1.4, 6.2, 7.7).
// Protocol 0.6, 6.1.1, 6.2.1, 6.2.2.
func TestServiceClaims(t *testing.T) {
	s := station.Start(t)
	for _, audience := range []string{"localhost", "localhost/messages/devicebound", "sb://localhost/", "amqps://localhost:5671/messages/devicebound"} {
		p := s.Dial(station.TLS, amqp.SASLTypeAnonymous(), station.Identity{})
		if got := p.PutToken(audience, s.ServiceToken("service")); got != http.StatusOK {
			t.Errorf("%s: %d", audience, got)
			continue
		}
		p.Sender("/messages/deviceBound", nil) // as C# spells it
	}
	p := s.Dial(station.TLS, amqp.SASLTypeAnonymous(), station.Identity{})
	if got := p.PutToken("localhost", s.ServiceToken("registryRead")); got != http.StatusOK {
		t.Fatalf("a right token without the right: %d", got)
	}
	if _, err := p.Session.NewSender(s.Context(), "/messages/devicebound", nil); station.Condition(err) != "amqp:unauthorized-access" {
		t.Errorf("registryRead may send: %v", err)
	}
	if got := p.PutToken("localhost", s.Sign("localhost", s.Policy("device"), "service", time.Hour)); got != http.StatusUnauthorized {
		t.Errorf("another policy's key: %d", got)
	}
}

// An old Event Hubs client that knows the hub's name only is sent on, on both links of its pair (protocol 0.7, 6.6).
// Protocol 6.6.1.
func TestServiceIsRedirected(t *testing.T) {
	s := station.Start(t)
	p := s.AsService("service", station.TLS)
	for _, address := range []string{"messages/events/$management", "/messages/events/", "amqps://localhost/messages/events/$management"} {
		_, in := p.Session.NewReceiver(s.Context(), address, nil)
		_, out := p.Session.NewSender(s.Context(), address, nil)
		for _, err := range []error{in, out} {
			if station.Condition(err) != "amqp:link:redirect" {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

// A device sends a file in three steps over HTTPS, the service hears of it on AMQP (protocol 5.3, 6.5).
// Protocol 5.3.1, 5.3.4, 6.5.1.
func TestUploadIsNotified(t *testing.T) {
	for _, over := range station.Transports {
		t.Run(string(over), func(t *testing.T) {
			s := station.Start(t)
			wind := s.Device("wind-1")
			in := s.AsService("service", over).Receiver("/messages/serviceBound/filenotifications", nil)
			var ticket struct{ CorrelationID, HostName, ContainerName, BlobName, SASToken string }
			s.JSON(s.RESTAs(wind, s.Token(wind), http.MethodPost, "/devices/wind-1/files", `{"blobName":"day.log"}`), &ticket)
			put, err := http.NewRequestWithContext(s.Context(), http.MethodPut,
				"https://"+ticket.HostName+"/"+ticket.ContainerName+"/"+ticket.BlobName+ticket.SASToken, strings.NewReader("calm"))
			must(t, err)
			put.Header.Set("X-Ms-Blob-Type", "BlockBlob")
			if got := s.Do(put, station.Identity{}); got.Status != http.StatusCreated {
				t.Fatalf("PUT %d %s", got.Status, got.Body)
			}
			done := s.RESTAs(wind, s.Token(wind), http.MethodPost, "/devices/wind-1/files/notifications",
				`{"correlationId":"`+ticket.CorrelationID+`","isSuccess":true,"statusCode":201,"statusDescription":"done"}`)
			if done.Status != http.StatusNoContent {
				t.Fatalf("notify: %d %s", done.Status, done.Body)
			}
			m := s.Receive(in)
			for name, want := range map[string]string{"deviceId": `"wind-1"`, "blobName": `"wind-1/day.log"`, "blobSizeInBytes": "4"} {
				if got := member(t, m.GetData(), name); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
			must(t, in.AcceptMessage(s.Context(), m))

			stranger := s.Device("wind-2")
			if got := s.RESTAs(stranger, s.Token(stranger), http.MethodPost, "/devices/wind-1/files", `{"blobName":"x"}`); !slices.Contains([]int{401, 403}, got.Status) {
				t.Errorf("another device's upload: %d %s", got.Status, got.Body)
			}
			for range 10 {
				s.JSON(s.RESTAs(wind, s.Token(wind), http.MethodPost, "/devices/wind-1/files", `{"blobName":"x"}`), &ticket)
			}
			if got := s.RESTAs(wind, s.Token(wind), http.MethodPost, "/devices/wind-1/files", `{"blobName":"x"}`); got.Code() != "DeviceMaximumActiveFileUploadLimitExceeded" {
				t.Errorf("the eleventh: %d %s", got.Status, got.Body)
			}
		})
	}
}
