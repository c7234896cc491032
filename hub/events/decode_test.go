package events

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/Azure/go-amqp"
	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 3, 20, 112e6, time.UTC)
	got := decode("2", at.Add(time.Second), &azeventhubs.ReceivedEventData{
		EventData: azeventhubs.EventData{
			Body:       []byte(`{"windSpeed":13.4}`),
			Properties: map[string]any{"Property": "PropMsg_1", "n": int32(7), "on": true},
		},
		SequenceNumber: 42, Offset: "8192", EnqueuedTime: &at, PartitionKey: new("key"),
		SystemProperties: map[string]any{
			"iothub-connection-device-id": "wind-1",
			"iothub-connection-module-id": "gauge",
			"iothub-message-source":       "Telemetry",
		},
		RawAMQPMessage: &azeventhubs.AMQPAnnotatedMessage{Properties: &azeventhubs.AMQPAnnotatedMessageProperties{
			MessageID: "message_1", CorrelationID: uint64(99),
			ContentType: new("application/json"), ContentEncoding: new("utf-8"),
			UserID: []byte("joe"), To: new("/devices/wind-1/messages/events"), AbsoluteExpiryTime: &at,
		}},
	})
	want := Event{
		Partition: "2", Sequence: 42, Offset: "8192", Enqueued: at, Received: at.Add(time.Second),
		DeviceID: "wind-1", ModuleID: "gauge", Source: "Telemetry",
		MessageID: "message_1", CorrelationID: "99",
		ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: map[string]any{"Property": "PropMsg_1", "n": int32(7), "on": true},
		System: map[string]any{
			"iothub-connection-device-id": "wind-1",
			"iothub-connection-module-id": "gauge",
			"iothub-message-source":       "Telemetry",
			"x-opt-partition-key":         "key",
			"user-id":                     "joe",
			"to":                          "/devices/wind-1/messages/events",
			"absolute-expiry-time":        at,
		},
		Body: []byte(`{"windSpeed":13.4}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeABareMessage(t *testing.T) {
	got := decode("0", time.Time{}, &azeventhubs.ReceivedEventData{RawAMQPMessage: &azeventhubs.AMQPAnnotatedMessage{}})
	if diff := cmp.Diff(Event{Partition: "0"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOtherBodies(t *testing.T) {
	for _, test := range []struct {
		name string
		in   azeventhubs.AMQPAnnotatedMessageBody
		want string
	}{
		{"two sections", azeventhubs.AMQPAnnotatedMessageBody{Data: [][]byte{[]byte("a"), []byte("b")}}, "ab"},
		{"text", azeventhubs.AMQPAnnotatedMessageBody{Value: "text"}, "text"},
		{"bytes", azeventhubs.AMQPAnnotatedMessageBody{Value: []byte{0, 1}}, "\x00\x01"},
		{"map", azeventhubs.AMQPAnnotatedMessageBody{Value: map[string]any{"a": 1}}, `{"a":1}`},
		{"map with other keys", azeventhubs.AMQPAnnotatedMessageBody{Value: map[any]any{1: 2}}, `map[1:2]`},
		{"sequence", azeventhubs.AMQPAnnotatedMessageBody{Sequence: [][]any{{1, "a"}}}, `[[1,"a"]]`},
		{"none", azeventhubs.AMQPAnnotatedMessageBody{}, ""},
	} {
		if got := string(otherBody(test.in)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestIDText(t *testing.T) {
	uuid := amqp.UUID{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}
	for _, test := range []struct {
		in   any
		want string
	}{
		{nil, ""},
		{"a", "a"},
		{uint64(7), "7"},
		{[]byte("b"), "b"},
		{[]byte{0xff}, "/w=="},
		{uuid, "01234567-89ab-cdef-0123-456789abcdef"},
	} {
		if got := idText(test.in); got != test.want {
			t.Errorf("%v: %q, want %q", test.in, got, test.want)
		}
	}
}
