package profile

import (
	"errors"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, p := range Builtins() {
		f.Add(p.Source, false)
	}
	f.Add(`{"values":{"a":{"type":"walk","min":1,"max":2}},"messages":[{"body":{"a":"{{a}}"}}]}`, true)
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		file := "p.toml"
		if asJSON {
			file = "p.json"
		}
		p, err := Parse(file, []byte(text))
		if err != nil {
			var all Errors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("error %v is %T", err, err)
			}
			return
		}
		_, err = p.Preview("d", 1, start, 5)
		var run *RunError
		if err != nil && !errors.As(err, &run) {
			t.Fatalf("error %v is %T", err, err)
		}
		d := p.NewDevice("d", 1)
		_, _ = d.Reported(start)
		for _, m := range p.Methods {
			_, _, _ = d.Method(m.Name, []byte(`{"a":1}`), start)
		}
		_, _ = d.Apply([]byte(`{"interval":2,"a":{"b":null}}`), 1, true, start)
	})
}
