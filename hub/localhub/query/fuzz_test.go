package query_test

import (
	"context"
	"errors"
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
