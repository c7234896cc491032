package amqp

import (
	"encoding/json"
	"testing"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// twinLinks is the pair of links as the Node SDK attaches it (protocol 5.1).
type twinLinks struct {
	b   *station
	out *goamqp.Sender
	in  *goamqp.Receiver
}

func (b *station) twinLinks(s *goamqp.Session, address string) twinLinks {
	b.t.Helper()
	properties := map[string]any{"com.microsoft:channel-correlation-id": "twin:1", "com.microsoft:api-version": "2021-04-12"}
	return twinLinks{
		b: b,
		out: b.sender(s, address, &goamqp.SenderOptions{
			Properties: properties, SettlementMode: goamqp.SenderSettleModeSettled.Ptr(),
		}),
		in: b.receiver(s, address, &goamqp.ReceiverOptions{
			Properties: properties, RequestedSenderSettleMode: goamqp.SenderSettleModeSettled.Ptr(), Credit: 10,
		}),
	}
}

func (l twinLinks) ask(operation, resource, body string) *goamqp.Message {
	l.b.t.Helper()
	m := &goamqp.Message{
		Properties:  &goamqp.MessageProperties{CorrelationID: operation + "-1"},
		Annotations: goamqp.Annotations{"operation": operation},
		Data:        [][]byte{[]byte(body)},
	}
	if resource != "" {
		m.Annotations["resource"] = resource
	}
	l.b.send(l.out, m)
	a := l.b.receive(l.in)
	if a.Properties == nil || a.Properties.CorrelationID != operation+"-1" {
		l.b.t.Fatalf("answer to %s has properties %+v", operation, a.Properties)
	}
	return a
}

func wantStatus(t *testing.T, m *goamqp.Message, want int32) {
	t.Helper()
	if m.Annotations["status"] != want {
		t.Errorf("status %v, want %d; body %s", m.Annotations["status"], want, m.GetData())
	}
}

// Protocol 5.1, 4.3: get, report, subscribe, hear, unsubscribe.
// Protocol 5.1.8.
func TestTwin(t *testing.T) {
	b := newStation(t)
	l := b.twinLinks(b.device("d1"), "/devices/d1/twin")
	got := l.ask("GET", "", " ")
	wantStatus(t, got, 200)
	if want := `{"desired":{"$version":1},"reported":{"$version":1}}`; string(got.GetData()) != want {
		t.Errorf("twin %s, want %s", got.GetData(), want)
	}
	got = l.ask("PATCH", "/properties/reported", `{"a":1}`)
	wantStatus(t, got, 204)
	if got.Annotations["version"] != int64(2) {
		t.Errorf("reported version %v, want 2", got.Annotations["version"])
	}
	got = l.ask("PATCH", "/properties/reported", `{"a":`)
	wantStatus(t, got, 400)
	var failure struct{ ErrorCode int }
	if err := json.Unmarshal(got.GetData(), &failure); err != nil || failure.ErrorCode/1000 != 400 {
		t.Errorf("failure %s, %v", got.GetData(), err)
	}
	wantStatus(t, l.ask("PUT", "/notifications/twin/properties/desired", " "), 200)
	b.desire(`{"interval":2}`)
	push := b.receive(l.in)
	if push.Properties != nil && push.Properties.CorrelationID != nil {
		t.Errorf("a change has correlation-id %v", push.Properties.CorrelationID)
	}
	if want := `{"interval":2,"$version":2}`; !sameJSON(t, push.GetData(), want) {
		t.Errorf("change %s, want %s", push.GetData(), want)
	}
	wantStatus(t, l.ask("DELETE", "/notifications/twin/properties/desired", " "), 204)
	b.desire(`{"interval":3}`)
	got = l.ask("GET", "", " ") // comes next: the change did not
	if want := `{"desired":{"interval":3,"$version":3},"reported":{"a":1,"$version":2}}`; !sameJSON(t, got.GetData(), want) {
		t.Errorf("twin %s, want %s", got.GetData(), want)
	}
	wantStatus(t, l.ask("POST", "/nothing", " "), 400)
}

func (b *station) desire(desired string) {
	b.t.Helper()
	if _, err := b.hub.PatchTwin(b.t.Context(), core.ID{Device: "d1"}, core.TwinPatch{Desired: json.RawMessage(desired)}, ""); err != nil {
		b.t.Fatal(err)
	}
}

func sameJSON(t *testing.T, got []byte, want string) bool {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Errorf("%s: %v", got, err)
		return false
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(g)
	b, _ := json.Marshal(w)
	return string(a) == string(b)
}

// A device that asks and takes no answers loses the link, not its memory.
func TestTwinAnswersAreBounded(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	out := b.sender(s, "devices/d1/twin", &goamqp.SenderOptions{SettlementMode: goamqp.SenderSettleModeSettled.Ptr()})
	in := b.receiver(s, "devices/d1/twin", &goamqp.ReceiverOptions{Credit: -1})
	for range maxReplies + 2 {
		b.send(out, &goamqp.Message{Annotations: goamqp.Annotations{"operation": "GET"}, Data: [][]byte{[]byte(" ")}})
	}
	_, err := in.Receive(testContext(t), nil)
	rejected(t, err, condLimit)
}
