package jsontext

import "testing"

func TestMistake(t *testing.T) {
	for text, want := range map[string]struct {
		at    int
		words string
	}{
		"":                  {0, "a value is missing at the end"},
		" \n":               {0, "a value is missing at the end"},
		`{"a": [1, {`:       {11, "a closing } is missing at the end"},
		`["a\"]  `:          {6, `a closing " is missing at the end`},
		`{"a": 1,}`:         {8, "a value is missing, or there is a comma too many before this"},
		`{"a":[1,]}`:        {8, "a value is missing, or there is a comma too many before this"},
		`{a: 1}`:            {1, "a name in double quotes is expected here"},
		`{"a": b}`:          {6, "a value is expected here: texts are in double quotes"},
		`{"a": 1 "b"}`:      {8, "a comma or } is expected here"},
		`[1 2]`:             {3, "a comma or ] is expected here"},
		`{"a" 1}`:           {5, "a colon is expected here"},
		"[\"a\n\"]":         {3, "a text ends with its line: the closing quote is missing"},
		"[\"a\x01\"]":       {3, `a text has no such character: write it as an escape, as \t or \u0000`},
		`["\x"]`:            {3, `there is no such escape: \" \\ \/ \b \f \n \r \t \u0000`},
		`["\u00g0"]`:        {6, `there is no such escape: \" \\ \/ \b \f \n \r \t \u0000`},
		`{} {}`:             {3, "one value is complete here, and more follows"},
		`[1.]`:              {3, "this is no number"},
		`[-]`:               {2, "this is no number"},
		`[1e]`:              {3, "this is no number"},
		`{"open": tru}`:     {12, "this is no value: texts are in double quotes"},
		`{"open": tru, 1: `: {12, "this is no value: texts are in double quotes"},
	} {
		at, words, wrong := Mistake([]byte(text))
		if !wrong || at != want.at || words != want.words {
			t.Errorf("%q: %d %q %v, want %d %q", text, at, words, wrong, want.at, want.words)
		}
	}
	for _, text := range []string{"1", ` {"a": [true, null, "風"]} `} {
		if at, words, wrong := Mistake([]byte(text)); wrong {
			t.Errorf("%q: %d %q", text, at, words)
		}
	}
}
