package credential

import (
	"testing"
	"time"
)

func TestLifetimes(t *testing.T) {
	for text, want := range map[string]time.Duration{"90 min": 90 * time.Minute, "12h": 12 * time.Hour, " 7 d ": 7 * day, "0.5 d": 12 * time.Hour} {
		if got, err := parseLife(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "7", "d", "-1 h", "0 d", "1 s", "NaN h", "1e300 d", "20000 d"} {
		if got, err := parseLife(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
