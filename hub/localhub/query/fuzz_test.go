package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"hubscope/hub/localhub/query"
)

// FuzzQuery runs any text over a few devices: it ends, it never panics, and a
// refusal says where the text is wrong.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{
		"SELECT * FROM devices", "SELECT COUNT() AS n FROM devices WHERE tags.location.region = 'US'",
		"SELECT tags.a, AVG(tags.b) FROM devices GROUP BY tags.a", "select top 3 deviceId as [[x y]] from devices.modules where moduleId nin ['a','b']",
		`SELECT * FROM devices WHERE STARTSWITH(devices.deviceId,'p') AND NOT is_defined(tags.[[group]].name)`,
		"SELECT * FROM devices WHERE 1 + 2 * -3 % 0 < 0x1F OR tags.a[0] = undefined", "SELECT", "", "((((", `'\u00e4''`,
		"SELECT SUBSTRING('abc', 1, 99), POWER(2, 4096), CONCAT('a', null) FROM devices",
	} {
		f.Add(text)
	}
	e := fleet(f)
	f.Fuzz(func(t *testing.T, text string) {
		page, err := e.Query(context.Background(), text, 2, "")
		var wrong *query.Error
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("%q: %v is no error of the language", text, err)
		}
		if err != nil || page.Continuation == "" {
			return
		}
		if _, err := e.Query(context.Background(), text, 2, page.Continuation); err != nil {
			t.Fatalf("%q: the second page: %v", text, err)
		}
	})
}

// FuzzConditionSpans runs any condition over any tags: it never panics, and reading
// only the rows that the condition can be true for gives what reading all gives,
// which NOT NOT makes the engine do.
func FuzzConditionSpans(f *testing.F) {
	for _, text := range []string{
		"deviceId = 'b'", "deviceId > 'a' AND NOT id >= 'c'", "STARTSWITH(deviceId, 'b') OR tags.n = 1", "deviceId IN ['a', 'c', 1] AND 'b' < deviceId",
		"deviceId <= ''", "deviceId != 'a'", "tags.a[0].b + 1 > LENGTH(tags.s)", "is_defined(tags.[[x y]]) AND deviceId < 'c'",
	} {
		f.Add(text, `{"n":1,"s":"x","a":[{"b":2}]}`)
	}
	f.Fuzz(func(t *testing.T, text, tags string) {
		var object map[string]any
		if json.Unmarshal([]byte(tags), &object) != nil || object == nil {
			return
		}
		if c, err := query.ParseCondition(text); err != nil || c.Text() == "" || c.Collection() != query.Devices {
			return
		}
		source := documents(t, `{"deviceId":"a","tags":`+tags+`}`, `{"deviceId":"b","tags":{}}`, `{"deviceId":"bb","tags":`+tags+`}`, `{"deviceId":"c","tags":{"n":1}}`)
		e := query.New(query.Sources{Devices: source}, []byte("key"))
		narrow, err := e.Query(t.Context(), "SELECT deviceId FROM devices WHERE ("+text+")", 10, "")
		if err != nil {
			return // parentheses or the length are too much
		}
		whole, err := e.Query(t.Context(), "SELECT deviceId FROM devices WHERE NOT NOT ("+text+")", 10, "")
		if err == nil && fmt.Sprintf("%s", narrow.Items) != fmt.Sprintf("%s", whole.Items) {
			t.Errorf("%q: %s, all rows give %s", text, narrow.Items, whole.Items)
		}
	})
}
