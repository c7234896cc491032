package profile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const valve = `
[values]
open = false
turns = { type = "counter" }
level = { type = "walk", min = 0, max = 10, start = 5, step = 0.5, decimals = 2 }

[[messages]]
body = { open = "{{open}}", turns = "{{turns}}" }

[[methods]]
name = "open"
when = "open"
status = 409
answer = { error = "it is open" }

[[methods]]
name = "open"
when = "(payload.by ?? 0) <= 90"
set = { open = true, turns = "{{payload.from ?? 100}}" }
answer = { open = "{{open}}", call = "{{n}}", by = "{{payload.by}}", of = "{{deviceId}}" }
report = { open = true, at = "{{now}}" }
delay = "1s"
delaySpread = "500ms"

[[methods]]
name = "level"
set = { level = "{{payload.to}}" }
answer = "{{level}}"

[[methods]]
name = "nothing"
status = 204
`

func TestMethods(t *testing.T) {
	d := parse(t, valve).NewDevice("valve-1", 1)
	call := func(name, payload string) (Answer, bool) {
		t.Helper()
		a, known, err := d.Method(name, []byte(payload), start)
		if err != nil {
			t.Fatal(err)
		}
		return a, known
	}
	if _, known := call("close", `{}`); known {
		t.Error("an unknown method is known")
	}
	if a, _ := call("open", `{"by":91}`); a.Status != 400 {
		t.Errorf("no condition holds: %d %s", a.Status, a.Payload)
	}
	a, known := call("open", `{"by":45,"from":7}`)
	if !known || a.Status != 200 || string(a.Payload) != `{"open":true,"call":1,"by":45,"of":"valve-1"}` ||
		string(a.Report) != `{"open":true,"at":"2026-11-22T14:00:00.000Z"}` {
		t.Errorf("%d %s report %s", a.Status, a.Payload, a.Report)
	}
	if a.Delay < time.Second || a.Delay >= 1500*time.Millisecond {
		t.Errorf("delay %v", a.Delay)
	}
	if a, _ = call("open", ``); a.Status != 409 {
		t.Errorf("the second time: %d %s", a.Status, a.Payload)
	}
	m, err := d.Next(0, start)
	if err != nil || string(m.Content()) != `{"open":true,"turns":8}` {
		t.Errorf("message %s, error %v: it should show what was set, and the counter go on", m.Content(), err)
	}
	if a, _ = call("level", `{"to":2.5}`); string(a.Payload) != "2.50" {
		t.Errorf("level %s", a.Payload)
	}
	if a, _ = call("nothing", `"`); a.Status != 204 || a.Payload != nil || a.Report != nil {
		t.Errorf("nothing: %+v", a)
	}
}

func TestMethodThatFails(t *testing.T) {
	d := parse(t, valve).NewDevice("valve-1", 1)
	a, known, err := d.Method("level", []byte(`{"to":"high"}`), start)
	var run *RunError
	if !known || a.Status != 500 || !strings.Contains(string(a.Payload), "a walk is set to a number") || !errors.As(err, &run) || run.Line == 0 {
		t.Errorf("%d %s, error %v", a.Status, a.Payload, err)
	}
}

// A call changes no message but by what it sets.
func TestMethodsDoNotDisturb(t *testing.T) {
	for _, p := range Builtins() {
		calm, _ := p.Preview("d", 1, start, 20)
		d := p.NewDevice("d", 1)
		for i, m := range calm {
			kind := 0
			for k := range p.Messages {
				if p.Messages[k].Name == m.Kind {
					kind = k
				}
			}
			if p.Name == "pump" { // its methods set values
				continue
			}
			if p.Messages[kind].Conditional || len(p.Messages) > 1 && p.Messages[1].Conditional {
				continue
			}
			for _, method := range p.Methods {
				_, _, _ = d.Method(method.Name, nil, m.At)
			}
			_, _ = d.Reported(m.At)
			got, err := d.Next(kind, m.At)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(m.Message) {
				t.Fatalf("%s, message %d: %v, error %v", p.Name, i, got, err)
			}
		}
	}
}
