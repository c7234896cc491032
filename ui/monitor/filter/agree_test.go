package filter_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hubscope/hub/events"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
)

// anything draws an event whose parts collide often.
func anything(t *rapid.T) history.Event {
	word := rapid.SampledFrom([]string{"wind-1", "wind-2", "pump-7", "Wind", "x", "", "3", "12"})
	body := map[string]any{}
	for _, name := range []string{"a", "b", "c"} {
		switch rapid.IntRange(0, 5).Draw(t, name) {
		case 0:
			body[name] = rapid.IntRange(-3, 12).Draw(t, "number")
		case 1:
			body[name] = word.Draw(t, "text")
		case 2:
			body[name] = rapid.Bool().Draw(t, "flag")
		case 3:
			body[name] = nil
		case 4:
			body[name] = []any{1, "x"}
		}
	}
	doc, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e := events.Event{
		DeviceID: word.Draw(t, "device"), Partition: fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "partition")),
		Sequence: int64(rapid.IntRange(0, 9).Draw(t, "sequence")), Body: doc, Source: "Telemetry", Enqueued: monitortest.Noon,
	}
	if rapid.Bool().Draw(t, "has level") {
		e.Properties = map[string]any{"level": word.Draw(t, "level")}
	}
	return monitortest.Kept(e)
}

func passes(t *rapid.T, text string, e *history.Event) bool {
	f, err := filter.ParseAt(text, at(e.Enqueued))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f.Shows(e)
}

// TestWordsAndExpressionsAgree writes the same condition in both ways.
func TestWordsAndExpressionsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anything(t)
		n := rapid.IntRange(0, 60).Draw(t, "n")
		sign := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "sign")
		text := rapid.SampledFrom([]string{"wind-1", "pump", "3", "Wind"}).Draw(t, "text")
		for _, pair := range [][2]string{
			{fmt.Sprintf("size:%s%d", sign, n), fmt.Sprintf("size %s %d", sign, n)},
			{fmt.Sprintf("sequence:%s%d", sign, n/6), fmt.Sprintf("sequence %s %d", sign, n/6)},
			{fmt.Sprintf("age:%s%ds", sign, n), fmt.Sprintf("age %s %d", sign, n)},
			{fmt.Sprintf("partition:%d", n%4), fmt.Sprintf("partition == %d", n%4)},
			{"device:" + text, fmt.Sprintf("device == %q", text)},
			{"device:" + text + "*", fmt.Sprintf("device startsWith %q", text)},
			{"-device:*" + text, fmt.Sprintf("not (device endsWith %q)", text)},
			{"device:/" + text + "/", fmt.Sprintf("device matches %q", text)},
			{"prop:level", "properties.level != nil"},
			{"prop:level=" + text, fmt.Sprintf("properties.level == %q", text)},
			{"prop:level!=" + text, fmt.Sprintf("properties.level != %q", text)},
			{fmt.Sprintf("prop:level%s%d", strings.Trim(sign, "=!")+"=", n/6), fmt.Sprintf("properties.level %s %d", strings.Trim(sign, "=!")+"=", n/6)},
			{fmt.Sprintf("source:telemetry -device:%s", text), fmt.Sprintf("source == %q and not (device == %q)", "telemetry", text)},
		} {
			if pair[0] == fmt.Sprintf("prop:level=%d", n/6) {
				continue // = compares text, == a number too
			}
			if words, expression := passes(t, pair[0], &e), passes(t, pair[1], &e); words != expression {
				t.Fatalf("%s is %t, %s is %t, of %s in %s", pair[0], words, pair[1], expression, e.DeviceID, e.Body)
			}
		}
	})
}

