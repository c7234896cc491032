package c2d

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/secret"
)

func TestSend(t *testing.T) {
	const id = "pump%7@a" // has to be encoded
	s := startStation(t)
	got := s.connect(s.identity(id))
	expiry := time.Now().Add(time.Hour).Truncate(time.Millisecond).UTC()
	receipt, err := s.sender().Send(t.Context(), To{DeviceID: id}, Message{
		Body: []byte(`{"on":true}`), MessageID: "m-1", CorrelationID: "c-1", UserID: "ann", Ack: AckFull, Expiry: expiry,
		ContentType: "application/json", ContentEncoding: "utf-8", Properties: []Property{{"Colour", "red"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if receipt.MessageID != "m-1" || !receipt.Expiry.Equal(expiry) || receipt.Took <= 0 {
		t.Errorf("%+v", receipt)
	}
	m := <-got
	if string(m.Body) != `{"on":true}` || m.MessageID != "m-1" || m.CorrelationID != "c-1" || m.UserID != "ann" ||
		m.ContentType != "application/json" || m.ContentEncoding != "utf-8" || !m.Expiry.Equal(expiry) {
		t.Errorf("%+v", m)
	}
	properties := map[string]string{}
	for _, p := range m.Properties {
		properties[p.Key] = p.Value
	}
	if want := map[string]string{"Colour": "red", "iothub-ack": "full"}; !reflect.DeepEqual(properties, want) {
		t.Errorf("properties %v", properties)
	}
}

func TestSendFillsIn(t *testing.T) {
	s := startStation(t)
	got := s.connect(s.identity("d1"))
	before := time.Now()
	receipt, err := s.sender().Send(t.Context(), To{DeviceID: "d1"}, Message{TTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if m := <-got; m.MessageID == "" || m.MessageID != receipt.MessageID || len(m.Body) != 0 || m.UserID != "" || m.ContentType != "" {
		t.Errorf("%+v of %+v", m, receipt)
	}
	if receipt.Expiry.Before(before.Add(time.Minute)) || receipt.Expiry.After(time.Now().Add(time.Minute)) {
		t.Errorf("expires at %v", receipt.Expiry)
	}
}

func TestSendToModule(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	if _, err := s.registry.CreateModule(t.Context(), hub.Module{DeviceID: "d1", ModuleID: "m1"}); err != nil {
		t.Fatal(err)
	}
	sender := s.sender()
	if _, err := sender.Send(t.Context(), To{"d1", "m1"}, Message{Body: []byte("x")}); err != nil {
		t.Error(err)
	}
	_, err := sender.Send(t.Context(), To{"d1", "other"}, Message{Body: []byte("x")})
	var refused *hub.Error
	if !errors.As(err, &refused) || refused.Code != 404010 {
		t.Errorf("an unknown module gives %v", err)
	}
}

// One connection serves all messages, also those that are sent at once, and also after a refusal.
func TestOneConnection(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	sender := s.sender()
	send := func(to string) error {
		_, err := sender.Send(t.Context(), To{DeviceID: to}, Message{Body: []byte("x")})
		return err
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := send("d1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	first := sender.lines.current
	if err := send("unknown"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("an unknown device gives %v", err)
	}
	if err := send("d1"); err != nil || sender.lines.current != first {
		t.Errorf("another connection was made: %v", err)
	}
	if n := s.queued("d1"); n != 9 {
		t.Errorf("%d messages wait", n)
	}
}

func TestRefusals(t *testing.T) {
	s := startStation(t)
	s.identity("full")
	s.identity("d1")
	sender := s.sender()
	for range MaxQueue {
		if _, err := sender.Send(t.Context(), To{DeviceID: "full"}, Message{Body: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		to    string
		m     Message
		from  *Sender
		code  int
		words string
	}{
		"queue full":     {"full", Message{}, sender, 403004, `could not send a message to "full": 50 messages wait for the device`},
		"unknown":        {"nobody", Message{}, sender, 404001, `could not send a message to "nobody": there is no such device`},
		"expiry too far": {"d1", Message{TTL: 72 * time.Hour}, sender, 403009, "expiry of the message"},
		"wrong key": {"d1", Message{}, s.sender(func(o *events.Options) {
			o.Service.Key = secret.New("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
		}), 401003, "refused the policy or its key"},
		"no right": {"d1", Message{}, s.sender(func(o *events.Options) {
			p, _ := s.hub.Core().Policy("registryRead")
			o.Service.PolicyName, o.Service.Key = p.Name, p.Primary
		}), 401002, "refused the policy or its key"},
	} {
		_, err := c.from.Send(t.Context(), To{DeviceID: c.to}, c.m)
		var refused *hub.Error
		if !errors.As(err, &refused) || refused.Code != c.code || refused.Status != c.code/1000 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sentence, next := hub.Explain(err)
		if !strings.Contains(sentence, c.words) || next == "" {
			t.Errorf("%s is explained as %q, %q", name, sentence, next)
		}
		if c.code/1000 != 401 && refused.TrackingID == "" {
			t.Errorf("%s has no tracking id: %v", name, err)
		}
	}
}

func TestThrottled(t *testing.T) {
	s := startStation(t, fault.Rule{Kind: fault.Throttle, Operation: "c2d", Count: 1})
	s.identity("d1")
	sender := s.sender()
	if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{}); !errors.Is(err, hub.ErrThrottled) {
		t.Errorf("throttled gives %v", err)
	}
	if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{}); err != nil {
		t.Error(err)
	}
}

// A hub that starts again is connected to again.
func TestReconnects(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	sender := s.sender()
	send := func() error {
		_, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{Body: []byte("x")})
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	first := sender.lines.current
	s.stop()
	err := send()
	if sentence, next := hub.Explain(err); errors.Is(err, ErrUnknownOutcome) || !strings.Contains(sentence, "nothing listens at") || next == "" {
		t.Errorf("no hub: %v", err)
	}
	s.start()
	if err := send(); err != nil || sender.lines.current == first {
		t.Error(err)
	}
	if n := s.queued("d1"); n != 2 {
		t.Errorf("%d messages wait", n)
	}
}

// Where 5671 is blocked the way is 443.
func TestFallsBackToWebSocket(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	sender := s.sender(func(o *events.Options) { o.AMQPAddr = "127.0.0.1:1" })
	for range 2 {
		if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{Body: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.queued("d1"); n != 2 || !sender.lines.o.WebSocket {
		t.Errorf("%d messages wait", n)
	}
}

func TestIdleConnectionIsClosed(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	sender := s.sender()
	sender.lines.idle = time.Millisecond
	if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{}); err != nil {
		t.Fatal(err)
	}
	sender.lines.closing.Wait() // by nothing but the idle time
	if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{}); err != nil {
		t.Fatal(err)
	}
}

func TestCancelledAndClosed(t *testing.T) {
	s := startStation(t)
	s.identity("d1")
	sender := s.sender()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sender.Send(ctx, To{DeviceID: "d1"}, Message{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnknownOutcome) {
		t.Errorf("cancelled: %v", err)
	}
	sender.Close()
	sender.Close()
	if _, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := New(events.Options{}); !errors.Is(err, hub.ErrNoService) {
		t.Errorf("no hub: %v", err)
	}
}

// A hub that takes the message and does not answer may have it: that is said, and the message is not sent again.
func TestUnknownOutcome(t *testing.T) {
	s := startStation(t, fault.Rule{Kind: fault.Latency, Operation: "c2d", Delay: fault.Duration(time.Minute)})
	s.identity("d1")
	sender := s.sender(func(o *events.Options) { o.Timeout = 300 * time.Millisecond })
	_, err := sender.Send(t.Context(), To{DeviceID: "d1"}, Message{})
	if !errors.Is(err, ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no answer gives %v", err)
	}
	if sentence, next := hub.Explain(err); !strings.Contains(sentence, "did not answer in time") || !strings.Contains(next, "may have it") {
		t.Errorf("%q, %q", sentence, next)
	}
}

func TestCheck(t *testing.T) {
	now, to := time.Now(), To{DeviceID: "d1"}
	for name, m := range map[string]Message{
		"the message id has more than 128 characters":                      {MessageID: strings.Repeat("a", 129)},
		"the message id has a character":                                   {MessageID: "a b"},
		"the correlation id has more than 128 bytes":                       {CorrelationID: strings.Repeat("é", 65)},
		"the content type has a character that is not printable":           {ContentType: "a\nb"},
		"the acknowledgement is not none":                                  {Ack: "some"},
		"the expiry is over already":                                       {Expiry: now},
		"the expiry is given twice":                                        {Expiry: now.Add(time.Hour), TTL: time.Hour},
		"the property has no name":                                         {Properties: []Property{{"", "x"}}},
		`the property "iothub-ACK" is the hub's own`:                       {Properties: []Property{{"iothub-ACK", "full"}}},
		`the property "a" is there twice`:                                  {Properties: []Property{{"a", "1"}, {"a", "2"}}},
		`the property "a b" has a character that a name may not`:           {Properties: []Property{{"a b", "1"}}},
		`the property "a" has a character that a value may not`:            {Properties: []Property{{"a", "ü"}}},
		fmt.Sprintf("the message has %d bytes", MaxSize+len(to.address())): {Body: make([]byte, MaxSize)},
	} {
		err := m.Check(to, now)
		var field *FieldError
		if !errors.As(err, &field) || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%q is %v", name, err)
		}
	}
	fits := Message{Body: make([]byte, MaxSize-len(to.address())), Ack: AckNone}
	if err := fits.Check(to, now); err != nil {
		t.Error(err)
	}
}
