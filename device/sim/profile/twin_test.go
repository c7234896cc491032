package profile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAcknowledgement(t *testing.T) {
	const patch = `{"interval":2,"mode":{"fan":"high","gone":null},"limit":1e400,"$version":4}`
	for _, c := range []struct{ acknowledge, want string }{
		{"value", `{"desiredVersion":4,"interval":2,"limit":1e400,"mode":{"fan":"high","gone":null}}`},
		{"pnp", `{"interval":{"ac":200,"ad":"applied","av":4,"value":2},"limit":{"ac":200,"ad":"applied","av":4,"value":1e400},` +
			`"mode":{"ac":200,"ad":"applied","av":4,"value":{"fan":"high","gone":null}}}`},
		{"none", ``},
	} {
		d := parse(t, "acknowledge = '"+c.acknowledge+"'\n[[messages]]\nbody=''").NewDevice("d", 1)
		a, err := d.Apply([]byte(patch), 4, false, start)
		if err != nil {
			t.Fatal(err)
		}
		if string(a.Report) != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.acknowledge, a.Report, c.want)
		}
		if a.Intervals[0] != 2*time.Second || a.Refused != "" {
			t.Errorf("%s: intervals %v, refused %q", c.acknowledge, a.Intervals, a.Refused)
		}
	}
}

// What each patch does to the interval, one after the other.
func TestDesiredInterval(t *testing.T) {
	d := parse(t, `
[[messages]]
interval = "5s"
body = ""
[[messages]]
interval = "1m"
desiredInterval = "slow.every"
body = ""
[[messages]]
body = ""
`).NewDevice("d", 1)
	version := int64(0)
	for _, c := range []struct {
		patch, intervals, report string
		refused                  bool
	}{
		{`{"interval":2}`, "map[0:2s]", `{"desiredVersion":1,"interval":2}`, false},
		{`{"interval":"250ms","slow":{"every":0.5}}`, "map[0:250ms 1:500ms]", `{"desiredVersion":2,"interval":"250ms","slow":{"every":0.5}}`, false},
		{`{"interval":0}`, "map[]", `{"desiredVersion":3,"interval":0.25}`, true},
		{`{"interval":"often"}`, "map[]", `{"desiredVersion":4,"interval":0.25}`, true},
		{`{"interval":-1}`, "map[]", `{"desiredVersion":5,"interval":0.25}`, true},
		{`{"interval":true}`, "map[]", `{"desiredVersion":6,"interval":0.25}`, true},
		{`{"interval":1e300}`, "map[]", `{"desiredVersion":7,"interval":0.25}`, true},
		{`{"interval":null}`, "map[0:5s]", `{"desiredVersion":8,"interval":null}`, false},
		{`{"interval":0}`, "map[]", `{"desiredVersion":9,"interval":5}`, true},
		{`{"slow":7}`, "map[1:1m0s]", `{"desiredVersion":10,"slow":7}`, false},
		{`{"slow":null}`, "map[1:1m0s]", `{"desiredVersion":11,"slow":null}`, false},
		{`{"other":1}`, "map[]", `{"desiredVersion":12,"other":1}`, false},
		{`{}`, "map[]", ``, false},
	} {
		version++
		a, err := d.Apply([]byte(c.patch), version, false, start)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(a.Intervals); got != c.intervals || string(a.Report) != c.report || (a.Refused != "") != c.refused {
			t.Errorf("%s: intervals %s, report %s, refused %q", c.patch, got, a.Report, a.Refused)
		}
	}
}

func TestIntervalFromOutsideStays(t *testing.T) {
	d := parse(t, "[[messages]]\nbody=''").NewDevice("d", 1)
	d.SetInterval(0, 7*time.Second)
	d.SetInterval(9, time.Second)
	if a, _ := d.Apply([]byte(`{"interval":-1}`), 1, false, start); string(a.Report) != `{"desiredVersion":1,"interval":7}` {
		t.Errorf("report %s", a.Report)
	}
	if a, _ := d.Apply([]byte(`{"interval":null}`), 2, false, start); a.Intervals[0] != 7*time.Second {
		t.Errorf("intervals %v", a.Intervals)
	}
}

