package sim

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/device"
	"hubscope/device/sim/profile"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
)

const twoWay = `
[[messages]]
interval = "1s"
body = "{{n}}"

[[methods]]
name = "reboot"
answer = { restarting = true }
delay = "20ms"
report = { rebooted = true }

[reported]
firmware = "1.0"
`

// TestBothDirections: what comes from the real hub is done, counted, and told in the log.
func TestBothDirections(t *testing.T) {
	s := station.On(t, station.StartHub(t, localhub.Options{}))
	p, err := profile.Parse("two-way.toml", []byte(twoWay))
	if err != nil {
		t.Fatal(err)
	}
	target := s.Hub.Target()
	o := Options{Profile: p, Device: device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS}}
	d := Start(t.Context(), s.ConnectionString(s.Device("d")), o)
	defer stopNow(d)
	until := func(what string, so func(Status) bool) {
		t.Helper()
		s.Until(what, func() bool { return so(d.Status()) })
	}
	until("first properties are reported", func(st Status) bool { return st.ReportedVersion > 1 })
	twin, err := s.Service.Twin(t.Context(), "d")
	if err != nil || !strings.Contains(string(twin.Reported), `"firmware":"1.0"`) {
		t.Errorf("twin %s, %v", twin.Reported, err)
	}

	if _, err := s.Service.PatchTwin(t.Context(), "d", hub.TwinUpdate{Desired: json.RawMessage(`{"interval":0.05}`)}); err != nil {
		t.Fatal(err)
	}
	until("the interval is applied and reported", func(st Status) bool {
		return st.Interval == 50*time.Millisecond && st.DesiredVersion == 2 && st.ReportedVersion > 2
	})
	twin, err = s.Service.Twin(t.Context(), "d")
	if err != nil || !strings.Contains(string(twin.Reported), `"interval":0.05`) {
		t.Errorf("twin %s, %v", twin.Reported, err)
	}

	answer, err := s.Service.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "reboot", Payload: json.RawMessage(`{"delay":5}`)})
	if err != nil || answer.Status != 200 || string(answer.Payload) != `{"restarting":true}` || answer.Took < 20*time.Millisecond {
		t.Errorf("answer %+v, %v", answer, err)
	}
	answer, err = s.Service.InvokeMethod(t.Context(), "d", hub.MethodCall{Name: "dance"})
	if err != nil || answer.Status != 404 || !strings.Contains(string(answer.Payload), "no method dance") {
		t.Errorf("answer %+v, %v", answer, err)
	}

	bound := s.AsService("service", station.TLS).Sender("/messages/devicebound", nil)
	s.Send(bound, &amqp.Message{
		Properties:            &amqp.MessageProperties{To: new("/devices/d/messages/devicebound"), MessageID: "m1"},
		ApplicationProperties: map[string]any{"colour": "red"}, Data: [][]byte{[]byte("hello")},
	})
	until("a message is received", func(st Status) bool { return st.Received == 1 && st.Methods == 2 })

	var log string
	s.Until("all is in the log", func() bool {
		log = ""
		for _, e := range d.Log() {
			if e.Direction == Received || strings.HasPrefix(e.Text, "reported") {
				log += e.Direction.Sign() + " " + e.Text + " | " + e.Outcome + "\n"
			}
		}
		return !strings.Contains(log, "| \n")
	})
	for _, want := range []string{
		`→ reported {"firmware":"1.0"} | $version `,
		`← desired $version 2 {"$version":2,"interval":0.05} | reported {"desiredVersion":2,"interval":0.05}`,
		`← method reboot {"delay":5} | answered 200 in `,
		`→ reported {"rebooted":true} | $version `,
		`← method dance null | answered 404 in `,
		`← message m1 colour=red`, `hello | completed`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
}

func TestEchoAndLeave(t *testing.T) {
	s := &Simulated{o: &Options{UnknownMethods: Echo, Settle: Leave, Profile: &profile.Profile{}}, gen: newPlain(0, "d")}
	s.record.log.room = &logRoom{limit: 10}
	s.condition.charge = 1
	a := s.onMethod(t.Context(), device.MethodRequest{Name: "x", Payload: json.RawMessage(`[1]`)})
	if a.Status != 200 || string(a.Payload) != "[1]" {
		t.Errorf("answer %+v", a)
	}
	if got := s.onMessage(&device.Incoming{MessageID: "m", Body: []byte{0xff, 0}}); got != device.Leave {
		t.Errorf("settlement %v", got)
	}
	if log := texts(s.Log()); !strings.Contains(log, "message m (2 B)=left with the hub") {
		t.Errorf("log %s", log)
	}
	byProfile := &Options{Profile: &profile.Profile{Settle: profile.Leave}}
	if byProfile.settle() != Leave || (&Options{Profile: &profile.Profile{}}).settle() != Complete {
		t.Error("the profile does not decide")
	}
}

func TestBrief(t *testing.T) {
	long := strings.Repeat("ü", maxBrief)
	for _, c := range []struct {
		body []byte
		want string
	}{
		{nil, "x"},
		{[]byte(" {} "), "x {}"},
		{[]byte{0xff}, "x (1 B)"},
		{[]byte("a" + long), "x a" + strings.Repeat("ü", maxBrief/2-1) + "… (321 B)"},
	} {
		if got := brief("x ", c.body); got != c.want {
			t.Errorf("%q: %q, want %q", c.body, got, c.want)
		}
	}
	if !passing(device.ErrThrottled) || passing(nil) || passing(errors.New("x")) {
		t.Error("what is tried again")
	}
}
