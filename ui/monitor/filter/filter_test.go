package filter_test

import (
	"strings"
	"testing"

	"hubscope/hub/events"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/monitortest"
)

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"wind-*", `"a b" -c`, "-", `-"`, "device:[", "* ?", "Ä-Ö"} {
		f.Add(seed, `{"a":"b c"}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		parsed, err := filter.Parse(text)
		if err != nil {
			return
		}
		e := monitortest.Kept(events.Event{DeviceID: "wind-1", Body: []byte(body)})
		if parsed.Empty() && !parsed.Shows(&e) {
			t.Errorf("the empty filter %q hides", text)
		}
		// What is quoted is found wherever it stands.
		if quotable := !strings.ContainsAny(body, `"`) && body != ""; quotable {
			same, err := filter.Parse(`"` + body + `"`)
			if err != nil || !same.Shows(&e) {
				t.Errorf("%q does not find itself: %v", body, err)
			}
			not, err := filter.Parse(`-"` + body + `"`)
			if err != nil || not.Shows(&e) {
				t.Errorf("-%q does not hide itself: %v", body, err)
			}
		}
	})
}

func TestFilter(t *testing.T) {
	e := monitortest.Kept(monitortest.Wind(4)) // wind-2, PropMsg_4
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
			f, err := filter.Parse(c.filter)
			if c.filter == `"` {
				if err == nil {
					t.Error("an open quote is no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Shows(&e); got != c.shows {
				t.Errorf("shows %t, want %t", got, c.shows)
			}
		})
	}
	if _, err := filter.Parse("wind-[*"); err == nil {
		t.Error("a broken pattern is no error")
	}
}
