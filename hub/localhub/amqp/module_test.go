package amqp

import (
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Protocol 5.1: a module has the links of a device under its own address, and
// hears its messages on messages/events too, as the Node SDK has it.
// Protocol 5.1.9, 6.3.5.
func TestModule(t *testing.T) {
	b := newStation(t)
	m, err := b.hub.CreateModule(t.Context(), wire.Module{DeviceID: "d1", ModuleID: "m$1"})
	if err != nil {
		t.Fatal(err)
	}
	const path = "devices/d1/modules/m%241"
	token := iotToken(t, "localhost/devices/d1/modules/m$1", m.Authentication.SymmetricKey.PrimaryKey, "")
	s := mustConnect(t, b.addr, goamqp.SASLTypePlain("d1/m$1@sas.localhost", token))
	b.send(b.sender(s, path+"/messages/events", nil), goamqp.NewMessage([]byte("x")))
	if got := b.events(1)[0].Annotations["iothub-connection-module-id"]; got != "m$1" {
		t.Errorf("module id %v", got)
	}

	got := b.twinLinks(s, path+"/twin").ask("PATCH", "/properties/reported", `{"a":1}`)
	wantStatus(t, got, 204)

	id := core.ID{Device: "d1", Module: "m$1"}
	calls, answers := b.receiver(s, path+"/methods/devicebound", nil), b.sender(s, path+"/methods/devicebound", nil)
	done := make(chan methodOutcome, 1)
	go func() {
		r, err := b.hub.InvokeMethod(t.Context(), id, core.MethodCall{Name: "ping", ResponseTimeout: 10 * time.Second})
		done <- methodOutcome{r, err}
	}()
	call := b.receive(calls)
	b.send(answers, &goamqp.Message{
		Properties:            &goamqp.MessageProperties{CorrelationID: call.Properties.CorrelationID},
		ApplicationProperties: map[string]any{"IoThub-status": int64(200)},
	})
	if r := <-done; r.err != nil || r.Status != 200 {
		t.Errorf("result %+v", r)
	}

	out := b.sender(b.service(), toDevices, nil)
	for _, address := range []string{"/messages/devicebound", "/messages/events"} {
		message := c2d(address, "x")
		message.Properties.To = text("/" + path + "/messages/devicebound")
		b.send(out, message)
		in := b.receiver(s, path+address, nil)
		if got := b.receive(in); got.Properties.MessageID != address {
			t.Errorf("message %v", got.Properties.MessageID)
		} else if err := in.AcceptMessage(testContext(t), got); err != nil {
			t.Error(err)
		}
	}

	// Its token does not speak for the device.
	_, err = s.NewSender(testContext(t), "devices/d1/messages/events", nil)
	rejected(t, err, condUnauthorized)
	if _, err := b.device("d1").NewReceiver(testContext(t), "devices/d1/messages/events", nil); err == nil {
		t.Error("a device may read its events")
	}
}
