package method

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMistakesOfAPayload(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // "" for none
	}{
		{"", ""},
		{" \n\t", ""},
		{"null", ""},
		{`{"delay": 5}`, ""},
		{`"風"`, ""},
		{"{\n  \"delay\": 5,\n}", "line 3, column 1: a value is missing, or there is a comma too many before this"},
		{"{\n  delay: 5\n}", "line 2, column 3: a name in double quotes is expected here"},
		{`{"a" 1}`, "line 1, column 6: a colon is expected here"},
		{`{"風": 1 "b"}`, "line 1, column 9: a comma or } is expected here"},
		{`[1 2]`, "line 1, column 4: a comma or ] is expected here"},
		{`[1,]`, "line 1, column 4: a value is missing, or there is a comma too many before this"},
		{`{} {}`, "line 1, column 4: one value is complete here, and more follows"},
		{"{\"a\": [1, {\"b\":\n", "line 1, column 16: a closing } is missing at the end"},
		{"[\"a\\\"]", "line 1, column 7: a closing \" is missing at the end"},
		{"{\"a\": \"b\n}", "line 1, column 9: a text ends with its line: the closing quote is missing"},
		{"'a'", "line 1, column 1: a value is expected here: texts are in double quotes"},
		{strings.Repeat("1", maxPayload+1), "131073 bytes are too many: a hub takes 128 kB"},
	} {
		got := ""
		if m := checkPayload(c.text); m != nil {
			got = m.String()
		}
		if got != c.want {
			t.Errorf("%.40q: %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzPayload: what has no mistake is JSON, and a mistake is inside the text.
func FuzzPayload(f *testing.F) {
	for _, s := range []string{"{", "[1,", "{\"a\":\"\\", "\xff", "{\"a\":1}}", "tru", "\"\n", "1e", "風\r\n{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := checkPayload(text)
		if m == nil {
			if p := payloadOf(text); p != nil && !json.Valid(p) {
				t.Fatalf("%q has no mistake and is not JSON", text)
			}
			return
		}
		lines := strings.Split(text, "\n")
		if m.Line > len(lines) || m.Line > 0 && m.Column > len([]rune(lines[m.Line-1]))+1 {
			t.Fatalf("%q: a mistake at %d:%d", text, m.Line, m.Column)
		}
	})
}

func TestTimeouts(t *testing.T) {
	for text, want := range map[string]string{"": "30", "5": "5", " 60 s": "60", "300s": "300", "4": "", "301": "", "1m": "", "-5": ""} {
		got := ""
		if d, err := readResponse(text); err == nil {
			got = inSeconds(d)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if d, err := readConnect("0"); err != nil || d != 0 {
		t.Errorf("no connect time-out: %v, %v", d, err)
	}
}
