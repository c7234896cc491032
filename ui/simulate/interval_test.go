package simulate

import (
	"testing"
	"time"

	"hubscope/ui/widget"
)

func TestParseInterval(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1": time.Second, "1 s": time.Second, " 1.5 ": 1500 * time.Millisecond, "250 ms": 250 * time.Millisecond,
		"2 min": 2 * time.Minute, "2MIN": 2 * time.Minute, "1h30m": 90 * time.Minute, "10 sec": 10 * time.Second, "0.01": 10 * time.Millisecond,
		"24 h": 24 * time.Hour,
	} {
		if got, err := parseInterval(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "soon", "0", "-1", "-1 s", "9 ms", "25 h", "1e300", "NaN", "Inf", "-Inf", "1 day", "s"} {
		if got, err := parseInterval(text); err == nil {
			t.Errorf("%q was taken as %v", text, got)
		}
	}
}

// FuzzParseInterval: what is taken is within the bounds, and what the screen
// shows of it can be typed again.
func FuzzParseInterval(f *testing.F) {
	for _, s := range []string{"1 s", "250ms", "1.5", "2 min", "1h30m", "1e3", "0x10", "٣", "1_000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseInterval(text)
		if err != nil {
			return
		}
		if d < shortest || d > longest {
			t.Fatalf("%q gave %v", text, d)
		}
		again, err := parseInterval(widget.Interval(d))
		if err != nil || again.Round(time.Millisecond) != d.Round(time.Millisecond) {
			t.Fatalf("%q gave %v, shown as %q, read as %v: %v", text, d, widget.Interval(d), again, err)
		}
	})
}

func TestSteps(t *testing.T) {
	for _, c := range []struct{ now, faster, slower time.Duration }{
		{time.Second, 500 * time.Millisecond, 2 * time.Second},
		{1500 * time.Millisecond, time.Second, 2 * time.Second},
		{10 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond},
		{time.Hour, 30 * time.Minute, time.Hour},
		{3 * time.Hour, time.Hour, 3 * time.Hour},
	} {
		if got := nextStep(c.now, -1); got != c.faster {
			t.Errorf("faster than %v: %v, want %v", c.now, got, c.faster)
		}
		if got := nextStep(c.now, 1); got != c.slower {
			t.Errorf("slower than %v: %v, want %v", c.now, got, c.slower)
		}
	}
}

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "2 h": 2 * time.Hour, "+2 h": 2 * time.Hour, "-2 h": -2 * time.Hour, "- 5 s": -5 * time.Second, "\u22125 s": -5 * time.Second, "-1": -time.Second,
	} {
		if got, err := parseAmount(true, text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"--1 s", "-", "-soon", "-25 h", "1 s-"} {
		if got, err := parseAmount(true, text); err == nil && got != 0 {
			t.Errorf("%q was taken as %v", text, got)
		}
	}
	if got, err := parseAmount(false, "-2 h"); err == nil {
		t.Errorf("a time that is no clock's was taken as %v", got)
	}
}
