package profile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hubscope/device"
)

// step is something that a device does at a time.
type step struct {
	kind    int // of a message; -1: a method, -2: a change of the twin
	at      time.Duration
	payload string
}

// everything has a value of each type.
const everything = `
[values]
constant = { type = "constant", value = { a = [1, "x"] } }
counter = { type = "counter", step = 3 }
whole = { type = "int", min = -5, max = 5 }
real = { type = "float", min = 0, max = 1 }
normal = { type = "normal", mean = 0, deviation = 1 }
walk = { type = "walk", min = 0, max = 1 }
sine = { type = "sine", min = 0, max = 1, period = "1m", phase = "random", decimals = 6 }
square = { type = "square", min = 0, max = 1, period = "7s" }
sawtooth = { type = "sawtooth", min = 0, max = 1, period = "7s" }
steps = { type = "steps", values = [1, 2, 3], every = "3s" }
sequence = { type = "sequence", values = ["a", "b", "c"] }
pick = { type = "pick", values = [1, "x", true], weights = [1, 2, 3] }
uuid = { type = "uuid" }
time = { type = "time" }
track = { type = "track", points = [[8, 47], [9, 47], [9, 46]], start = "random" }
fake = { type = "fake", text = "{firstname} {city} ##" }
expression = { type = "expression", value = "counter * real" }
limit = "{{desired.limit ?? counter}}"

[[messages]]
jitter = "1s"
messageId = "{{uuid}}"
properties = { fake = "{{fake}}" }
body = { constant = "{{constant}}", counter = "{{counter}}", int = "{{whole}}", float = "{{real}}", normal = "{{normal}}", walk = "{{walk}}", sine = "{{sine}}", square = "{{square}}", sawtooth = "{{sawtooth}}", steps = "{{steps}}", sequence = "{{sequence}}", pick = "{{pick}}", time = "{{time}}", track = "{{track}}", expression = "{{expression}}", limit = "{{limit}}" }

[[messages]]
when = "pick == true"
randomBytes = [0, 50]

[[methods]]
name = "set"
set = { counter = "{{payload.counter ?? 1}}" }
answer = { walk = "{{walk}}", n = "{{n}}" }
delaySpread = "1s"
`

// life is all that comes out of a device, between which others may do something.
func life(d *Device, steps []step, between func(i int)) (out []string) {
	for i, s := range steps {
		between(i)
		now := start.Add(s.at)
		switch s.kind {
		case -1:
			for _, m := range d.profile.Methods {
				a, known, err := d.Method(m.Name, []byte(s.payload), now)
				out = append(out, fmt.Sprintf("%+v %v %v", a, known, err))
			}
		case -2:
			a, err := d.Apply([]byte(s.payload), int64(i+1), false, now)
			out = append(out, fmt.Sprintf("%s %v %v", a.Report, a, err))
		default:
			m, err := d.Next(s.kind, now)
			out = append(out, fmt.Sprintf("%q %v %v", m.Content(), m, err), d.Jitter(s.kind, int64(i)).String())
		}
	}
	return out
}

func stepsOf(p *Profile) *rapid.Generator[[]step] {
	one := rapid.Custom(func(t *rapid.T) step {
		s := step{
			kind: rapid.IntRange(-2, min(len(p.Messages), 3)-1).Draw(t, "kind"),
			at:   time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "at")),
		}
		switch s.kind {
		case -1:
			s.payload = rapid.SampledFrom([]string{``, `{}`, `{"counter":5}`, `{"counter":"x"}`}).Draw(t, "payload")
		case -2:
			s.payload = rapid.SampledFrom([]string{`{}`, `{"limit":3}`, `{"interval":2}`, `{"limit":null}`, `{"interval":-1}`}).Draw(t, "desired")
		}
		return s
	})
	return rapid.SliceOfN(one, 1, 30)
}

// The same profile, id, seed and times give the same bytes, whatever other devices do between.
func TestSameAgain(t *testing.T) {
	profiles := append(Builtins(), parse(t, everything))
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(profiles).Draw(t, "profile")
		id, seed := rapid.String().Draw(t, "id"), rapid.Uint64().Draw(t, "seed")
		steps := stepsOf(p).Draw(t, "steps")
		others := []*Device{p.NewDevice(id+"'", seed), p.NewDevice(id, seed+1)}
		alone := life(p.NewDevice(id, seed), steps, func(int) {})
		amid := life(p.NewDevice(id, seed), steps, func(i int) {
			life(others[i%2], steps[:min(len(steps), 3)], func(int) {})
		})
		if diff := cmp.Diff(alone, amid); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The same holds when they do it at once. All share a profile, and what it lends.
func TestSameAtOnce(t *testing.T) {
	for _, p := range append(Builtins(), parse(t, everything)) {
		var steps []step
		for i := range 40 {
			kind := i % min(len(p.Messages), 3)
			if i%7 == 6 {
				kind = -1
			}
			steps = append(steps, step{kind: kind, at: time.Duration(i) * time.Second})
		}
		want := life(p.NewDevice("d", 3), steps, func(int) {})
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if diff := cmp.Diff(want, life(p.NewDevice("d", 3), steps, func(int) {})); diff != "" {
					t.Error(p.Name, diff)
				}
			})
		}
		group.Wait()
	}
}

// Whoever keeps a message sees it unchanged when others are made.
func TestMessagesStay(t *testing.T) {
	d := parse(t, everything).NewDevice("d", 1)
	var kept []device.Message
	var texts []string
	for i := range 50 {
		m, err := d.Next(0, at(float64(i)))
		if err != nil {
			t.Fatal(err)
		}
		kept, texts = append(kept, m), append(texts, fmt.Sprintf("%v %s", m, m.Body))
	}
	for i, m := range kept {
		if got := fmt.Sprintf("%v %s", m, m.Body); got != texts[i] {
			t.Fatalf("message %d became\n%s\nof\n%s", i, got, texts[i])
		}
	}
}

var windBody = regexp.MustCompile(`^\{"deviceId": "wind-1","windSpeed": (\d\d\.\d\d)\}$`)

// The wind is that of the tutorial, byte for byte.
func TestWind(t *testing.T) {
	p, _ := Builtin("wind")
	d := p.NewDevice("wind-1", 1)
	least, greatest := 100.0, 0.0
	for n := 1; n <= 5000; n++ {
		m, err := d.Next(0, at(float64(n)))
		if err != nil {
			t.Fatal(err)
		}
		want := device.Message{
			MessageID: fmt.Sprint("message_", n), CorrelationID: fmt.Sprint("correlation_", n),
			ContentType: "application/json", ContentEncoding: "utf-8",
			Properties: []device.Property{{Key: "Property", Value: fmt.Sprint("PropMsg_", n)}},
			Text:       m.Text, Body: m.Body,
		}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Fatal(diff)
		}
		if asText := m.Text != "" && m.Body == nil; asText != (n%2 == 1) {
			t.Fatalf("message %d: text %q, bytes %q", n, m.Text, m.Body)
		}
		found := windBody.FindSubmatch(m.Content())
		if found == nil || !json.Valid(m.Content()) {
			t.Fatalf("body %s", m.Content())
		}
		speed, _ := strconv.ParseFloat(string(found[1]), 64)
		least, greatest = min(least, speed), max(greatest, speed)
	}
	if least != 12 || greatest != 16 {
		t.Errorf("speeds from %v to %v, want 12 to 16", least, greatest)
	}
}
