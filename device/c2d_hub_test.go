package device_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/Azure/go-amqp"

	"hubscope/device"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
)

// TestMessagesFromTheLocalHub: one that is left comes again with the next connection, one that is completed does not.
func TestMessagesFromTheLocalHub(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	s := station.On(t, h)
	cs := create(t, h, "dev-1")
	got := make(chan *device.Incoming, 10)
	answer := device.Leave
	o := options(h)
	o.OnProblem = func(err error) { t.Error(err) }
	o.OnMessage = func(m *device.Incoming) device.Settlement {
		got <- m
		return answer
	}
	first := connect(t, cs, o)
	bound := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	large := strings.Repeat("x", 64<<10-200)
	s.Send(bound, &amqp.Message{
		Properties: &amqp.MessageProperties{
			To: new("/devices/dev-1/messages/devicebound"), MessageID: "m/1 %41", CorrelationID: "c&=1",
			ContentType: new("application/json"), ContentEncoding: new("utf-8"),
		},
		ApplicationProperties: map[string]any{"col our": "50% of r/e&d=ü"}, Data: [][]byte{[]byte(large)},
	})
	check := func(m *device.Incoming) {
		t.Helper()
		if m.MessageID != "m/1 %41" || m.CorrelationID != "c&=1" || m.ContentType != "application/json" || m.ContentEncoding != "utf-8" ||
			m.To != "/devices/dev-1/messages/devicebound" || string(m.Body) != large || m.System["$.mid"] != m.MessageID {
			m.Body = m.Body[:min(len(m.Body), 10)]
			t.Errorf("message %+v", m)
		}
		if !slices.Contains(m.Properties, device.Property{Key: "col our", Value: "50% of r/e&d=ü"}) {
			t.Errorf("properties %q", m.Properties)
		}
	}
	check(await(t, got))
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := first.Counts(); n.Messages != 1 || n.MessagesLeft != 1 || n.MessagesCompleted != 0 {
		t.Errorf("counts %+v", n)
	}

	answer = device.Complete
	second := connect(t, cs, o)
	check(await(t, got))
	s.Until("the message is completed", func() bool { return second.Counts().MessagesCompleted == 1 })
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	// The hub may take a new connection before it has read the last words of the one before.
	s.Until("the hub has let go of the message", func() bool {
		d, err := s.Service.Device(t.Context(), "dev-1")
		return err == nil && d.C2DCount == 0
	})
	third := connect(t, cs, o)
	s.Send(bound, &amqp.Message{
		Properties: &amqp.MessageProperties{To: new("/devices/dev-1/messages/devicebound"), MessageID: "empty"}, Data: [][]byte{nil},
	})
	if m := await(t, got); m.MessageID != "empty" || len(m.Body) != 0 {
		t.Errorf("after a completed one came %q", m.MessageID)
	}
	if err := third.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