// TestBothWaysToCompareAgree: what is compiled to a test of its own, and what goes through the machine of expr.
func TestBothWaysToCompareAgree(t *testing.T) {
	operand := rapid.SampledFrom([]string{"body.a", "body.b", "body.c", "device", "size", "sequence", "3", "-1", `"x"`, `"wind"`, "true", "enqueued"})
	rapid.Check(t, func(t *rapid.T) {
		e := anything(t)
		left, right := rapid.SampledFrom([]string{"body.a", "body.b", "device", "size"}).Draw(t, "left"), operand.Draw(t, "right")
		sign := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">=", "contains", "startsWith", "endsWith", "matches"}).Draw(t, "sign")
		quick := left + " " + sign + " " + right
		if _, err := filter.Parse(quick); err != nil {
			t.Skip(quick)
		}
		slow := fmt.Sprintf("(body.nothing == nil ? %s : false) == true", quick)
		loose := (left == "device" || right == "device") && (!strings.HasPrefix(right, `"`))
		if loose {
			t.Skip("a box does not tell that its text may be a number")
		}
		if a, b := passes(t, quick, &e), passes(t, slow, &e); a != b {
			t.Fatalf("%s is %t, and %t in the machine, of %s", quick, a, b, e.Body)
		}
	})
}

// TestNotIsTheRest: what a filter shows and what its reverse shows is everything, and nothing twice.
func TestNotIsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anything(t)
		for _, word := range []string{"wind", "wind-*", "/i.*1/", "device:pump-7", "prop:level", "size:>20", `"x"`, "age:<0"} {
			if passes(t, word, &e) == passes(t, "-"+word, &e) {
				t.Fatalf("%s and -%s agree", word, word)
			}
		}
		for _, text := range []string{"body.a > 3", "body.a != 3", "any(body.a, # == 1)", "body.b contains device", "body.c"} {
			if passes(t, text, &e) == passes(t, "not ("+text+")", &e) {
				t.Fatalf("%s and not (%s) agree on %s", text, text, e.Body)
			}
		}
	})
}

func TestAGlobIsWhatItLooksLike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anything(t)
		glob := rapid.StringMatching(`[wind1p?*-]{1,6}`).Draw(t, "glob")
		if strings.HasPrefix(glob, "-") || !strings.ContainsAny(glob, "*?") {
			t.Skip()
		}
		want, err := path.Match(glob, e.DeviceID)
		if err != nil {
			t.Skip()
		}
		want = want && e.DeviceID != ""
		pattern := "^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(glob)) + "$"
		if got, re := passes(t, glob, &e), passes(t, "device:/"+pattern+"/", &e); got != want || re != want {
			t.Fatalf("%s on %q is %t, %s is %t, want %t", glob, e.DeviceID, got, pattern, re, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`body.windSpeed > 14 and device startsWith "wind"`, `any(body.readings, .value > 5) || age < 5m`, `let x = size; x > 1kB`,
		`device:/re/ prop:"a b"!="c" size:>=1.5kB -age:<5m`, `/a\/b/i`, `body["a b"][0].c-d in [1, "x", nil]`, `-/(`, `body.a?.b ?? {"a": 1}.a == 1`,
		`"`, `body.x > 5m5`, `body ==`, "body.x > `a", `1..99999999 == body.x`, `body.x matches "a{1000}{1000}"`, "\xff > body.x", `body.x in 1..3`,
	} {
		f.Add(seed)
	}
	e := gust(f)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.ParseAt(text, at(e.Enqueued))
		if err == nil {
			parsed.Shows(&e)
			for _, m := range parsed.Marks() {
				m.Index(text)
			}
			return
		}
		var e *filter.Error
		if !errors.As(err, &e) || e.Text == "" || strings.Contains(e.Text, "\n") {
			t.Errorf("%q: the error is %q", text, err)
		}
		if e.Column < 1 || e.Column > utf8.RuneCountInString(text)+1 {
			t.Errorf("%q: column %d", text, e.Column)
		}
	})
}

func TestIndexFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, lower := rapid.StringMatching(`[aAbBäÄ1]{0,12}`).Draw(t, "s"), rapid.StringMatching(`[abä1]{0,3}`).Draw(t, "lower")
		if got, want := filter.IndexFold(s, lower), strings.Index(filter.LowerASCII(s), lower); got != want {
			t.Fatalf("%q in %q at %d, want %d", lower, s, got, want)
		}
	})
}
