package amqp

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

const methods = "/devices/d1/methods/devicebound"

type methodOutcome struct {
	core.MethodResult
	err error
}

func (b *station) invoke(name, payload string) <-chan methodOutcome {
	done := make(chan methodOutcome, 1)
	go func() {
		r, err := b.hub.InvokeMethod(b.t.Context(), core.ID{Device: "d1"}, core.MethodCall{
			Name: name, Payload: json.RawMessage(payload), ResponseTimeout: 10 * time.Second, ConnectTimeout: 10 * time.Second,
		})
		done <- methodOutcome{r, err}
	}()
	return done
}

// Protocol 5.1: a call has a uuid as correlation-id; the answer may repeat it as
// a uuid or as text, and has an int as status.
// Protocol 5.1.7.
func TestMethod(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	out := b.sender(s, methods, nil)
	in := b.receiver(s, methods, &goamqp.ReceiverOptions{Credit: 10})
	for name, correlation := range map[string]func(goamqp.UUID) any{
		"uuid": func(id goamqp.UUID) any { return id },
		"text": func(id goamqp.UUID) any { return id.String() },
	} {
		t.Run(name, func(t *testing.T) {
			result := b.invoke("reboot", `{"delay":5}`)
			call := b.receive(in)
			id, ok := call.Properties.CorrelationID.(goamqp.UUID)
			if !ok || call.ApplicationProperties["IoThub-methodname"] != "reboot" || string(call.GetData()) != `{"delay":5}` {
				t.Fatalf("call %+v %v %s", call.Properties, call.ApplicationProperties, call.GetData())
			}
			b.send(out, &goamqp.Message{
				Properties:            &goamqp.MessageProperties{CorrelationID: correlation(id)},
				ApplicationProperties: map[string]any{"IoThub-status": int32(207)},
				Data:                  [][]byte{[]byte(`"ok"`)},
			})
			if r := <-result; r.err != nil || r.Status != 207 || string(r.Payload) != `"ok"` {
				t.Errorf("result %+v", r)
			}
		})
	}
	// An answer that nobody waits for is taken; one without a status is not.
	b.send(out, &goamqp.Message{
		Properties:            &goamqp.MessageProperties{CorrelationID: goamqp.UUID{1}},
		ApplicationProperties: map[string]any{"IoThub-status": int32(200)},
	})
	rejected(t, out.Send(testContext(t), goamqp.NewMessage([]byte("{}")), nil), core.ConditionArgument)
}

// Protocol 2.7: without the link the device is not online for methods.
// Protocol 2.7.5.
func TestMethodNeedsItsLink(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	b.sender(s, methods, nil)
	in := b.receiver(s, methods, nil)
	if err := in.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	until(t, "not online", func() bool {
		_, err := b.hub.InvokeMethod(t.Context(), core.ID{Device: "d1"}, core.MethodCall{Name: "x", ResponseTimeout: 5 * time.Second})
		return errors.Is(err, &core.Error{Code: core.CodeDeviceNotOnline})
	})
}

// Protocol 2.7: a device that goes while it is waited for.
// Protocol 2.7.8.
func TestMethodDeviceGoes(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	in := b.receiver(s, methods, nil)
	result := b.invoke("reboot", "")
	if call := b.receive(in); string(call.GetData()) != "null" {
		t.Errorf("payload %s, want null", call.GetData())
	}
	if err := in.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if r := <-result; !errors.Is(r.err, &core.Error{Code: core.CodeClosedRemotely}) {
		t.Errorf("result %+v", r)
	}
}

// The map from uuids to request ids does not grow with calls that are never
// answered.
func TestCallsAreBounded(t *testing.T) {
	var c calls
	var last goamqp.UUID
	for range 3 * maxCalls {
		last = c.add("1f")
	}
	if len(c.requestID) != maxCalls {
		t.Errorf("%d calls remembered", len(c.requestID))
	}
	if id, ok := c.take(idText(last)); !ok || id != "1f" {
		t.Errorf("took %q, %v", id, ok)
	}
	if _, ok := c.take(idText(last)); ok {
		t.Error("taken twice")
	}
}
