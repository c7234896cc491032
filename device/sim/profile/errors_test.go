package profile

import (
	"fmt"
	"strings"
	"testing"
)

func TestErrorsPointAtThePlace(t *testing.T) {
	const message = "\n[[messages]]\nbody = ''"
	for _, c := range []struct {
		name, text string
		want       string // line:column: part of the sentence
	}{
		{"generator", `values = { a = { type = "sinus" } }` + message, `1:25: unknown generator "sinus": did you mean "sine"?`},
		{"key", "intervall = 3" + message, `1:1: unknown key "intervall" in a profile`},
		{"key of a message", "[[messages]]\nbody=''\n  intervall = 3", `3:3: unknown key "intervall" in a message: did you mean "interval"?`},
		{"key of a generator", `values = { a = { type = "float", min = 1, max = 2, digits = 3 } }` + message, `1:52: unknown key "digits" in a value of type float`},
		{"missing bound", `values = { a = { type = "float", min = 1 } }` + message, `1:16: a value of type float needs max`},
		{"bounds", `values = { a = { type = "float", min = 3, max = 2 } }` + message, `1:49: max is less than min`},
		{"name", "[values]\ntemperature = 1\n[[messages]]\nbody = 'x {{ temprature }}'", `4:14: unknown name "temprature": did you mean "temperature"?`},
		{"name in an expression", "[[messages]]\nbody = { a = 'é {{1 + nn}}' }", `2:23: unknown name "nn": did you mean "n"?`},
		{"function", "[[messages]]\nbody = '{{rond(n)}}'", `2:11: unknown function "rond": did you mean "round"?`},
		{"types", "[[messages]]\nbody = '{{deviceId * 2}}'", `2:20: * does not work with text and whole number`},
		{"early end", "[[messages]]\nbody = '{{n +}}'", `2:14: the expression ends too early`},
		{"open", "[[messages]]\nbody = '{{n'", `2:11: {{ without }}`},
		{"loop", "[[messages]]\nbody = '{{len(map(1..1000, #))}}'", `unknown function "map"`},
		{"range", "[[messages]]\nbody = '{{len(1..1000)}}'", `ranges are not known here`},
		{"circle", "[values]\na = '{{b}}'\nb = '{{a + 1}}'" + message, `these values need each other`},
		{"interval", "[[messages]]\nbody=''\ninterval = 'often'", `3:12: interval is a time such as "500ms"`},
		{"short interval", "[[messages]]\nbody=''\ninterval = '1ns'", `3:12: interval is 1ns: it has to be 1ms to`},
		{"two bodies", "[[messages]]\nbody=''\nhex = '00'", `3:7: a message has one body`},
		{"no body", "[[messages]]\nname = 'a'", `1:3: a message needs a body`},
		{"no message", "name = 'a'", `1:1: a profile needs a message`},
		{"names", "[[messages]]\nbody=''\n[[messages]]\nname='telemetry'\nbody=''", `4:6: there are two messages named "telemetry"`},
		{"hex", "[[messages]]\nhex='0g'", `2:5: this is not hex`},
		{"condition", "[[messages]]\nbody=''\nwhen = 'n + 1'", `3:8: a condition is true or false`},
		{"kind", "[[messages]]\nbody=''\nname = 3", `3:8: name has to be a text, not a whole number`},
		{"word", `settle = "complet"` + message, `1:10: unknown settle "complet": did you mean "complete"?`},
		{"point", "[values]\na = { type='track', points = [[47, 8], [8, 147]] }" + message, `a point is [longitude, latitude]`},
		{"fake", "[values]\na = { type='fake', text='{firstnam}' }" + message, `2:25: unknown word {firstnam}: did you mean "firstname"?`},
		{"time", "[values]\na = { type='time', format='unxi' }" + message, `unknown format "unxi": did you mean "unix"?`},
		{"set", "[values]\na = '{{n}}'\n[[methods]]\nname='m'\nset={a=1}" + message, `5:6: "a" cannot be set`},
		{"reserved", "[values]\nn = 1" + message, `2:1: "n" means something already`},
		{"payload", "[[messages]]\nbody='{{payload.a}}'", `payload is known in the answers of methods only`},
		{"not TOML", "a = \nb = 1", `1:`},
		{"twice", "name = 'a'\nname = 'b'", `2:`},
		{"method after one that always answers", "[[methods]]\nname='m'\n[[methods]]\nname='m'" + message, `method "m" is always answered by the one before`},
		{"empty braces", "[[messages]]\nbody='{{}}'", `nothing between the braces`},
		{"let", "[[messages]]\nbody='{{let a = 1; a}}'", `let and ; are not known here`},
		{"template in a pick", "[values]\na = { type='pick', values=[1, '{{nn}}'] }" + message, `2:34: unknown name "nn"`},
		{"circle by a pick", "[values]\na = { type='pick', values=['{{b}}'] }\nb = [['{{a}}']]" + message, `these values need each other`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("p.toml", []byte(c.text))
			if err == nil {
				t.Fatal("no error")
			}
			first := problems(t, err)[0]
			if got := fmt.Sprintf("%d:%d: %s", first.Line, first.Column, first.Message); !strings.Contains(got, c.want) {
				t.Errorf("error %q, want %q", got, c.want)
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "\x00") {
				t.Errorf("error %q is more than a line", err)
			}
		})
	}
}

func TestErrorsOfJSON(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{\n \"messages\": [{\"body\": {\"a\": \"{{nn}}\"}}]}", `2:33: unknown name "nn"`},
		{"{\n \"messages\": [{\"body\": 1,}]}", `2:`},
		{"{\"messages\": [", `1:15: this is not JSON: it ends too early`},
		{"[]", `1:1: a profile is an object`},
		{`{"a":1,"a":2}`, `1:8: "a" is there twice`},
		{`{"messages":[{"body":1}]} x`, `1:27: this is not JSON`},
		{`{"mesages":[{"body":1}]}`, `unknown key "mesages" in a profile: did you mean "messages"?`},
	} {
		_, err := Parse("p.json", []byte(c.text))
		if err == nil {
			t.Errorf("%s: no error", c.text)
			continue
		}
		if !strings.Contains(fmt.Sprint([]error{err}), c.want) && !anyContains(problems(t, err), c.want) {
			t.Errorf("%s: error %v, want %s", c.text, err, c.want)
		}
	}
}

func anyContains(all []*Error, want string) bool {
	for _, e := range all {
		if strings.Contains(e.Error(), want) {
			return true
		}
	}
	return false
}

func TestSeveralErrorsAtOnce(t *testing.T) {
	_, err := Parse("p.toml", []byte("nam = 1\n[values]\na = { type='sinus' }\n[[messages]]\nbody='{{b}}'\nx=1\n"))
	all := problems(t, err)
	var lines []int
	for _, e := range all {
		lines = append(lines, e.Line)
	}
	if fmt.Sprint(lines) != "[1 3 5 6]" {
		t.Errorf("errors at lines %v: %v", lines, all)
	}
}
