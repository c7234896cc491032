package amqp

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// station is a real hub behind a server, with the device d1.
type station struct {
	t    *testing.T
	hub  *core.Hub
	addr string
}

func newStation(t *testing.T) *station {
	t.Helper()
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	_, addr := serve(t, coreHub{h}, Options{})
	return &station{t, h, addr}
}

func (b *station) key(id string) string {
	b.t.Helper()
	d, err := b.hub.Device(id)
	if err != nil {
		b.t.Fatal(err)
	}
	return d.Authentication.SymmetricKey.PrimaryKey
}

// device opens a session with the device's own token.
func (b *station) device(id string) *goamqp.Session {
	b.t.Helper()
	token := iotToken(b.t, "localhost/devices/"+id, b.key(id), "")
	return mustConnect(b.t, b.addr, goamqp.SASLTypePlain(id+"@sas.localhost", token))
}

// service opens a session with a policy's token.
func (b *station) service() *goamqp.Session {
	b.t.Helper()
	token := iotToken(b.t, "localhost", serviceKey(b.t, b.hub, "service"), "service")
	return mustConnect(b.t, b.addr, goamqp.SASLTypePlain("service@sas.root.localhost", token))
}

func (b *station) sender(s *goamqp.Session, address string, o *goamqp.SenderOptions) *goamqp.Sender {
	b.t.Helper()
	l, err := s.NewSender(testContext(b.t), address, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

func (b *station) receiver(s *goamqp.Session, address string, o *goamqp.ReceiverOptions) *goamqp.Receiver {
	b.t.Helper()
	l, err := s.NewReceiver(testContext(b.t), address, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

func (b *station) send(l *goamqp.Sender, m *goamqp.Message) {
	b.t.Helper()
	if err := l.Send(testContext(b.t), m, nil); err != nil {
		b.t.Fatal(err)
	}
}

func (b *station) receive(l *goamqp.Receiver) *goamqp.Message {
	b.t.Helper()
	m, err := l.Receive(testContext(b.t), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

// events reads the first n events of the hub's only used partition.
func (b *station) events(n int) []*goamqp.Message {
	b.t.Helper()
	id := partitionWithEvents(b.t, b.hub)
	r, err := b.hub.OpenReader(int(id[0]-'0'), core.Position{Kind: core.Earliest})
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	var out []*goamqp.Message
	for len(out) < n {
		records, err := r.Next(testContext(b.t), n-len(out))
		if err != nil {
			b.t.Fatal(err)
		}
		for _, record := range records {
			m := new(goamqp.Message)
			if err := m.UnmarshalBinary(bytes.Clone(record.Payload)); err != nil {
				b.t.Fatal(err)
			}
			out = append(out, m)
		}
	}
	return out
}

// until asks for something until it is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx := testContext(t)
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (b *station) connected(id string) bool {
	d, err := b.hub.Device(id)
	return err == nil && d.ConnectionState == wire.Connected
}

func text(s string) *string { return &s }

// Protocol 5.1, 7.8: what a device sends is an event with all of its properties.
// Protocol 5.1.4.
func TestTelemetry(t *testing.T) {
	b := newStation(t)
	expiry := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	l := b.sender(b.device("d1"), "/devices/d1/messages/events", nil)
	b.send(l, &goamqp.Message{
		Properties: &goamqp.MessageProperties{
			MessageID:     goamqp.UUID{0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x43, 0x33, 0x84, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0xAB},
			CorrelationID: uint64(7), UserID: []byte("me"), To: text("/devices/d1/messages/events"),
			ContentType: text("application/json"), ContentEncoding: text("utf-8"), AbsoluteExpiryTime: &expiry,
		},
		Annotations:           goamqp.Annotations{"dt-subject": "comp1", "iothub-interface-id": "if1"},
		ApplicationProperties: map[string]any{"k": "v", "n": int32(5), "b": true, "f": 1.5, "iothub-creation-time-utc": "2026-01-01T00:00:00Z"},
		Data:                  [][]byte{[]byte(`{"t":`), []byte(`1}`)},
	})
	m := b.events(1)[0]
	p := m.Properties
	if p.MessageID != "11111111-2222-4333-8444-5555555555ab" || p.CorrelationID != "7" || string(p.UserID) != "me" ||
		*p.ContentType != "application/json" || *p.ContentEncoding != "utf-8" || !p.AbsoluteExpiryTime.Equal(expiry) {
		t.Errorf("properties %+v", p)
	}
	for name, want := range map[string]any{
		"iothub-connection-device-id": "d1", "dt-subject": "comp1", "iothub-interface-id": "if1",
		"iothub-message-source": "Telemetry", "iothub-creation-time-utc": "2026-01-01T00:00:00Z",
	} {
		if m.Annotations[name] != want {
			t.Errorf("annotation %s is %v, want %v", name, m.Annotations[name], want)
		}
	}
	for name, want := range map[string]any{"k": "v", "n": "5", "b": "true", "f": "1.5"} {
		if m.ApplicationProperties[name] != want {
			t.Errorf("property %s is %v, want %v", name, m.ApplicationProperties[name], want)
		}
	}
	if string(m.GetData()) != `{"t":1}` {
		t.Errorf("body %s", m.GetData())
	}
}

// A batch is many events, or none (C# sends one so).
// Protocol 5.1.5.
func TestTelemetryBatch(t *testing.T) {
	b := newStation(t)
	l := b.sender(b.device("d1"), "devices/d1/messages/events", nil)
	batch := &goamqp.Message{Format: formatBatch}
	for _, id := range []string{"a", "b", "c"} {
		inner, err := (&goamqp.Message{Properties: &goamqp.MessageProperties{MessageID: id}, Data: [][]byte{[]byte(id)}}).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		batch.Data = append(batch.Data, inner)
	}
	b.send(l, batch)
	for i, m := range b.events(3) {
		if want := string(rune('a' + i)); m.Properties.MessageID != want || string(m.GetData()) != want {
			t.Errorf("event %d is %v %s", i, m.Properties.MessageID, m.GetData())
		}
	}
	batch.Data[1] = []byte("not a message")
	rejected(t, l.Send(testContext(t), batch, nil), condDecode)
	rejected(t, l.Send(testContext(t), &goamqp.Message{Format: formatBatch, Value: "x"}, nil), core.ConditionArgument)
}

func rejected(t *testing.T, err error, condition string) {
	t.Helper()
	var e *goamqp.Error
	var l *goamqp.LinkError
	if errors.As(err, &l) && l.RemoteErr != nil {
		e = l.RemoteErr
	}
	if e == nil && !errors.As(err, &e) || string(e.Condition) != condition {
		t.Errorf("got %v, want %s", err, condition)
	}
}

// Protocol 9: 256 KB, and a message above it is refused alone.
// Protocol 5.1.13.
func TestTelemetryTooLarge(t *testing.T) {
	b := newStation(t)
	l := b.sender(b.device("d1"), "devices/d1/messages/events", nil)
	for _, size := range []int{core.MaxMessageSize + 1, telemetryLimit - 100} {
		rejected(t, l.Send(testContext(t), goamqp.NewMessage(make([]byte, size)), nil), condTooLarge)
	}
	b.send(l, goamqp.NewMessage(make([]byte, core.MaxMessageSize)))
	rejected(t, l.Send(testContext(t), &goamqp.Message{Value: map[string]any{}}, nil), core.ConditionArgument)
}

// Protocol 5.1: links are for the identity that the token speaks for.
// Protocol 5.1.10.
func TestDeviceLinksNeedTheirClaim(t *testing.T) {
	b := newStation(t)
	if _, err := b.hub.CreateDevice(t.Context(), wire.Device{DeviceID: "d2"}); err != nil {
		t.Fatal(err)
	}
	s := b.device("d1")
	for _, address := range []string{"devices/d2/messages/events", "devices/d2/twin", "devices/d2/methods/devicebound", "messages/devicebound"} {
		_, err := s.NewSender(testContext(t), address, nil)
		rejected(t, err, condUnauthorized)
	}
	for _, address := range []string{"devices/d2/messages/devicebound", "devices/d2/twin", "devices/d2/methods/devicebound", "messages/serviceBound/feedback", "messages/servicebound/filenotifications"} {
		_, err := s.NewReceiver(testContext(t), address, nil)
		rejected(t, err, condUnauthorized)
	}
	_, err := b.service().NewSender(testContext(t), "devices/d1/messages/events", nil)
	rejected(t, err, condUnauthorized)
}

// Protocol 4.3: a device is connected from its first link to its last.
func TestConnectionState(t *testing.T) {
	b := newStation(t)
	s := b.device("d1")
	if b.connected("d1") {
		t.Error("connected without a link")
	}
	first := b.sender(s, "devices/d1/messages/events", nil)
	second := b.receiver(s, "devices/d1/twin", nil)
	for _, l := range []interface{ Close(context.Context) error }{first, second} {
		if !b.connected("d1") {
			t.Error("not connected with a link")
		}
		if err := l.Close(testContext(t)); err != nil {
			t.Error(err)
		}
	}
	until(t, "disconnected after the last link", func() bool { return !b.connected("d1") })
}

// Protocol 0, fact 19: the connection that came last counts.
func TestTakeOver(t *testing.T) {
	b := newStation(t)
	old := b.sender(b.device("d1"), "devices/d1/messages/events", nil)
	b.send(b.sender(b.device("d1"), "devices/d1/messages/events", nil), goamqp.NewMessage([]byte("new")))
	err := old.Send(testContext(t), goamqp.NewMessage([]byte("old")), nil)
	if err == nil || !strings.Contains(err.Error(), condStolen) {
		t.Errorf("the older connection got %v", err)
	}
	if !b.connected("d1") {
		t.Error("the device is not connected")
	}
}

// Protocol 4.1, of AMQP: disabling and deleting end the links at once, and a
// token that was taken before is not enough to come back.
func TestDisabledAndDeleted(t *testing.T) {
	b := newStation(t)
	l := b.sender(b.device("d1"), "devices/d1/messages/events", nil)
	if _, err := b.hub.UpdateDevice(t.Context(), wire.Device{DeviceID: "d1", Status: wire.Disabled}, "*"); err != nil {
		t.Fatal(err)
	}
	err := l.Send(testContext(t), goamqp.NewMessage([]byte("x")), nil)
	if err == nil || !strings.Contains(err.Error(), condUnauthorized) {
		t.Errorf("a disabled device got %v", err)
	}
}

// A token on $cbs whose key has changed since opens no session.
func TestStaleClaim(t *testing.T) {
	b := newStation(t)
	conn, s := b.claimed(iotToken(t, "localhost/devices/d1", b.key("d1"), ""))
	defer conn.Close()
	if _, err := b.hub.UpdateDevice(t.Context(), wire.Device{DeviceID: "d1", Authentication: &wire.Authentication{
		Type: wire.AuthSAS, SymmetricKey: &wire.SymmetricKey{PrimaryKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", SecondaryKey: "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
	}}, "*"); err != nil {
		t.Fatal(err)
	}
	_, err := s.NewSender(testContext(t), "devices/d1/messages/events", nil)
	rejected(t, err, condUnauthorized)
}

// claimed opens a connection without SASL credentials and puts a token.
func (b *station) claimed(token string) (*goamqp.Conn, *goamqp.Session) {
	b.t.Helper()
	conn, err := goamqp.Dial(testContext(b.t), "amqp://"+b.addr, &goamqp.ConnOptions{HostName: "localhost", SASLType: goamqp.SASLTypeAnonymous()})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	s, err := conn.NewSession(testContext(b.t), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.putToken(s, token)
	return conn, s
}

func (b *station) putToken(s *goamqp.Session, token string) {
	b.t.Helper()
	in, out := b.receiver(s, "$cbs", nil), b.sender(s, "$cbs", nil)
	b.send(out, &goamqp.Message{
		Properties:            &goamqp.MessageProperties{MessageID: "1", ReplyTo: text("cbs")},
		ApplicationProperties: map[string]any{"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": "localhost%2Fdevices%2Fd1"},
		Value:                 token,
	})
	m := b.receive(in)
	if m.ApplicationProperties["status-code"] != int32(200) {
		b.t.Fatalf("put-token: %v", m.ApplicationProperties)
	}
	for _, l := range []interface{ Close(context.Context) error }{in, out} {
		if err := l.Close(testContext(b.t)); err != nil {
			b.t.Fatal(err)
		}
	}
}

// Protocol 5.1: a connection may carry many devices by the token of a policy;
// what ends one leaves the others alone. Links of one device are bounded.
// Protocol 5.1.11.
func TestManyDevicesOnAConnection(t *testing.T) {
	b := newStation(t)
	if _, err := b.hub.CreateDevice(t.Context(), wire.Device{DeviceID: "d2"}); err != nil {
		t.Fatal(err)
	}
	_, s := b.claimed(iotToken(t, "localhost", serviceKey(t, b.hub, "device"), "device"))
	first := b.sender(s, "devices/d1/messages/events", nil)
	second := b.sender(s, "devices/d2/messages/events", nil)
	if err := b.hub.DeleteDevice(t.Context(), "d1", "*"); err != nil {
		t.Fatal(err)
	}
	rejected(t, first.Send(testContext(t), goamqp.NewMessage([]byte("x")), nil), condNotFound)
	b.send(second, goamqp.NewMessage([]byte("x")))
	for range maxDeviceLinks - 1 {
		b.sender(s, "devices/d2/messages/events", nil)
	}
	_, err := s.NewSender(testContext(t), "devices/d2/messages/events", nil)
	rejected(t, err, condLimit)
}
