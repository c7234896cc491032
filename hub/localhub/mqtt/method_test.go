package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

type outcome struct {
	result core.MethodResult
	err    error
}

// invoke calls a method without waiting for its end.
func (s *station) invoke(id core.ID, call core.MethodCall) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		result, err := s.hub.InvokeMethod(context.Background(), id, call)
		done <- outcome{result, err}
	}()
	return done
}

func code(err error) int {
	var e *core.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code
}

// The payload goes there, status and payload come back (protocol 2.7, 4.3).
// Protocol 4.2.6.
func TestMethod(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, "$iothub/methods/POST/#")
	for _, c := range []struct{ payload, arrives, answer, result string }{
		{`{"delay":5}`, `{"delay":5}`, `{"done":true}`, `{"done":true}`},
		{"", "null", "", "null"},
		{`"text"`, `"text"`, `[1,2]`, `[1,2]`},
	} {
		done := s.invoke(core.ID{Device: "dev1"}, core.MethodCall{Name: "reboot", Payload: json.RawMessage(c.payload)})
		d, body := p.delivery()
		if d.Kind != topic.MethodRequested || d.Name != "reboot" || d.RequestID == "" || body != c.arrives {
			t.Errorf("%+v %s", d, body)
		}
		p.send(publish(topic.MethodAnswer(207, d.RequestID), 0, 0, []byte(c.answer)))
		got := <-done
		if got.err != nil || got.result.Status != 207 || string(got.result.Payload) != c.result {
			t.Errorf("%s: %d %s, %v", c.payload, got.result.Status, got.result.Payload, got.err)
		}
	}
}

// Answers to nobody and with a status that is no number are passed over (protocol 4.3).
// Protocol 4.3.13.
func TestMethodAnswersPassedOver(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, "$iothub/methods/POST/#")
	done := s.invoke(core.ID{Device: "dev1"}, core.MethodCall{Name: "m"})
	d, _ := p.delivery()
	p.send(publish("$iothub/methods/res/200/?$rid=nobody", 0, 0, nil))
	p.send(publish("$iothub/methods/res/fine/?$rid="+d.RequestID, 0, 0, nil))
	p.alive()
	p.send(publish(topic.MethodAnswer(1, d.RequestID), 1, 3, []byte("{}")))
	if id := receive[*packets.PubackPacket](p).MessageID; id != 3 {
		t.Errorf("PUBACK %d", id)
	}
	if got := <-done; got.err != nil || got.result.Status != 1 {
		t.Errorf("%+v", got)
	}
	p.send(publish(topic.MethodAnswer(2, d.RequestID), 0, 0, nil)) // too late
	p.alive()
}

// A device is online for methods while it is subscribed to them (protocol 2.7).
// Protocol 2.7.5.
func TestMethodNeedsSubscription(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	call := core.MethodCall{Name: "m"}
	offline := func() {
		t.Helper()
		if got := <-s.invoke(core.ID{Device: "dev1"}, call); code(got.err) != core.CodeDeviceNotOnline {
			t.Errorf("%+v", got)
		}
	}
	offline()
	p.subscribe(0, "$iothub/methods/POST/#")
	gone := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	gone.MessageID, gone.Topics = 8, []string{"$iothub/methods/POST/#"}
	p.send(gone)
	receive[*packets.UnsubackPacket](p)
	offline()

	call.ConnectTimeout = time.Minute
	done := s.invoke(core.ID{Device: "dev1"}, call) // waits for the subscription
	p.subscribe(0, "$iothub/methods/POST/m/#")
	d, _ := p.delivery()
	p.send(publish(topic.MethodAnswer(200, d.RequestID), 0, 0, nil))
	if got := <-done; got.err != nil || got.result.Status != 200 {
		t.Errorf("%+v", got)
	}
}

// A device that is subscribed to some methods is not online for the others (protocol 2.7, 4.2).
// Protocol 4.2.6.
func TestMethodNamed(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	dev1 := core.ID{Device: "dev1"}
	p.subscribe(0, "$iothub/methods/POST/reboot/#")
	if got := <-s.invoke(dev1, core.MethodCall{Name: "other"}); code(got.err) != core.CodeDeviceNotOnline {
		t.Errorf("%+v", got)
	}
	later := s.invoke(dev1, core.MethodCall{Name: "later", ConnectTimeout: time.Minute})
	reboot := s.invoke(dev1, core.MethodCall{Name: "reboot"})
	for _, call := range []struct {
		name string
		done <-chan outcome
	}{{"reboot", reboot}, {"later", later}} {
		d, _ := p.delivery()
		if d.Name != call.name {
			t.Errorf("%s came, want %s", d.Name, call.name)
		}
		p.send(publish(topic.MethodAnswer(200, d.RequestID), 0, 0, nil))
		if got := <-call.done; got.err != nil || got.result.Status != 200 {
			t.Errorf("%s: %+v", call.name, got)
		}
		if call.name == "reboot" {
			p.subscribe(0, "$iothub/methods/POST/later/#") // what waited comes now
		}
	}
}

// A caller does not wait for a device that has gone (protocol 2.7).
// Protocol 2.7.8.
func TestMethodOfDeviceThatGoes(t *testing.T) {
	s := newStation(t)
	p := s.connect("dev1", s.device("dev1"))
	p.subscribe(0, "$iothub/methods/POST/#")
	done := s.invoke(core.ID{Device: "dev1"}, core.MethodCall{Name: "m"})
	p.delivery()
	p.conn.Close()
	if got := <-done; code(got.err) != core.CodeClosedRemotely {
		t.Errorf("%+v", got)
	}
}
