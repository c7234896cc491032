package monitor

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// checkDrawn: text drawn with pens that write nothing must be harmless and of the right width.
func checkDrawn(t *testing.T, what, text string, least, most int) {
	t.Helper()
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar && !strings.Contains(text, "\uFFFD") {
			t.Errorf("%s holds %U: %q", what, r, text)
		}
	}
	if w := ansi.StringWidth(text); w < least || w > most {
		t.Errorf("%s is %d cells wide, want %d to %d: %q", what, w, least, most, text)
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"deviceId":"wind-1","windSpeed":13.41}`), "wind-1", "Property", "PropMsg_1", uint8(120))
	f.Add(tricky, "a\x1b[31mb", "\u202e", "\xff\x00", uint8(80))
	f.Add([]byte("{\n\t\"a\": [1, \"世界\u0301\"]\n}"), "世界", "क्क्", "👩\u200d💻", uint8(41))
	f.Add([]byte("\x00\x01\x02"), "", "", "", uint8(10))
	f.Fuzz(func(t *testing.T, body []byte, device, name, value string, size uint8) {
		width := 60 + int(size)
		e := wind(1)
		e.Body, e.DeviceID, e.MessageID, e.Source = body, device, value, name
		e.Properties = map[string]any{name: value, "bytes": body}
		e.System = map[string]any{value: name}

		r := kept(e)
		ctx := page.NewContext(t.Context(), theme.Dark)
		p := newPainter(ctx)
		p.layOut(layOut(width, needs{device: 18, sequence: 8, properties: true}))
		for _, marks := range [][]string{nil, {"a", lowerASCII(name)}} {
			p.marks = marks
			checkDrawn(t, "row", p.draw(&r, &rowPens{}, "   "), width, width)
		}
		in := newInspector(ctx)
		in.width, in.height = width, 20
		in.show(0, &r)
		for range views {
			for i := range min(in.doc.len(), 50) {
				checkDrawn(t, "line", in.doc.line(i, &[kinds]pen{}), 0, in.textWidth())
			}
			in.turn(1)
		}
		if _, err := eventJSON(&r); err != nil {
			t.Errorf("event as JSON: %v", err)
		}
	})
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"wind-*", `"a b" -c`, "-", `-"`, "device:[", "* ?", "Ä-Ö"} {
		f.Add(seed, `{"a":"b c"}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		parsed, err := parseFilter(text)
		if err != nil {
			return
		}
		e := kept(events.Event{DeviceID: "wind-1", Body: []byte(body)})
		if parsed.empty() && !parsed.shows(&e) {
			t.Errorf("the empty filter %q hides", text)
		}
		// What is quoted is found wherever it stands.
		if quotable := !strings.ContainsAny(body, `"`) && body != ""; quotable {
			same, err := parseFilter(`"` + body + `"`)
			if err != nil || !same.shows(&e) {
				t.Errorf("%q does not find itself: %v", body, err)
			}
			not, err := parseFilter(`-"` + body + `"`)
			if err != nil || not.shows(&e) {
				t.Errorf("-%q does not hide itself: %v", body, err)
			}
		}
	})
}

func TestFilter(t *testing.T) {
	e := kept(wind(4)) // wind-2, PropMsg_4
	e.ModuleID = "edgeAgent"
	for _, c := range []struct {
		filter string
		shows  bool
	}{
		{"", true},
		{"  ", true},
		{"wind-2", true},
		{"WIND-2", true},
		{"wind-*", true},
		{"*-2", true},
		{"wind-?", true},
		{"wind-1", false},
		{"pump-*", false},
		{"device:wind-2", true},
		{"device:wind", false},
		{"windspeed message_4", true},
		{"windspeed message_5", false},
		{"-wind-1", true},
		{"-wind-*", false},
		{"propmsg_4", true},
		{"edgeagent", true},
		{"correlation_4", true},
		{`"wind-*"`, false},
		{`-"wind-*"`, true},
		{`"deviceId":"wind-2"`, true},
		{`"`, true},
		{"-", true}, // the sign itself
	} {
		t.Run(c.filter, func(t *testing.T) {
			f, err := parseFilter(c.filter)
			if c.filter == `"` {
				if err == nil {
					t.Error("an open quote is no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := f.shows(&e); got != c.shows {
				t.Errorf("shows %t, want %t (terms %+v)", got, c.shows, f.terms)
			}
		})
	}
	if _, err := parseFilter("wind-[*"); err == nil {
		t.Error("a broken pattern is no error")
	}
}
