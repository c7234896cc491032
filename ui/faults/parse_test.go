package faults

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
)

func TestParseStrikes(t *testing.T) {
	for text, want := range map[string]hub.Fault{
		"always":       {},
		" Always ":     {},
		"once":         {Count: 1},
		"3 times":      {Count: 3},
		"3   TIMES":    {Count: 3},
		"10 %":         {Rate: 0.1},
		"10%":          {Rate: 0.1},
		"0.5 %":        {Rate: 0.005},
		"100 %":        {Rate: 1},
		"1 in 5":       {Every: 5},
		"  1  in  20 ": {Every: 20},
	} {
		if got, err := parseStrikes(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "never", "0 %", "-1 %", "101 %", "NaN %", "Inf %", "%", "0 times", "-3 times", "2.5 times", "99999999999 times",
		"1 in 1", "1 in 0", "1 in x", "2 in 5", "10 percent", "twice",
	} {
		if got, err := parseStrikes(text); !errors.Is(err, errStrikes) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestParseTimes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250 ms": 250 * time.Millisecond, "1.5": 1500 * time.Millisecond, "2 min": 2 * time.Minute, "2m": 2 * time.Minute,
		"10 SEC": 10 * time.Second, "1 min 30 s": 90 * time.Second, " 5min ": 5 * time.Minute,
	} {
		if got, err := parseFigure(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "0 s", "-1 s", "soon", "5 min 1 s", "1h", "1e300", "NaN", "Inf", "9e99h", "10 s 10"} {
		if got, err := parseFigure(text); !errors.Is(err, errFigure) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]time.Duration{"never": 0, " NEVER ": 0, "1h30m": 90 * time.Minute, "30": 30 * time.Second} {
		if got, err := parseEnds(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "not ever", "-2 min"} {
		if got, err := parseEnds(text); !errors.Is(err, errEnds) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}

func TestCheckDevice(t *testing.T) {
	for _, text := range []string{"all", "wind-*", "wind-?", "[ab]*", strings.Repeat("d", 256)} {
		if err := checkDevice(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "  ", "[a", `a\`, strings.Repeat("d", 257)} {
		if err := checkDevice(text); !errors.Is(err, errDevice) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What is taken is a fault that a hub takes: one way to strike, times that are
// positive and within their bounds.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"always", "once", "3 times", "10 %", "1 in 5", "250 ms", "1.5", "1h30m", "never", "NaN", "1e300", "0x1p-2", "wind-*", "[a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := parseStrikes(text); err == nil {
			if math.IsNaN(got.Rate) || got.Rate < 0 || got.Rate > 1 || got.Every < 0 || got.Count < 0 || got.Every > 0 && got.Rate > 0 {
				t.Errorf("%q: %+v", text, got)
			}
		}
		if d, err := parseFigure(text); err == nil && (d <= 0 || d > 5*time.Minute) {
			t.Errorf("%q: %s", text, d)
		}
		if d, err := parseEnds(text); err == nil && d < 0 {
			t.Errorf("%q: %s", text, d)
		}
		_ = checkDevice(text)
	})
}

// The screen is a service: no preset may strike it.
func TestPresetsAreForDevices(t *testing.T) {
	ofDevices := map[string]bool{"telemetry": true}
	for _, p := range presets {
		switch {
		case p.fault.Kind == hub.FaultDrop, ofDevices[p.fault.Operation]:
		case p.fault.Operation == "connect" && p.fault.Device == everyDevice:
		default:
			t.Errorf("%s: %+v strikes services too", p.name, p.fault)
		}
	}
}
