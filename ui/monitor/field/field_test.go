package field_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"hubscope/hub/events"
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

func event(t testing.TB) history.Event {
	t.Helper()
	e := monitortest.Wind(4)
	e.ModuleID = "edgeAgent"
	e.Body = []byte(`{"windSpeed":13.5,"a":[{"b":null},{"b":true}],"a.b":"dotted","*":1,"":2,"list":[1,2]}`)
	e.Properties = map[string]any{"Property": "PropMsg_4", "a.b": int32(7), "raw": []byte("x")}
	return monitortest.Kept(e)
}

func TestOf(t *testing.T) {
	e := event(t)
	for _, c := range []struct {
		path string
		want any // nothing when it is not there
	}{
		{"body.windSpeed", 13.5},
		{"body.windspeed", nothing{}},
		{"body.a[0].b", nil},
		{"body.a[1].b", true},
		{"body.a.1.b", true},
		{"body.a[2].b", nothing{}},
		{`body["a.b"]`, "dotted"},
		{"body.*", 1.0},
		{"body.list", json.RawMessage("[1,2]")},
		{"body", string(e.Body)},
		{"properties.Property", "PropMsg_4"},
		{"properties.a.b", 7.0},
		{"properties.raw", "x"},
		{"properties.none", nothing{}},
		{"system.iothub-enqueuedtime", monitortest.Wind(4).Enqueued.Add(-3 * time.Millisecond)},
		{"device", "wind-2"},
		{"module", "edgeAgent"},
		{"partition", "1"},
		{"sequence", 501.0},
		{"source", "telemetry"},
		{"size", float64(len(e.Body))},
		{"messageId", "message_4"},
		{"enqueued", e.Enqueued},
		{" device ", "wind-2"},
	} {
		t.Run(c.path, func(t *testing.T) {
			p, err := field.Parse(c.path)
			if err != nil {
				t.Fatal(err)
			}
			got, found := p.Of(&e)
			if _, absent := c.want.(nothing); absent {
				if found {
					t.Errorf("there is %v", got)
				}
				return
			}
			if !found || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%#v, %t; want %#v", got, found, c.want)
			}
		})
	}
}

type nothing struct{}

func TestOfAPackedBody(t *testing.T) {
	packed, err := cbor.Marshal(map[string]any{"windSpeed": 13.5})
	if err != nil {
		t.Fatal(err)
	}
	e := monitortest.Kept(events.Event{Body: packed, ContentType: "application/cbor"})
	if got, _ := field.Of("body", "windSpeed").Of(&e); got != 13.5 {
		t.Errorf("%v", got)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ path, says string }{
		{"", "a field needs a name, such as body.windSpeed"},
		{"body.", "a field needs a name, such as body.windSpeed"},
		{"body..a", "a field needs a name, such as body.windSpeed"},
		{"device.x", "device is one value: there is no x in it"},
		{"properties", "properties needs a name: properties.name"},
		{"body[x]", `a bracket holds a number or a name in quotes: [0] or ["a name"]`},
		{`body["x`, `the quote is not closed: end it with "]`},
		{"body[0]x", `after a bracket comes . or [, not "x"`},
	} {
		if _, err := field.Parse(c.path); err == nil || err.Error() != c.says {
			t.Errorf("%q: %v, want %s", c.path, err, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("body.a[0].b", "name")
	f.Add(`body["\x00"]`, "a.b*")
	f.Add("properties.a.b", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		e := event(t)
		if p, err := field.Parse(text); err == nil {
			p.Of(&e)
			p.Number(&e, e.Body)
		}
		// What is made of names reads as it was made, and finds what has these names.
		made := field.Of("body", name, "x")
		again, err := field.Parse(made.String())
		if err != nil {
			t.Fatalf("%q made %q: %v", name, made, err)
		}
		doc, err := json.Marshal(map[string]any{name: map[string]int{"x": 5}})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if json.Unmarshal(doc, &back); back[name] == nil {
			return // the name is not UTF-8
		}
		e.Body = doc
		if got, found := again.Number(&e, e.Body); !found || got != 5 {
			t.Errorf("%q finds %v, %t in %s", made, got, found, doc)
		}
	})
}
