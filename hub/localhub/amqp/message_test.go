package amqp

import (
	"slices"
	"strings"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// Protocol 0, fact 14: ids of every AMQP type become text.
// Protocol 6.3.2.
func TestIDText(t *testing.T) {
	for name, tt := range map[string]struct {
		id   any
		want string
	}{
		"none": {nil, ""}, "text": {"a b", "a b"}, "ulong": {uint64(18446744073709551615), "18446744073709551615"},
		"uuid":   {goamqp.UUID{0xAB, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 15}, "ab010203-0405-4607-8809-0a0b0c0d0e0f"},
		"binary": {[]byte{0xff, 0}, "/wA="}, "binary text": {[]byte("abc"), "abc"},
		"symbol": {goamqp.Symbol("s"), "s"}, "bool": {true, "true"}, "int": {int32(-3), "-3"},
		"double": {0.1, "0.1"}, "float": {float32(0.1), "0.1"},
		"time": {time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), "2026-01-02T03:04:05.006Z"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := idText(tt.id); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// The order in which application properties were sent is that in which they come:
// the device SDK in C compares it.
func TestOrderOfProperties(t *testing.T) {
	var sent frame.Map
	for _, name := range strings.Split("zulu alpha mike 10 9 IoTHub-Ack bravo", " ") {
		sent = append(sent, frame.Pair{Key: name, Value: "full"})
	}
	head, err := (&goamqp.Message{Header: &goamqp.MessageHeader{}, Properties: &goamqp.MessageProperties{To: text("/devices/d/messages/devicebound")}}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	body, err := (&goamqp.Message{Data: [][]byte{[]byte("hello")}}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	encoded := append(appendProperties(head, sent), body...)
	m, err := readMessage(encoded)
	if err != nil {
		t.Fatal(err)
	}
	_, message, err := deviceBound(m, propertyNames(m, encoded))
	if err != nil {
		t.Fatal(err)
	}
	bound, err := boundMessage(core.Delivery{Message: message, LockToken: "0f0e0d0c-0b0a-0908-0706-050403020100"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range findProperties(bound) {
		got = append(got, p.Key.(string))
	}
	if want := strings.Split("zulu alpha mike 10 9 bravo iothub-ack", " "); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if again, err := readMessage(bound); err != nil || string(again.GetData()) != "hello" || again.ApplicationProperties["9"] != "full" || again.Annotations[keyLockToken] == nil {
		t.Errorf("%+v, %v", again, err)
	}
	d, err := telemetry(m, propertyNames(m, encoded))
	if err != nil || d.Properties[0].Name != "zulu" || d.Properties[6].Name != "bravo" {
		t.Errorf("%+v, %v", d.Properties, err)
	}
}

// Protocol 6.3: whom a message is for, and what is in it.
func TestDeviceBound(t *testing.T) {
	expiry := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	id, m, err := deviceBound(&goamqp.Message{
		Properties: &goamqp.MessageProperties{
			To: text("/devices/dev%201/messages/devicebound"), MessageID: uint64(5), CorrelationID: "c", UserID: []byte("u"),
			AbsoluteExpiryTime: &expiry, ContentType: text("t"), ContentEncoding: text("e"),
		},
		ApplicationProperties: map[string]any{"IoTHub-Ack": "Full", "p": "v"},
		Data:                  [][]byte{[]byte("hello")},
	}, []string{"IoTHub-Ack", "p"})
	if err != nil {
		t.Fatal(err)
	}
	if id != (core.ID{Device: "dev 1"}) || m.MessageID != "5" || m.CorrelationID != "c" || string(m.UserID) != "u" || m.Ack != core.AckFull ||
		!m.Expiry.Equal(expiry) || m.ContentType != "t" || m.ContentEncoding != "e" || len(m.Properties) != 1 || string(m.Body) != "hello" {
		t.Errorf("%v %+v", id, m)
	}
	for to, want := range map[string]core.ID{
		"/devices/d/messages/deviceBound":                    {Device: "d"},
		"devices/d%2Fx/modules/m%25/messages/devicebound":    {Device: "d/x", Module: "m%"},
		"amqps://h:5671/devices/D/messages/devicebound/":     {Device: "D"},
		"/devices/100%/messages/devicebound":                 {Device: "100%"},
		"/devices/d/modules/$edgeAgent/messages/DeviceBound": {Device: "d", Module: "$edgeAgent"},
	} {
		if got, ok := deviceBoundTo(to); !ok || got != want {
			t.Errorf("%s is for %v, %v", to, got, ok)
		}
	}
	for _, to := range []string{"", "/", "/devices//messages/devicebound", "/devices/d/messages/events", "/messages/devicebound", "/devices/d/modules//messages/devicebound"} {
		if got, ok := deviceBoundTo(to); ok {
			t.Errorf("%q is for %v", to, got)
		}
	}
	for name, m := range map[string]*goamqp.Message{
		"no properties": {}, "no to": {Properties: &goamqp.MessageProperties{}},
		"list": {Properties: &goamqp.MessageProperties{To: text("/devices/d/messages/devicebound")}, Sequence: [][]any{{1}}},
	} {
		if _, _, err := deviceBound(m, sortedNames(m.ApplicationProperties)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// FuzzMessages: what devices and services send never panics, and what is taken
// can be sent on.
func FuzzMessages(f *testing.F) {
	for _, m := range []*goamqp.Message{
		{Properties: &goamqp.MessageProperties{To: text("/devices/d/messages/devicebound"), MessageID: goamqp.UUID{1}}, Data: [][]byte{[]byte("x")}},
		{ApplicationProperties: map[string]any{"iothub-ack": "full", "a": []byte{0xff}}, Value: "text"},
		{Annotations: goamqp.Annotations{"dt-subject": int64(1), "operation": "GET"}},
	} {
		b, err := m.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint32(0))
		f.Add(b, uint32(formatBatch))
	}
	f.Fuzz(func(t *testing.T, payload []byte, format uint32) {
		_, _ = telemetryOf(&delivery{payload: payload, format: format})
		m, err := readMessage(payload)
		if err != nil {
			return
		}
		if _, message, err := deviceBound(m, sortedNames(m.ApplicationProperties)); err == nil {
			if _, err := boundMessage(core.Delivery{LockToken: "t", Message: message}); err != nil {
				t.Errorf("%+v cannot be sent on: %v", message, err)
			}
		}
	})
}
