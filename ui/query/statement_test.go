package query

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, where string
		devices     bool
		top         int
	}{
		{"tags.site = 'north' AND connectionState = 'Connected'", "tags.site = 'north' AND connectionState = 'Connected'", true, 0},
		{" status='enabled' ", "status='enabled'", true, 0},
		{"SELECT * FROM devices", "", true, 0},
		{"select top 5 * from devices where  tags.a.b[1] != -2", "tags.a.b[1] != -2", true, 5},
		{"SELECT * FROM devices.modules WHERE moduleId = '$edgeAgent'", "", false, 0},
		{"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'myJobId'", "", false, 0},
		{"SELECT COUNT() as totalNumberOfDevices FROM devices", "", false, 0},
		{"SELECT properties.reported.telemetryConfig.status AS status, COUNT() AS numberOfDevices FROM devices GROUP BY properties.reported.telemetryConfig.status", "", false, 0},
		{"SELECT DeviceId, LastActivityTime FROM devices WHERE status = 'enabled' AND connectionState = 'Disconnected'", "", false, 0},
		{"SELECT * FROM devices WHERE tags.location.region = 'US' AND properties.reported.telemetryConfig.sendFrequencyInSecs >= 60", "tags.location.region = 'US' AND properties.reported.telemetryConfig.sendFrequencyInSecs >= 60", true, 0},
		{"SELECT * FROM devices WHERE properties.reported.connectivity IN ['wired','wifi']", "properties.reported.connectivity IN ['wired','wifi']", true, 0},
		{"NOT is_defined(tags.x) OR (tags.[[group]].name NOT IN [1,-2,null])", "NOT is_defined(tags.x) OR (tags.[[group]].name NOT IN [1,-2,null])", true, 0},
		{"select * from devices where capabilities.iotEdge = true", "capabilities.iotEdge = true", true, 0},
		{"select deviceId from devices where array_contains(parentScopes, 's')", "", false, 0},
		{"select deviceId from devices.modules where moduleId = '$edgeAgent' and configurations.[[c12]].status = 'Applied' and properties.desired.$version = properties.reported.lastDesiredVersion", "", false, 0},
		{"SELECT * FROM devices WHERE STARTSWITH(devices.deviceId,'x')", "STARTSWITH(devices.deviceId,'x')", true, 0},
		{`tags.quote = 'it\'s' AND tags.quote = 'it''s' AND tags.n = 0x1E`, `tags.quote = 'it\'s' AND tags.quote = 'it''s' AND tags.n = 0x1E`, true, 0},
		{"properties.desired.interval * 2 + 1 > 10", "properties.desired.interval * 2 + 1 > 10", true, 0},
	} {
		s, problem := Parse(c.text)
		if problem != nil {
			t.Errorf("%s: %+v", c.text, problem)
			continue
		}
		if s.Where != c.where || s.Devices != c.devices || s.Top != c.top {
			t.Errorf("%s: %+v", c.text, s)
		}
		if s.Where != "" && !strings.HasPrefix(c.text[s.At:], s.Where) {
			t.Errorf("%s: the condition is not at %d", c.text, s.At)
		}
		if s.Where != "" && !strings.HasPrefix(s.Text[s.At+s.Offset:], s.Where) {
			t.Errorf("%s: not at %d of %s", c.text, s.Offset, s.Text)
		}
	}
}

// TestProblems: ^ in the text is the place.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		text  string
		grade Grade
		says  string
	}{
		{"tags.site = ^'north", Unfinished, "not closed"},
		{"tags.[[a^", Unfinished, ""},
		{"tags.site =^", Unfinished, "a field, a function or a value"},
		{"SELECT *^", Unfinished, "FROM"},
		{"SELECT * ^WHERE status = 'enabled'", Wrong, "FROM is missing"},
		{"SELECT * ^devices", Wrong, "FROM is missing"},
		{"SELECT * FROM ^device", Wrong, "devices.modules"},
		{"^WHERE status = 'enabled'", Wrong, "only the condition"},
		{"deviceId ^LIKE 'a%'", Wrong, "STARTSWITH"},
		{"SELECT * FROM devices ^ORDER BY deviceId", Wrong, "sorts the list"},
		{"SELECT * FROM devices WHERE status = 'enabled' ^ORDER BY deviceId", Wrong, "sorts the list"},
		{"status = 'enabled'^;", Wrong, "semicolon"},
		{"status = 'enabled' ^status = 'disabled'", Wrong, "AND, OR"},
		{"^COUNT() > 1", Wrong, "between SELECT and FROM"},
		{"^FOO(status) = 1", Doubt, "no function"},
		{"^site = 'north'", Doubt, "tags.site?"},
		{"tags.^group = 1", Wrong, "[[group]]"},
		{"status IN ^'enabled'", Wrong, "a list"},
		{"status ^is null", Wrong, "is_null"},
		{"(status = 'enabled'^", Unfinished, ")"},
		{"^tags.ok", Doubt, "compare it"},
		{"SELECT * FROM devices GROUP BY ^status", Doubt, "in place of *"},
	} {
		at := strings.Index(c.text, "^")
		text := c.text[:at] + c.text[at+1:]
		if c.text == "tags.[[a^" {
			at = 5
		}
		_, problem := Parse(text)
		switch {
		case problem == nil:
			t.Errorf("%s: no problem", c.text)
		case problem.Grade != c.grade || problem.At != at || !strings.Contains(problem.Reason, c.says):
			t.Errorf("%s: %+v, want at %d", c.text, problem, at)
		}
	}
}

func TestTooLongIsWrong(t *testing.T) {
	if _, p := Parse("deviceId = '" + strings.Repeat("x", MaxText) + "'"); p == nil || p.Grade != Wrong {
		t.Errorf("%+v", p)
	}
}

func TestDeepIsWrong(t *testing.T) {
	if _, p := Parse(strings.Repeat("(", 5000)); p == nil || p.Grade != Wrong {
		t.Errorf("%+v", p)
	}
	if _, p := Parse(strings.Repeat("NOT ", 2000)); p == nil || p.Grade != Wrong {
		t.Errorf("%+v", p)
	}
}

func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", "tags.site = 'north' AND ", "SELECT TOP 5 * FROM devices WHERE tags.[[a b]].c IN [1, 'x']", "SELECT COUNT() FROM devices GROUP BY status",
		"'", "[[", "a.b.", "f(f(f(1,2),'", "SELECT status, properties.reported.x AS y FROM devices.modules", "x=\"\\\"'", "1e+ 0x", "ä.ß = '💥'", "a[1].b[",
	} {
		f.Add(text, len(text))
	}
	seen := someSeen()
	f.Fuzz(func(t *testing.T, text string, at int) {
		for tok := scan(text, 0); tok.kind != endToken; tok = scan(text, tok.end) {
			if tok.end <= tok.at || tok.end > len(text) {
				t.Fatalf("token %+v", tok)
			}
		}
		s, problem := Parse(text)
		if problem != nil && (problem.At < 0 || problem.At > len(text) || problem.Reason == "" || problem.Column(text) < 1) {
			t.Fatalf("%+v", problem)
		}
		if (problem == nil || problem.Grade == Doubt) && s.Text == "" {
			t.Fatal("a text that can be run gives no statement")
		}
		if problem == nil && s.Devices && !strings.HasPrefix(text[s.At:], s.Where) {
			t.Fatalf("%+v", s)
		}
		c := Complete(text, at, seen)
		if c.From < 0 || c.From > c.To || c.To > len(text) || len(c.Offers) > mostOffers {
			t.Fatalf("%+v", c)
		}
	})
}
