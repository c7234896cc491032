package query

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func someSeen() *Seen {
	return Look([]json.RawMessage{
		json.RawMessage(`{"deviceId":"pump-1","status":"enabled","tags":{"site":"north","floor":3,"group":{"name":"a"},"it's odd":true},"properties":{"desired":{"interval":10,"$metadata":{},"$version":2},"reported":{"firmware":{"version":"1.2"},"errors":["e1"]}}}`),
		json.RawMessage(`{"deviceId":"pump-2","tags":{"site":"south"}}`),
	})
}

func TestLook(t *testing.T) {
	want := []string{
		"deviceId", "properties.desired.interval", "properties.reported.errors", "properties.reported.firmware", "properties.reported.firmware.version",
		"status", "tags.[[group]]", "tags.[[group]].name", "tags.[[it's odd]]", "tags.floor", "tags.site",
	}
	s := someSeen()
	if !slices.Equal(s.order, want) {
		t.Errorf("got %q", s.order)
	}
	if f, _ := s.Field("tags.site"); !slices.Equal(f.Values, []string{"'north'", "'south'"}) {
		t.Errorf("values %q", f.Values)
	}
	var merged Seen
	merged.Merge(s)
	merged.Merge(Look([]json.RawMessage{json.RawMessage(`{"tags":{"site":"we'st\\"}}`)}))
	if f, _ := merged.Field("tags.site"); !slices.Equal(f.Values, []string{"'north'", "'south'", `'we\'st\\'`}) {
		t.Errorf("values %q", f.Values)
	}
}

func TestLookIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"tags":{`)
	for i := range 3000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"n` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26%40) + `":` + `"` + strings.Repeat("v", i%90) + `"`)
	}
	b.WriteString("}}")
	s := Look([]json.RawMessage{json.RawMessage(b.String()), json.RawMessage(`{"tags":`), nil})
	if s.Len() == 0 || s.Len() > mostFields {
		t.Errorf("%d fields", s.Len())
	}
}

// TestComplete: | is the cursor. want are the first offers, as they stand in the text when taken.
func TestComplete(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"|", []string{"deviceId", "status", "connectionState"}},
		{"con|", []string{"connectionState", "CONTAINS(", "CONCAT("}},
		{"site|", []string{"tags.site"}},
		{"tags.|", []string{"tags.[[group]]", "tags.[[group]].name", "tags.[[it's odd]]", "tags.floor", "tags.site"}},
		{"tags.s|", []string{"tags.site"}},
		{"tags.site |", []string{"= ", "!= "}},
		{"tags.site = |", []string{"'north'", "'south'"}},
		{"tags.site = n|", []string{"'north'"}},
		{"tags.site = 's|", []string{"'south'"}},
		{"tags.site = 's|' AND status = 'enabled'", []string{"'south'"}},
		{"tags.site IN [|", []string{"'north'", "'south'"}},
		{"tags.site IN ['north', '|", []string{"'north'", "'south'"}},
		{"tags.site = 'north' |", []string{"AND ", "OR "}},
		{"tags.site = 'north' a|", []string{"AND "}},
		{"(tags.site = 'north' |", []string{"AND ", "OR ", ") "}},
		{"STATUS = |", []string{"'enabled'", "'disabled'"}},
		{"devices.status = |", []string{"'enabled'", "'disabled'"}},
		{"STARTSWITH(tags.site, |", []string{"'north'", "'south'"}},
		{"sel|", []string{"SELECT "}},
		{"SELECT |", []string{"COUNT()", "AVG("}},
		{"SELECT * |", []string{"FROM "}},
		{"SELECT * FROM |", []string{"devices ", "devices.modules ", "devices.jobs "}},
		{"SELECT * FROM devices |", []string{"WHERE ", "GROUP "}},
		{"SELECT * FROM devices WHERE tags.fl|", []string{"tags.floor"}},
		{"SELECT status, COUNT() FROM devices GROUP |", []string{"BY "}},
		{"tags.site LIKE |", nil},
		{"tags.site = 'north'|", nil},
		{"properties.reported.firmware.v| = '1.2'", []string{"properties.reported.firmware.version"}},
	} {
		at := strings.Index(c.text, "|")
		text := c.text[:at] + c.text[at+1:]
		got := Complete(text, at, someSeen())
		var takes []string
		for _, o := range got.Offers[:min(len(c.want), len(got.Offers))] {
			takes = append(takes, o.Take)
		}
		if !slices.Equal(takes, c.want) || len(c.want) == 0 && len(got.Offers) > 0 {
			t.Errorf("%s\n got %q\nwant %q", c.text, got.Offers, c.want)
		}
	}
}

func TestCompleteReplacesTheWord(t *testing.T) {
	const text = "tags.si = 'x' AND status = 'enabled'"
	c := Complete(text, 7, someSeen())
	if c.From != 0 || c.To != 7 {
		t.Errorf("%d to %d", c.From, c.To)
	}
	if c = Complete(text, 3, someSeen()); c.To != 4 && c.To != 7 {
		t.Errorf("%d to %d", c.From, c.To)
	}
}
