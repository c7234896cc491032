package filter_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

// gust is an event with something of everything.
func gust(t testing.TB) history.Event {
	t.Helper()
	e := monitortest.Wind(4) // wind-2
	e.ModuleID = "edgeAgent"
	e.Body = []byte(`{"windSpeed":14.5,"alarm":true,"calm":false,"note":"Gale, force 8","none":null,"zero":0,"at":"2026-11-22T14:00:00Z",` +
		`"readings":[{"value":3},{"value":7,"unit":"m/s"},5],"list":[1,2,3],"a b":{"c-d":1},"big":9007199254740993}`)
	e.Properties = map[string]any{"level": "3", "alarm": "1", "zone": "north-1", "count": int32(7), "a.b": "dotted"}
	return monitortest.Kept(e)
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

func shows(t testing.TB, text string, e *history.Event) bool {
	t.Helper()
	f, err := filter.ParseAt(text, at(e.Enqueued.Add(90*time.Second)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f.Shows(e)
}

func TestExpressions(t *testing.T) {
	e := gust(t)
	for text, want := range map[string]bool{
		`body.windSpeed > 14 and device startsWith "wind"`: true,
		`body.windSpeed > 14 && device startsWith "wind"`:  true,
		`body.windSpeed > 15 || device startsWith "pump"`:  false,
		`body.windSpeed>14`:                                 true,
		`14 < body.windSpeed`:                               true,
		`14 < body.windSpeed < 15`:                          true,
		`body.windSpeed == 14.5`:                            true,
		`body.windSpeed != 14.5`:                            false,
		`body.windSpeed >= 14.5 and body.windSpeed <= 14.5`: true,
		`-body.windSpeed < -14`:                             true,
		`body.windSpeed * 2 - 1 == 28`:                      true,
		`body.windSpeed - body.zero > 14`:                   true,
		`body.windSpeed / body.zero > 1000`:                 true,
		// What is missing, and what does not fit, is false: != too.
		`body.nothing > 1`:              false,
		`body.nothing != 1`:             false,
		`body.nothing + 1 > 0`:          false,
		`not (body.nothing > 1)`:        true,
		`body.note > 14`:                false,
		`body.note != 14`:               false,
		`body.windSpeed contains "1"`:   false,
		`body.none == 0`:                false,
		`body.alarm == 1`:               false,
		`body.readings > 1`:             false,
		`body.windSpeed > body.note`:    false,
		`body.nothing.deeper.still > 1`: false,
		// nil is what is missing or null.
		`body.nothing == nil`:   true,
		`body.none == null`:     true,
		`body.none != nil`:      false,
		`body.windSpeed != nil`: true,
		`nil == body.windSpeed`: false,
		// A field alone is there, and neither false nor null.
		`body.windSpeed`:                                         true,
		`body.alarm`:                                             true,
		`!body.calm`:                                             true,
		`not body.alarm`:                                         false,
		`body.nothing or body.none`:                              false,
		`properties.level`:                                       true,
		`(body.alarm)`:                                           true,
		`body.alarm == true`:                                     true,
		`body["a b"]["c-d"] == 1`:                                true,
		`body["a b"].c-d == 1`:                                   true,
		`body.readings[0].value == 3`:                            true,
		`body.readings[1].unit matches "^m/"`:                    true,
		`body.list[2] == 3`:                                      true,
		`body.note contains "force"`:                             true,
		`body.note contains "FORCE"`:                             false,
		`lower(body.note) contains "gale"`:                       true,
		`body.note not contains "storm"`:                         true,
		`body.nothing not contains "storm"`:                      true, // as not (...)
		`body.note endsWith "8"`:                                 true,
		`body.note matches "^Gale.*[0-9]$"`:                      true,
		`body contains "windSpeed"`:                              true,
		`size > 100 and size < 1kB`:                              true,
		`size > "1kB"`:                                           false,
		`age < 5m and age > 1m`:                                  true,
		`age > "2m"`:                                             false,
		`age == 90`:                                              true,
		`enqueued > "2020-01-01"`:                                true,
		`enqueued < "2020-01-01T00:00Z"`:                         false,
		`received > enqueued`:                                    true,
		`received - enqueued < 1`:                                true,
		`device in ["wind-1", "wind-2"]`:                         true,
		`device not in ["wind-1", "wind-2"]`:                     false,
		`partition == 1 and partition == "1"`:                    true,
		`partition in [0, 1]`:                                    true,
		`partition in 0..1`:                                      true,
		`body.windSpeed in 14..15`:                               false,
		`sequence >= 501`:                                        true,
		`source == "telemetry"`:                                  true,
		`module == "edgeAgent"`:                                  true,
		`messageId endsWith "_4"`:                                true,
		`properties.level > 2`:                                   true, // text in which a number travels
		`properties.level == 3`:                                  true,
		`properties.level == "3"`:                                true,
		`properties.zone > 2`:                                    false,
		`properties.count == 7`:                                  true,
		`properties.a.b == "dotted"`:                             true,
		`properties["a.b"] == "dotted"`:                          true,
		`system.iothub-enqueuedtime < enqueued`:                  true,
		`system["iothub-connection-auth-method"] contains "sas"`: true,
		// Those of the README.
		`any(body.readings, .value > 5) or properties.alarm == "1" && age < 5m`:         true,
		`enqueued > "2020-11-22 14:30" and system.iothub-message-source != "Telemetry"`: false,
		// What only the machine of expr knows.
		`any(body.readings, .value > 5)`:                      true,
		`any(body.readings, {.value > 5 and .unit == "m/s"})`: true,
		`all(body.list, # > 0)`:                               true,
		`all(body.list, # > 1)`:                               false,
		`none(body.nothing, # > 1)`:                           false,
		`count(body.list, # >= 2) == 2`:                       true,
		`len(body.note) > 5`:                                  true,
		`len(body.nothing) == 0`:                              false,
		`sum(body.list) == 6`:                                 true,
		`max(body.windSpeed, body.zero) > 14`:                 true,
		`(body.alarm ? 1 : 2) == 1`:                           true,
		`(body.nothing ?? 5) == 5`:                            true,
		`let w = body.windSpeed; w > 14 && w < 15`:            true,
		`body.list[-1] == 3`:                                  true,
		`2 in body.list`:                                      true,
		`"alarm" in fromJSON(body)`:                           true,
		`date(body.at) < now()`:                               true,
		`upper(device) == "WIND-2"`:                           true,
		`device contains body.nothing`:                        false,
		`round(body.windSpeed) in [14, 15]`:                   true,
		`abs(body.zero - body.windSpeed) > 14`:                true,
		`body.list | any(# == 2)`:                             true,
		`len(body.note[0:4]) == 4`:                            true,
	} {
		if got := shows(t, text, &e); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestWords(t *testing.T) {
	e := gust(t)
	for text, want := range map[string]bool{
		`/Gale.*8/`:                 true,
		`/gale/`:                    false,
		`/gale/i`:                   true,
		`-/gale/i`:                  false,
		`/a b|force \d/`:            true,
		`/m\/s/`:                    true,
		`/^wind-\d$/`:               true,
		`device:wind-*`:             true,
		`device:/^wind/`:            true,
		`device:/^ind/`:             false,
		`-device:/2$/`:              false,
		`device:"wind-2"`:           true,
		`device:"wind-*"`:           false,
		`device:!=wind-1`:           true,
		`module:edge*`:              true,
		`module:`:                   true, // still typing
		`partition:1`:               true,
		`source:telemetry`:          true,
		`source:twin`:               false,
		`-source:twin`:              true,
		`prop:level`:                true,
		`-prop:level`:               false,
		`prop:none`:                 false,
		`prop:zone=north-*`:         true,
		`prop:zone=/^n/`:            true,
		`prop:zone="north-1"`:       true,
		`prop:zone=south`:           false,
		`prop:zone!=south`:          true,
		`prop:none!=south`:          false,
		`prop:level>2`:              true,
		`prop:level>=4`:             false,
		`prop:count=7`:              true,
		`prop:"a.b"=dotted`:         true,
		`size:>100`:                 true,
		`size:>1kB`:                 false,
		`size:<=1.5kB`:              true,
		`age:<5m`:                   true,
		`age:>2m`:                   false,
		`age:90`:                    true,
		`sequence:>500`:             true,
		`sequence:501`:              true,
		`gale device:wind-* -storm`: true,
		`gale device:wind-1`:        false,
		`http://x`:                  false, // no key: text
		`12:30`:                     false,
		`"windspeed > 14"`:          false,
		`and or not`:                false, // words alone are text
	} {
		if got := shows(t, text, &e); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		filter string
		says   string
		column int
	}{
		{`"a b`, `the quote is not closed: end it with "`, 1},
		{`x -"a b`, `the quote is not closed: end it with "`, 4},
		{`ä /b`, "the regular expression is not closed: end it with /, or find the text by quotes around it", 3},
		{`/dev/null`, "behind the second / comes a space or i; a text with / in it stands in quotes", 6},
		{`/(/`, "the regular expression has a mistake: missing closing ) at (", 2},
		{`device:/(/`, "the regular expression has a mistake: missing closing ) at (", 9},
		{`wind-[*`, "wind-[* is not a pattern: use * and ?, or put it in quotes to find text", 1},
		{`size:>big`, "size is compared with a number: size:>1kB", 7},
		{`age:soon`, "age is compared with a number: age:>5m", 5},
		{`prop:`, "a property needs a name: prop:name, prop:name=value", 6},
		{`body.windSpeed >`, "something is missing here", 17},
		{`body.windSpeed > 14 and`, "something is missing here", 24},
		{`(body.windSpeed > 14`, "something is missing here", 21},
		{`body.x > 14 )`, "this does not belong here: )", 13},
		{`body.x > 1 device`, "this does not belong here: device", 12},
		{`body.x > 1 and device = "a"`, "two signs compare: ==", 23},
		{`body.x > "a`, "the quote is not closed", 10},
		{`body.x > 5x`, "this is no number; units are ms, s, m, h, d, B, kB and MB", 10},
		{`device = "a"`, "two signs compare: ==", 8},
		{`body.x = 5`, "two signs compare: ==", 8},
		{`windSpeed > 14`, "unknown field windSpeed: do you mean body.windSpeed?", 1},
		{`body.x > 1 and wind.speed > 2`, "unknown field wind: do you mean body.wind?", 16},
		{`device.x > 1`, "device is one value: there is no x in it", 1},
		{`properties == 1`, "properties needs a name: properties.name", 1},
		{`age < 5m and age.x > 1`, "age is one value: there is no x in it", 14},
		{`age < 5m and body.x >`, "something is missing here", 22},
		{`age < "soon"`, "age is a number, such as 5m", 7},
		{`enqueued > "soon"`, `a time is written "14:30" or "2026-11-22T14:30Z"`, 12},
		{`body.x matches "("`, "the regular expression has a mistake: missing closing ) at (", 16},
		{`body.x contains 3`, "contains looks for text: put it in quotes", 17},
		{`body.x > nil`, "nil is compared with == and != only", 8},
		{`body.x + "a" > 1`, "+ goes with numbers only", 8},
		{`body.x > 1 and len(body.y)`, "this is neither true nor false: compare it with something", 16},
		{`body.x > 1 and foo(2)`, "there is no function foo", 16},
		{`any(body.x, # > 1) and 5`, "this is neither true nor false: compare it with something", 24},
		{`body.x > 1 @`, "@ means nothing here", 12},
	} {
		f, err := filter.Parse(c.filter)
		var e *filter.Error
		switch {
		case err == nil:
			t.Errorf("%s: no error, %v", c.filter, f)
		case !errors.As(err, &e):
			t.Errorf("%s: %T %v", c.filter, err, err)
		case e.Text != c.says || e.Column != c.column:
			t.Errorf("%s:\n\t%s, column %d; want\n\t%s, column %d", c.filter, e.Text, e.Column, c.says, c.column)
		}
	}
}

func TestAPackedBodyIsRead(t *testing.T) {
	body, err := json.Marshal(map[string]any{"windSpeed": 14.5})
	if err != nil {
		t.Fatal(err)
	}
	e := monitortest.Kept(events.Event{Body: zipped(t, body), ContentEncoding: "gzip"})
	for _, text := range []string{"body.windSpeed > 14", "windspeed", "/wind.*14/"} {
		if !shows(t, text, &e) {
			t.Errorf("%s does not look into a compressed body", text)
		}
	}
}

func TestTimed(t *testing.T) {
	for text, want := range map[string]bool{
		"age:<5m": true, "body.x > 1 or age < 5m": true, "any(body.x, # > age)": true, "wind age": false, "body.age > 1": false,
	} {
		f, err := filter.Parse(text)
		if err != nil || f.Timed() != want {
			t.Errorf("%s: %v, %v", text, f.Timed(), err)
		}
	}
}

func zipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
