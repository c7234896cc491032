package amqp

import (
	"fmt"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

const (
	toDevices = "/messages/devicebound"
	toD1      = "/devices/d1/messages/devicebound"
)

func c2d(id any, body string) *goamqp.Message {
	return &goamqp.Message{
		Properties: &goamqp.MessageProperties{To: text(toD1), MessageID: id},
		Data:       [][]byte{[]byte(body)},
	}
}

// Protocol 6.3, 5.1: what a service sends comes to the device, with everything.
// Protocol 0.14, 6.3.1, 6.3.2.
func TestC2D(t *testing.T) {
	b := newStation(t)
	out := b.sender(b.service(), toDevices, nil)
	in := b.receiver(b.device("d1"), toD1, &goamqp.ReceiverOptions{Credit: 10})
	uuid := goamqp.UUID{0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x43, 0x33, 0x84, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}
	expiry := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	for name, tt := range map[string]struct {
		id   any
		want string
	}{"uuid": {uuid, "11111111-2222-4333-8444-555555555555"}, "ulong": {uint64(9), "9"}, "binary": {[]byte{0xff}, "/w=="}, "text": {"mid-1", "mid-1"}} {
		t.Run(name, func(t *testing.T) {
			m := c2d(tt.id, "hello")
			m.Properties.CorrelationID, m.Properties.AbsoluteExpiryTime = tt.id, &expiry
			m.Properties.UserID, m.Properties.ContentType, m.Properties.ContentEncoding = []byte("me"), text("text/plain"), text("utf-8")
			m.ApplicationProperties = map[string]any{"iothub-ack": "full", "p": "v"}
			b.send(out, m)
			got := b.receive(in)
			p := got.Properties
			if p.MessageID != tt.want || p.CorrelationID != tt.want || *p.To != toD1 || string(p.UserID) != "me" ||
				*p.ContentType != "text/plain" || *p.ContentEncoding != "utf-8" || !p.AbsoluteExpiryTime.Equal(expiry) {
				t.Errorf("properties %+v", p)
			}
			if got.ApplicationProperties["p"] != "v" || got.ApplicationProperties["iothub-ack"] != "full" || string(got.GetData()) != "hello" {
				t.Errorf("%v %s", got.ApplicationProperties, got.GetData())
			}
			if token, _ := got.Annotations[keyLockToken].(string); string(tagOf(token)) != string(got.DeliveryTag) || len(got.DeliveryTag) != 16 {
				t.Errorf("lock token %s, tag %x", token, got.DeliveryTag)
			}
			if err := in.AcceptMessage(testContext(t), got); err != nil {
				t.Error(err)
			}
		})
	}
}

// Protocol 5.1, 4.3: accepted completes, rejected is dead, released and modified
// bring the message back with a count; what a link leaves behind comes again
// without one.
// Protocol 5.1.6.
func TestC2DOutcomes(t *testing.T) {
	b := newStation(t)
	out := b.sender(b.service(), toDevices, nil)
	s := b.device("d1")
	in := b.receiver(s, toD1, nil)
	next := func(id string, count uint8) *goamqp.Message {
		t.Helper()
		m := b.receive(in)
		if m.Properties.MessageID != id || m.Annotations[keyDeliveryCount] != count {
			t.Fatalf("got %v with count %v, want %s with %d", m.Properties.MessageID, m.Annotations[keyDeliveryCount], id, count)
		}
		return m
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	b.send(out, c2d("a", ""))
	must(in.ReleaseMessage(testContext(t), next("a", 0)))
	must(in.ModifyMessage(testContext(t), next("a", 1), nil))
	next("a", 2)
	must(in.Close(testContext(t)))
	in = b.receiver(s, toD1, nil)
	must(in.AcceptMessage(testContext(t), next("a", 2)))
	b.send(out, c2d("b", ""))
	must(in.RejectMessage(testContext(t), next("b", 0), nil))
	b.send(out, c2d("c", ""))
	must(in.AcceptMessage(testContext(t), next("c", 0))) // and not a or b
}

// Protocol 6.3: each refusal is a rejected disposition with its condition.
// Protocol 6.3.4.
func TestC2DRefusals(t *testing.T) {
	b := newStation(t)
	out := b.sender(b.service(), toDevices, nil)
	to := func(address string) *goamqp.Message {
		m := c2d("x", "")
		m.Properties.To = &address
		return m
	}
	past := time.Now().Add(-time.Minute)
	expired := c2d("x", "")
	expired.Properties.AbsoluteExpiryTime = &past
	ack := c2d("x", "")
	ack.ApplicationProperties = map[string]any{"iothub-ack": "perhaps"}
	for name, tt := range map[string]struct {
		m    *goamqp.Message
		want string
	}{
		"unknown device": {to("/devices/nobody/messages/devicebound"), condNotFound},
		"unknown module": {to("/devices/d1/modules/nobody/messages/devicebound"), condNotFound},
		"no address":     {goamqp.NewMessage(nil), core.ConditionArgument},
		"other address":  {to("/devices/d1/messages/events"), core.ConditionArgument},
		"above 64 KB":    {c2d("x", string(make([]byte, 64<<10+1))), condTooLarge},
		"far above":      {c2d("x", string(make([]byte, c2dLimit-200))), condTooLarge},
		"expired":        {expired, condNotAllowed},
		"unknown ack":    {ack, core.ConditionArgument},
	} {
		t.Run(name, func(t *testing.T) { rejected(t, out.Send(testContext(t), tt.m, nil), tt.want) })
	}
	for i := range 50 {
		b.send(out, c2d(fmt.Sprint(i), ""))
	}
	rejected(t, out.Send(testContext(t), c2d("full", ""), nil), condLimit)
}

// Protocol 6.4: feedback of the real hub, and a message that waits for its
// device.
func TestC2DFeedback(t *testing.T) {
	b := newStation(t)
	s := b.service()
	out := b.sender(s, toDevices, nil)
	m := c2d("asked", "x")
	m.ApplicationProperties = map[string]any{"iothub-ack": "full"}
	b.send(out, m)
	in := b.receiver(b.device("d1"), toD1, nil)
	if err := in.AcceptMessage(testContext(t), b.receive(in)); err != nil {
		t.Fatal(err)
	}
	fb := b.receiver(s, feedback, nil)
	got := b.receive(fb)
	d, err := b.hub.Device("d1")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`"statusCode":"Success","description":"Success","deviceId":"d1","deviceGenerationId":"%s"}]`, d.GenerationID)
	if body := string(got.GetData()); len(body) < len(want) || body[len(body)-len(want):] != want {
		t.Errorf("feedback %s", body)
	}
	if err := fb.AcceptMessage(testContext(t), got); err != nil {
		t.Error(err)
	}
}

// A second link for the same messages takes the place of the first.
func TestC2DLinkIsReplaced(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	first := b.receiver(s, toD1, nil)
	second := b.receiver(s, toD1, nil)
	_, err := first.Receive(testContext(t), nil)
	rejected(t, err, condStolen)
	b.send(b.sender(b.service(), toDevices, nil), c2d("x", ""))
	if err := second.AcceptMessage(testContext(t), b.receive(second)); err != nil {
		t.Error(err)
	}
}

// Protocol 6.5: a file notification.
// Protocol 6.5.1.
func TestFileNotifications(t *testing.T) {
	b := newStation(t)
	in := b.receiver(b.service(), "/messages/serviceBound/filenotifications", nil)
	if err := b.hub.AddFileNotification(t.Context(), core.FileNotification{
		DeviceID: "d1", BlobURI: "https://localhost/files/d1/a.txt", BlobName: "d1/a.txt",
		LastUpdated: time.Date(2016, 6, 1, 21, 22, 41, 0, time.UTC), Size: 1234,
	}); err != nil {
		t.Fatal(err)
	}
	m := b.receive(in)
	want := `{"deviceId":"d1","blobUri":"https://localhost/files/d1/a.txt","blobName":"d1/a.txt","lastUpdatedTime":"2016-06-01T21:22:41+00:00","blobSizeInBytes":1234,"enqueuedTimeUtc":"`
	if body := string(m.GetData()); len(body) < len(want) || body[:len(want)] != want {
		t.Errorf("notification %s", body)
	}
	if err := in.AcceptMessage(testContext(t), m); err != nil {
		t.Error(err)
	}
}
