package query_test

import (
	"errors"
	"strings"
	"testing"

	"hubscope/hub/localhub/query"
)

// Where a text is wrong, and why; § marks the place.
// Protocol 3.1.2.
func TestErrorsSayWhere(t *testing.T) {
	for _, test := range []struct{ text, reason string }{
		{`§`, "expected 'SELECT', found the end"},
		{`§DROP TABLE devices`, `expected 'SELECT', found "DROP"`},
		{`SELECT §`, "expected a name, a value or '('"},
		{`SELECT § FROM devices`, `found "FROM"`},
		{`SELECT *§`, "expected 'FROM', found the end"},
		{`SELECT * §WHERE a = 1`, `expected 'FROM', found "WHERE"`},
		{`SELECT * FROM §nowhere`, "devices.modules"},
		{`SELECT * FROM devices.§things`, "devices.jobs"},
		{`SELECT * FROM devices WHERE§`, "found the end"},
		{`SELECT * FROM devices §ORDER BY deviceId`, `expected the end, found "ORDER"`},
		{`SELECT * FROM devices §deviceId = 'a'`, "expected the end"},
		{`SELECT * FROM devices§;`, "no semicolon"},
		{"SELECT *\nFROM devices\n  WHERE §#a = 1", "'#'"},
		{"SELECT * FROM devices WHERE tags.ä = 'ö' AND §= 1", "found '='"},
		{`SELECT * FROM devices WHERE tags.a = §'open`, "no closing quote"},
		{`SELECT * FROM devices WHERE tags.a = 'x§\n'`, "backslash"},
		{`SELECT * FROM devices WHERE §[[a = 1`, "no ]]"},
		{`SELECT * FROM devices WHERE §[[]] = 1`, "empty"},
		{`SELECT * FROM devices WHERE tags.a = §12abc`, "number"},
		{`SELECT * FROM devices WHERE tags.a = §0x`, "number"},
		{`SELECT * FROM devices WHERE tags.a = §1e999`, "number"},
		{`SELECT * FROM devices WHERE tags.§group.name = 'a'`, "[[group]]"},
		{`SELECT * FROM devices WHERE tags. §= 1`, "name after '.'"},
		{`SELECT * FROM devices WHERE tags.a[§'x'] = 1`, "position of an element"},
		{`SELECT * FROM devices WHERE tags.a IN §'x'`, "array"},
		{`SELECT * FROM devices WHERE tags.a IN [§]`, "in the array"},
		{`SELECT * FROM devices WHERE tags.a IN ['x'§`, "']'"},
		{`SELECT * FROM devices WHERE tags.a IN ['x', §tags.b]`, "in the array"},
		{`SELECT * FROM devices WHERE tags.a NOT §LIKE 'x'`, "'IN'"},
		{`SELECT * FROM devices WHERE (tags.a = 1§`, "')'"},
		{`SELECT * FROM devices WHERE §nope(tags.a)`, `no function "nope"`},
		{`SELECT * FROM devices WHERE §is_defined()`, "takes 1 argument, it has 0"},
		{`SELECT * FROM devices WHERE §SUBSTRING('a')`, "takes 2 or 3 arguments, it has 1"},
		{`SELECT * FROM devices WHERE §COUNT() > 1`, "item of SELECT"},
		{`SELECT TOP §x * FROM devices`, "after TOP"},
		{`SELECT TOP §1.5 * FROM devices`, "after TOP"},
		{`SELECT TOP §-1 * FROM devices`, "after TOP"},
		{`SELECT deviceId AS §from FROM devices`, "reserved"},
		{`SELECT *§, deviceId FROM devices`, "'FROM'"},
		{`SELECT deviceId, §* FROM devices`, "stand alone"},
		{`SELECT tags.a.x, §tags.b.x FROM devices`, "AS"},
		{`SELECT §deviceId, COUNT() FROM devices`, "GROUP BY"},
		{`SELECT §tags.a, COUNT() FROM devices GROUP BY tags.b`, "GROUP BY"},
		{`SELECT COUNT(§tags.a) FROM devices`, "')'"},
		{`SELECT AVG(§) FROM devices`, "name"},
		{`SELECT §COUNT() FROM devices.jobs`, "devices.jobs"},
		{`SELECT §jobId FROM devices.jobs`, "devices.jobs"},
		{`SELECT status, COUNT() FROM devices GROUP §status`, "'BY'"},
	} {
		before, after, _ := strings.Cut(test.text, "§")
		_, err := query.Parse(before + after)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		line := strings.Count(before, "\n") + 1
		column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
		spaces := len([]rune(after)) - len([]rune(strings.TrimLeft(after, " ")))
		if e.Line != line || e.Column != column && e.Column != column+spaces || !strings.Contains(e.Reason, test.reason) || strings.Contains(e.Error(), ";") {
			t.Errorf("%s: %v", test.text, e)
		}
	}
}

func TestLimits(t *testing.T) {
	const start = "SELECT * FROM devices WHERE tags.a = '"
	fill := func(n int) string { return start + strings.Repeat("ä", n-len(start)-1) + "'" }
	if _, err := query.Parse(fill(8192)); err != nil {
		t.Errorf("8192 characters: %v", err)
	}
	if _, err := query.Parse(fill(8193)); err == nil {
		t.Error("8193 characters are accepted")
	}
	for _, nested := range []string{strings.Repeat("(", 4000), strings.Repeat("NOT ", 2000), strings.Repeat("- ", 3000), strings.Repeat("abs(", 1500)} {
		_, err := query.ParseCondition(nested + "1")
		if err == nil || !strings.Contains(err.Error(), "nested") {
			t.Errorf("%.10s...: %v", nested, err)
		}
	}
	if _, err := query.Parse("SELECT * FROM devices GROUP BY status"); err == nil {
		t.Error("SELECT * with GROUP BY is accepted")
	}
}