func TestRefusedUnderPlugAndPlay(t *testing.T) {
	d := parse(t, "acknowledge='pnp'\nintervalUnit='ms'\n[[messages]]\nbody=''").NewDevice("d", 1)
	a, err := d.Apply([]byte(`{"interval":0}`), 3, false, start)
	if err != nil || !strings.Contains(string(a.Report), `"ac":400,"ad":"interval is 0: it has to be a number of milliseconds`) ||
		!strings.Contains(string(a.Report), `"av":3,"value":1000}`) {
		t.Errorf("report %s, error %v", a.Report, err)
	}
	if a, _ = d.Apply([]byte(`{"interval":1500}`), 4, false, start); a.Intervals[0] != 1500*time.Millisecond {
		t.Errorf("intervals %v", a.Intervals)
	}
}

// The properties of a component are acknowledged one by one.
func TestComponentsUnderPlugAndPlay(t *testing.T) {
	d := parse(t, "acknowledge='pnp'\n[[messages]]\nbody=''\ndesiredInterval='room.interval'").NewDevice("d", 1)
	a, err := d.Apply([]byte(`{"room":{"__t":"c","interval":3,"target":21,"old":null},"on":true}`), 2, false, start)
	want := `{"on":{"ac":200,"ad":"applied","av":2,"value":true},"room":{"__t":"c","interval":{"ac":200,"ad":"applied","av":2,"value":3},` +
		`"old":null,"target":{"ac":200,"ad":"applied","av":2,"value":21}}}`
	if err != nil || string(a.Report) != want || a.Intervals[0] != 3*time.Second {
		t.Errorf("report %s, intervals %v, error %v", a.Report, a.Intervals, err)
	}
	a, err = d.Apply([]byte(`{"room":{"__t":"c","interval":0}}`), 3, false, start)
	if err != nil || !strings.Contains(string(a.Report), `"room":{"__t":"c","interval":{"ac":400,`) || !strings.Contains(string(a.Report), `"value":3}`) {
		t.Errorf("report %s, error %v", a.Report, err)
	}
}

// After a reconnection all desired properties come: what was missed is applied, what is known is not told again.
func TestDesiredAsAWhole(t *testing.T) {
	d := parse(t, "[[messages]]\nbody='{{desired.a}} {{desired.b.c}}'").NewDevice("d", 1)
	for i, c := range []struct {
		desired string
		version int64
		report  string
	}{
		{`{"a":1,"interval":3,"$version":5}`, 5, `{"a":1,"desiredVersion":5,"interval":3}`},
		{`{"a":1,"interval":3,"$version":5}`, 5, ``},
		{`{"a":2,"b":{"c":"x"},"$version":7}`, 7, `{"a":2,"b":{"c":"x"},"desiredVersion":7,"interval":null}`},
		{`{"$version":1}`, 1, `{"a":null,"b":null,"desiredVersion":1}`}, // the device was deleted and created again
	} {
		a, err := d.Apply([]byte(c.desired), c.version, true, start)
		if err != nil || string(a.Report) != c.report {
			t.Errorf("%d: report %s, error %v, want %s", i, a.Report, err, c.report)
		}
	}
	if _, err := d.Apply([]byte(`[1]`), 8, false, start); err == nil {
		t.Error("desired properties that are no object are taken")
	}
	if _, err := d.Apply([]byte(`{"a":`), 8, false, start); err == nil {
		t.Error("broken desired properties are taken")
	}
}

func TestValuesOfTheTwin(t *testing.T) {
	p := with(t, `limit = "{{desired.max ?? 8}}"`,
		`{ limit = "{{limit}}", twice = "{{limit * 2}}", big = "{{desired.big}}", of = "{{desired.of}}", sum = "{{(desired.of ?? {a: 0}).a + 1}}" }`)
	d := p.NewDevice("d", 1)
	for i, c := range []struct{ desired, want string }{
		{``, `{"limit":8,"twice":16,"big":null,"of":null,"sum":1}`},
		{`{"max":4,"big":9007199254740993,"of":{"a":[1]["0"]}}`, ``},
		{`{"max":4,"big":9007199254740993,"of":{"a":1}}`, `{"limit":4,"twice":8,"big":9007199254740993,"of":{"a":1},"sum":2}`},
		{`{"max":4.50,"big":1e400,"of":{"a":1.5}}`, `{"limit":4.5,"twice":9,"big":1e400,"of":{"a":1.5},"sum":2.5}`},
	} {
		if err := d.SetTwin([]byte(c.desired)); (err != nil) != (c.want == "") {
			t.Fatalf("%d: error %v", i, err)
		}
		m, err := d.Next(0, at(float64(i)))
		if c.want != "" && (err != nil || string(m.Content()) != c.want) {
			t.Errorf("%d: %s, error %v\nwant %s", i, m.Content(), err, c.want)
		}
	}
}
