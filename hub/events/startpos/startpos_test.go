package startpos

import (
	"strings"
	"testing"
	"time"

	"hubscope/hub/events"
)

var (
	cet  = time.FixedZone("CET", 3600)
	noon = time.Date(2026, 11, 22, 15, 42, 0, 0, cet) // a Sunday
)

func TestTimes(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{" 14:30:15 ", "Sun 22 Nov 14:30:15 CET, 1 h 11 min ago"},
		{"14:30:15.25", "Sun 22 Nov 14:30:15 CET, 1 h 11 min ago"},
		{"2:30 pm", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"12:05am", "Sun 22 Nov 00:05:00 CET, 15 h 37 min ago"},
		{"2pm", "Sun 22 Nov 14:00:00 CET, 1 h 42 min ago"},
		{"14:30 UTC", "Sun 22 Nov 15:30:00 CET, 12 min ago"},
		{"14:30Z", "Sun 22 Nov 15:30:00 CET, 12 min ago"},
		{"14:30 +02:00", "Sun 22 Nov 13:30:00 CET, 2 h 12 min ago"},
		{"today 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"today", "Sun 22 Nov 00:00:00 CET, 15 h 42 min ago"},
		{"noon", "Sun 22 Nov 12:00:00 CET, 3 h 42 min ago"},
		{"yesterday 14:30", "Sat 21 Nov 14:30:00 CET, 1 d 1 h ago"},
		{"Yesterday at 2:30 PM", "Sat 21 Nov 14:30:00 CET, 1 d 1 h ago"},
		{"yesterday", "Sat 21 Nov 00:00:00 CET, 1 d 15 h ago"},
		{"friday 8:00", "Fri 20 Nov 08:00:00 CET, 2 d 7 h ago"},
		{"last fri 8:00", "Fri 20 Nov 08:00:00 CET, 2 d 7 h ago"},
		{"sunday 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"sunday 16:00", "Sun 15 Nov 16:00:00 CET, 6 d 23 h ago"},
		{"2026-11-22", "Sun 22 Nov 00:00:00 CET, 15 h 42 min ago"},
		{"2026-11-22 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"2026-11-22T14:30Z", "Sun 22 Nov 15:30:00 CET, 12 min ago"},
		{"2026-11-22T14:30:05.123456789+02:00", "Sun 22 Nov 13:30:05 CET, 2 h 11 min ago"},
		{"2026-11-22T14:30:05+01:00", "Sun 22 Nov 14:30:05 CET, 1 h 11 min ago"},
		{"2026-11-22t14:30:05+0100", "Sun 22 Nov 14:30:05 CET, 1 h 11 min ago"},
		{"2026/11/22 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"22 Nov 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"Nov 22 14:30", "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago"},
		{"1 january 2026", "Thu 1 Jan 00:00:00 CET, 325 d 15 h ago"},
		{"24 Dec 2025 18:00", "Wed 24 Dec 2025 18:00:00 CET, 332 d 21 h ago"},
		{"90m", "Sun 22 Nov 14:12:00 CET, 1 h 30 min ago"},
		{"90 m ago", "Sun 22 Nov 14:12:00 CET, 1 h 30 min ago"},
		{"2 h ago", "Sun 22 Nov 13:42:00 CET, 2 h ago"},
		{"2 hours ago", "Sun 22 Nov 13:42:00 CET, 2 h ago"},
		{"1h30m", "Sun 22 Nov 14:12:00 CET, 1 h 30 min ago"},
		{"1 hour and 30 minutes", "Sun 22 Nov 14:12:00 CET, 1 h 30 min ago"},
		{"an hour ago", "Sun 22 Nov 14:42:00 CET, 1 h ago"},
		{"1.5h", "Sun 22 Nov 14:12:00 CET, 1 h 30 min ago"},
		{"45s", "Sun 22 Nov 15:41:15 CET, 45 s ago"},
		{"200 s", "Sun 22 Nov 15:38:40 CET, 3 min 20 s ago"},
		{"3 days ago", "Thu 19 Nov 15:42:00 CET, 3 d ago"},
		{"1w", "Sun 15 Nov 15:42:00 CET, 7 d ago"},
		{"0s", "Sun 22 Nov 15:42:00 CET, just now"},
		{"1795357800", "Sun 22 Nov 15:30:00 CET, 12 min ago"},
		{"1795357800000", "Sun 22 Nov 15:30:00 CET, 12 min ago"},
	}
	for _, test := range tests {
		s, err := Parse(test.typed, noon)
		if err != nil {
			t.Errorf("%q: %v", test.typed, err)
			continue
		}
		if got := s.Describe(noon); s.Kind != Time || got != test.want {
			t.Errorf("%q means %q, want %q", test.typed, got, test.want)
		}
		if s.Position() != events.At(s.Time) {
			t.Errorf("%q begins %v", test.typed, s.Position())
		}
	}
}

func TestAnythingElse(t *testing.T) {
	tests := []struct {
		typed, want, words string
		position           events.Position
	}{
		{"now", "only what comes from now on", "from now", events.Latest()},
		{"LATEST", "only what comes from now on", "from now", events.Latest()},
		{"beginning", "everything that the hub still keeps", "from the beginning", events.Earliest()},
		{"#512", "from sequence number 512 on", "from #512", events.AfterSequence(511)},
		{"sequence 512", "from sequence number 512 on", "from #512", events.AfterSequence(511)},
		{"seq=5,512", "from sequence number 5512 on", "from #5512", events.AfterSequence(5511)},
		{"#0", "from sequence number 0 on", "from #0", events.Earliest()},
		{"p2 #512", "from sequence number 512 on, partition 2 only", "from p2 #512", events.AfterSequence(511)},
		{"partition 02 sequence 512", "from sequence number 512 on, partition 2 only", "from p2 #512", events.AfterSequence(511)},
		{"offset 4812", "behind offset 4812", "behind offset 4812", events.AfterOffset("4812")},
		{"P1 Offset 3:48AB-1", "behind offset 3:48AB-1, partition 1 only", "behind p1 offset 3:48AB-1", events.AfterOffset("3:48AB-1")},
	}
	for _, test := range tests {
		s, err := Parse(test.typed, noon)
		if err != nil {
			t.Errorf("%q: %v", test.typed, err)
			continue
		}
		if s.Describe(noon) != test.want || s.Position() != test.position || s.Words(noon) != test.words {
			t.Errorf("%q means %q, %q, %v", test.typed, s.Describe(noon), s.Words(noon), s.Position())
		}
		if place := s.Kind == Sequence || s.Kind == Offset; s.NeedsPartition() != (place && s.Partition == "") {
			t.Errorf("%q needs a partition: %v", test.typed, s.NeedsPartition())
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct{ typed, says string }{
		{"", "type a time"},
		{"   ", "type a time"},
		{"16:30", "16:30 is still to come, in 48 min: yesterday 16:30 is the last one"},
		{"2026-11-22T14:30:05-05:00", "22 Nov 2026 20:30 is still to come, in 4 h 48 min"},
		{"2027-01-01", "1 Jan 2027 00:00 is still to come"},
		{"24 Nov", "still to come, in 1 d"},
		{"tomorrow", "not a time"},
		{"25:00", "from 00:00 to 23:59:59"},
		{"14:61", "from 00:00 to 23:59:59"},
		{"13:30 pm", "from 1 to 12"},
		{"2026-02-30", "no such day"},
		{"2026-13-01", "no such day"},
		{"0001-01-01", "type beginning"},
		{"4000 days", "type beginning"},
		{"999999999w", "type beginning"},
		{"5", "5m is minutes ago, #5 a sequence number"},
		{"5 parsecs", "not a time"},
		{"14:30 +25:00", "not a zone"},
		{"#", "0 or more"},
		{"#-1", "0 or more"},
		{"#99999999999999999999", "0 or more"},
		{"offset ' OR 1", "as an event shows it"},
		{"p2", "behind p2 there goes a number"},
		{"p2 14:30", "behind p2 there goes a number"},
		{strings.Repeat("1", 200), "too long"},
		{"soon", "not a time"},
	}
	for _, test := range tests {
		if s, err := Parse(test.typed, noon); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q gives %+v, %v; want an error that says %q", test.typed, s, err, test.says)
		}
	}
}

func TestWords(t *testing.T) {
	for typed, want := range map[string]string{
		"14:30": "from 14:30", "14:30:05": "from 14:30:05", "yesterday 14:30": "from 21 Nov 14:30",
		"24 Dec 2025 18:00": "from 24 Dec 2025 18:00",
	} {
		s, err := Parse(typed, noon)
		if err != nil || s.Words(noon) != want {
			t.Errorf("%q is %q, %v; want %q", typed, s.Words(noon), err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, typed := range []string{
		"now", "14:30", "2 h ago", "1h30m", "yesterday 2:30 pm", "2026-11-22T14:30:05.250+01:00", "Nov 22", "fri 8:00",
		"#512", "p2 offset 3:4", "1795357800000", "90", "-5m", "0001-01-01", "an hour ago", "midnight", "\x1b[31m14:30",
	} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		s, err := Parse(typed, noon)
		if err != nil {
			if err.Error() == "" || s != (Start{}) && s.Kind == Time {
				t.Errorf("%q: %+v with error %q", typed, s, err)
			}
			return
		}
		if s.Kind == Time && (s.Time.After(noon) || s.Time.Before(noon.Add(-longestAgo))) {
			t.Errorf("%q is %v", typed, s.Time)
		}
		if s.Sequence < 0 || s.Kind == Offset && strings.ContainsAny(s.Offset, "'\" \\") {
			t.Errorf("%q gives %+v", typed, s)
		}
		if again, err := Parse(typed, noon); err != nil || again != s {
			t.Errorf("%q is read in two ways: %+v and %+v, %v", typed, s, again, err)
		}
		for _, text := range []string{s.Describe(noon), s.Words(noon)} {
			if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q is said as %q", typed, text)
			}
		}
	})
}
