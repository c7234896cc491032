package d2c

import (
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/go-cmp/cmp"
)

var (
	arrived  = time.UnixMilli(1_790_000_000_123).UTC()
	enqueued = time.UnixMilli(1_790_000_000_456).UTC()
	expiry   = time.UnixMilli(1_790_000_100_000).UTC()
)

const authMethod = `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`

// decode reads an event as go-amqp, and so azeventhubs, does.
func decode(t testing.TB, payload []byte) *amqp.Message {
	t.Helper()
	m := new(amqp.Message)
	if err := m.UnmarshalBinary(payload); err != nil {
		t.Fatalf("go-amqp can not read the event: %v", err)
	}
	return m
}

// Protocol 0.17, 7.8.1.
func TestEncodeGivesEveryField(t *testing.T) {
	origin := Origin{
		DeviceID: "wind-1", ModuleID: "m1", AuthMethod: authMethod,
		GenerationID: "637194048723473434", ModelID: "dtmi:com:example:Thermostat;1",
	}
	m := Message{
		MessageID: "message_1", CorrelationID: "correlation_1", ContentType: "application/json",
		ContentEncoding: "utf-8", UserID: "user", To: "/devices/wind-1/messages/events",
		Subject: "comp1", InterfaceID: "urn:i", DataSchema: "schema", CreationTime: "2026-11-22T14:00:00Z",
		Expiry:     expiry,
		Properties: []Property{{"Property", "PropMsg_1"}, {"empty", ""}, {"Property", "last"}},
		Body:       []byte(`{"deviceId":"wind-1"}`),
	}
	got := decode(t, NewEncoder(origin).Encode(&m, arrived).Stamp(42, 123456, enqueued.UnixMilli()))

	wantAnnotations := amqp.Annotations{
		"x-opt-sequence-number":                int64(42),
		"x-opt-offset":                         "123456",
		"x-opt-enqueued-time":                  enqueued,
		"iothub-connection-device-id":          "wind-1",
		"iothub-connection-module-id":          "m1",
		"iothub-connection-auth-method":        authMethod,
		"iothub-connection-auth-generation-id": "637194048723473434",
		"iothub-enqueuedtime":                  arrived,
		"iothub-message-source":                "Telemetry",
		"dt-dataschema":                        "dtmi:com:example:Thermostat;1",
		"dt-subject":                           "comp1",
		"iothub-interface-id":                  "urn:i",
		"iothub-message-schema":                "schema",
		"iothub-creation-time-utc":             "2026-11-22T14:00:00Z",
	}
	if diff := cmp.Diff(wantAnnotations, got.Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	wantProperties := &amqp.MessageProperties{
		MessageID: "message_1", UserID: []byte("user"), To: ptr("/devices/wind-1/messages/events"),
		CorrelationID: "correlation_1", ContentType: ptr("application/json"), ContentEncoding: ptr("utf-8"),
		AbsoluteExpiryTime: ptr(expiry),
	}
	if diff := cmp.Diff(wantProperties, got.Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	wantUser := map[string]any{"Property": "last", "empty": ""}
	if diff := cmp.Diff(wantUser, got.ApplicationProperties); diff != "" {
		t.Errorf("application properties (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]byte{m.Body}, got.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

// Protocol 7.8.2.
func TestEncodeLeavesOutWhatIsAbsent(t *testing.T) {
	got := decode(t, NewEncoder(Origin{DeviceID: "d"}).Encode(&Message{Source: "twinChangeEvents"}, arrived).Stamp(0, 0, enqueued.UnixMilli()))
	want := amqp.Annotations{
		"x-opt-sequence-number": int64(0), "x-opt-offset": "0", "x-opt-enqueued-time": enqueued,
		"iothub-connection-device-id": "d", "iothub-enqueuedtime": arrived, "iothub-message-source": "twinChangeEvents",
	}
	if diff := cmp.Diff(want, got.Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	if got.Properties != nil || got.ApplicationProperties != nil {
		t.Errorf("sections that should be absent: %v, %v", got.Properties, got.ApplicationProperties)
	}
	if len(got.Data) != 1 || len(got.Data[0]) != 0 {
		t.Errorf("data = %v, want one empty section", got.Data)
	}
}

// The short and the long form of the variable-width types meet at 255 bytes.
func TestEncodeSizes(t *testing.T) {
	for _, n := range []int{0, 1, 254, 255, 256, 257, 70_000, 262_144} {
		m := Message{Body: []byte(strings.Repeat("b", n)), MessageID: strings.Repeat("m", n%70_000), Properties: []Property{{strings.Repeat("k", n%1000+1), strings.Repeat("v", n%5000)}}}
		draft := NewEncoder(Origin{DeviceID: "d"}).Encode(&m, arrived)
		payload := draft.Stamp(1<<62, 1<<62, enqueued.UnixMilli())
		got := decode(t, payload)
		if string(got.GetData()) != string(m.Body) {
			t.Errorf("%d bytes: body differs", n)
		}
		if m.MessageID != "" && got.Properties.MessageID != m.MessageID {
			t.Errorf("%d bytes: message id differs", n)
		}
		if got.ApplicationProperties[m.Properties[0].Name] != m.Properties[0].Value {
			t.Errorf("%d bytes: property differs", n)
		}
		if cap(draft.buf) > len(draft.buf)+256+len(draft.buf)/4 {
			t.Errorf("%d bytes: buffer of %d for %d", n, cap(draft.buf), len(draft.buf))
		}
	}
}

// A commit that failed makes the log stamp again.
func TestStampTwice(t *testing.T) {
	draft := NewEncoder(Origin{DeviceID: "d"}).Encode(&Message{Body: []byte("x")}, arrived)
	draft.Stamp(1<<60, 1<<60, enqueued.UnixMilli())
	got := decode(t, draft.Stamp(7, 8, enqueued.UnixMilli()))
	if got.Annotations["x-opt-sequence-number"] != int64(7) || got.Annotations["x-opt-offset"] != "8" {
		t.Errorf("annotations = %v", got.Annotations)
	}
	if string(got.GetData()) != "x" {
		t.Errorf("body = %q", got.GetData())
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("d", "id", "application/json", "k", "v", []byte("body"), int64(1), int64(2))
	f.Add("", "", "", "", "", []byte(nil), int64(0), int64(1<<62))
	f.Fuzz(func(t *testing.T, device, id, contentType, key, value string, body []byte, sequence, offset int64) {
		if offset < 0 {
			offset = -(offset + 1)
		}
		m := Message{MessageID: id, ContentType: contentType, Properties: []Property{{key, value}}, Body: body}
		got := decode(t, NewEncoder(Origin{DeviceID: device}).Encode(&m, arrived).Stamp(sequence, offset, 1))
		if got.Annotations["x-opt-sequence-number"] != sequence || string(got.GetData()) != string(body) {
			t.Errorf("read back %v %q", got.Annotations, got.GetData())
		}
		// What is not UTF-8 is replaced: it would make the event unreadable.
		key, value = strings.ToValidUTF8(key, "\uFFFD"), strings.ToValidUTF8(value, "\uFFFD")
		if got.ApplicationProperties[key] != value {
			t.Errorf("property %q = %v, want %q", key, got.ApplicationProperties[key], value)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	m := Message{
		MessageID: "message_1", CorrelationID: "correlation_1", ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: []Property{{"Property", "PropMsg_1"}}, Body: []byte(`{"deviceId": "wind-1","windSpeed": 13.41}`),
	}
	enc := NewEncoder(Origin{DeviceID: "wind-1", AuthMethod: authMethod, GenerationID: "637194048723473434"})
	b.ReportAllocs()
	for b.Loop() {
		enc.Encode(&m, arrived).Stamp(1, 2, 3)
	}
}

func ptr[T any](v T) *T { return &v }
