package twindoc

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func object(t testing.TB, text string) Object {
	t.Helper()
	o, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// protocol 2.5: PATCH merges, null deletes, absent keys stay, arrays are leaves.
// Protocol 2.5.3.
func TestMerged(t *testing.T) {
	for _, c := range []struct{ name, have, patch, want string }{
		{"adds", `{}`, `{"a":1}`, `{"a":1}`},
		{"keeps what is absent", `{"a":1,"b":2}`, `{"b":3}`, `{"a":1,"b":3}`},
		{"null deletes", `{"a":1,"b":2}`, `{"a":null}`, `{"b":2}`},
		{"deletes what is not there", `{"a":1}`, `{"x":null}`, `{"a":1}`},
		{"goes deep", `{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":null,"e":3}}}`, `{"a":{"b":{"d":2,"e":3}}}`},
		{"leaf becomes object", `{"a":1}`, `{"a":{"b":null,"c":2}}`, `{"a":{"c":2}}`},
		{"object becomes leaf", `{"a":{"b":1}}`, `{"a":true}`, `{"a":true}`},
		{"arrays replace", `{"a":[1,2]}`, `{"a":[{"x":"y"}]}`, `{"a":[{"x":"y"}]}`},
		{"numbers as written", `{}`, `{"a":1.0,"b":4503599627370495,"c":1e3}`, `{"a":1.0,"b":4503599627370495,"c":1e3}`},
		{"text as written", `{}`, `{"a":"<&>\u00e9"}`, `{"a":"<&>é"}`},
		{"what the hub decides is left out", `{}`, `{"a":1,"$version":7,"$metadata":{"a":{}}}`, `{"a":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(object(t, c.have).Merged(object(t, c.patch)).JSON()); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels) + `{"leaf":1}` + strings.Repeat(`}`, levels)
}

// protocol 2.5, the rules; 9.
// Protocol 2.5.8, 2.5.9, 2.5.10.
func TestParseRules(t *testing.T) {
	for _, c := range []struct {
		name, text, path string
		ok               bool
	}{
		{"empty", `{}`, "", true},
		{"depth 10", nested(10), "", true},
		{"depth 11", nested(11), "a.a.a.a.a.a.a.a.a.a.a", false},
		{"arrays count as levels", `{"a":` + strings.Repeat(`[`, 11) + strings.Repeat(`]`, 11) + `}`, "a[0][0][0][0][0][0][0][0][0][0]", false},
		{"key of 1 KB", `{"` + strings.Repeat("k", 1024) + `":1}`, "", true},
		{"key above 1 KB", `{"` + strings.Repeat("k", 1025) + `":1}`, "", false},
		{"text of 4 KB", `{"a":"` + strings.Repeat("x", 4096) + `"}`, "", true},
		{"text above 4 KB", `{"a":"` + strings.Repeat("x", 4097) + `"}`, "a", false},
		{"dot", `{"a":{"b.c":1}}`, "a", false},
		{"dollar", `{"a":{"$version":1}}`, "a", false},
		{"blank", `{"a b":1}`, "", false},
		{"control character", `{"a\u0001":1}`, "", false},
		{"empty name", `{"":1}`, "", false},
		{"largest integer", `{"a":4503599627370495,"b":-4503599627370496}`, "", true},
		{"larger integer", `{"a":4503599627370496}`, "a", false},
		{"smaller integer", `{"a":-4503599627370497}`, "a", false},
		{"huge integer", `{"a":99999999999999999999999}`, "a", false},
		{"huge float", `{"a":1e999}`, "a", false},
		{"null in an array", `{"a":[1,null]}`, "a[1]", false},
		{"null in an object in an array", `{"a":[{"b":null}]}`, "", true},
		{"array", `[]`, "", false},
		{"null", `null`, "", false},
		{"text", `"x"`, "", false},
		{"nothing", ``, "", false},
		{"two documents", `{}{}`, "", false},
		{"half", `{"a":`, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if c.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var rule *RuleError
			if !errors.As(err, &rule) || rule.Path != c.path {
				t.Errorf("error = %v, want one about %q", err, c.path)
			}
		})
	}
}

// protocol 2.5: names and texts by their bytes, numbers 8, booleans 4.
// Protocol 2.5.11.
func TestSize(t *testing.T) {
	for text, want := range map[string]int{
		`{}`:                             0,
		`{"ab":"xyz"}`:                   5,
		`{"a":1}`:                        9,
		`{"a":true}`:                     5,
		`{"é":"é"}`:                      4,
		`{"a":{"b":[1,false,"x"]}}`:      1 + 1 + 8 + 4 + 1,
		`{"a":1,"$version":123456789.5}`: 9,
	} {
		if got := object(t, text).Size(); got != want {
			t.Errorf("%s has size %d, want %d", text, got, want)
		}
	}
}

const second, third = "2026-11-22T14:00:02.0000000Z", "2026-11-22T14:00:03.0000000Z"

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return when
}

// protocol 2.5: metadata mirrors the properties; desired has
// $lastUpdatedVersion, at the root too.
// Protocol 2.5.2.
func TestDocument(t *testing.T) {
	d, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, d.JSON(), `{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}`)
	d.Merge(object(t, `{"a":{"b":1,"c":[1]},"d":"x"}`), at(second), true)
	stored := d.JSON()
	want(t, stored, `{"$metadata":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2,`+
		`"a":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2,"b":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2},"c":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2}},`+
		`"d":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2}},"$version":2,"a":{"b":1,"c":[1]},"d":"x"}`)

	if d, err = Load(stored); err != nil {
		t.Fatal(err)
	}
	d.Merge(object(t, `{"a":{"b":null},"d":{"e":1}}`), at(third), true)
	want(t, d.JSON(), `{"$metadata":{"$lastUpdated":"`+third+`","$lastUpdatedVersion":3,`+
		`"a":{"$lastUpdated":"`+third+`","$lastUpdatedVersion":3,"c":{"$lastUpdated":"`+second+`","$lastUpdatedVersion":2}},`+
		`"d":{"$lastUpdated":"`+third+`","$lastUpdatedVersion":3,"e":{"$lastUpdated":"`+third+`","$lastUpdatedVersion":3}}},`+
		`"$version":3,"a":{"c":[1]},"d":{"e":1}}`)
	want(t, d.Plain(), `{"$version":3,"a":{"c":[1]},"d":{"e":1}}`)

	d.Replace(object(t, `{"z":null,"y":{"x":null}}`), at(second), false)
	want(t, d.JSON(), `{"$metadata":{"$lastUpdated":"`+second+`","y":{"$lastUpdated":"`+second+`"}},"$version":4,"y":{}}`)
}

func want(t *testing.T, got json.RawMessage, text string) {
	t.Helper()
	if string(got) != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
}

func TestLoadDamaged(t *testing.T) {
	for _, text := range []string{`{`, `[]`, `{"a":1}`, `{"$version":1}`, `{"$version":"x","$metadata":{}}`, `{"$version":1,"$metadata":1}`} {
		if _, err := Load([]byte(text)); err == nil {
			t.Errorf("%s is no stored document", text)
		}
	}
}

// Whatever is accepted merges, keeps the rules, mirrors its metadata, and comes
// back from the store as it was.
func FuzzMerge(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":{"b":[1,{"c":null}]},"d":null}`, `{"a":1e5}`, `{"a":"\ud800"}`, nested(10)} {
		f.Add([]byte(`{"a":{"x":1},"d":2}`), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, have, patch []byte) {
		first, err := Parse(have)
		if err != nil {
			return
		}
		second, err := Parse(patch)
		if err != nil {
			return
		}
		d, _ := Load(nil)
		d.Merge(first, time.Unix(0, 0), true)
		d.Merge(second, time.Unix(1, 0), true)
		checkMirror(t, d.Properties, d.metadata)
		stored := d.JSON()
		again, err := Load(stored)
		if err != nil || string(again.JSON()) != string(stored) || again.Version != 3 {
			t.Fatalf("%s came back as %s, %v", stored, again.JSON(), err)
		}
		if _, err := Parse(again.Plain()); err != nil {
			t.Fatalf("%s breaks the rules: %v", again.Plain(), err)
		}
	})
}

func checkMirror(t *testing.T, properties, metadata map[string]any) {
	t.Helper()
	members := 0
	for key, value := range metadata {
		if strings.HasPrefix(key, "$") {
			continue
		}
		members++
		if _, ok := properties[key]; !ok {
			t.Fatalf("metadata of %q, which is not there: %v", key, value)
		}
	}
	if members != len(properties) {
		t.Fatalf("%d members, metadata of %d", len(properties), members)
	}
	for key, value := range properties {
		child, _ := value.(map[string]any)
		checkMirror(t, child, metadata[key].(map[string]any))
	}
}
