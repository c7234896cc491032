package memory

import (
	"runtime/debug"
	"testing"
)

func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestSuit(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, test := range []struct {
		rate float64
		want int
	}{{0, sparing}, {5000, sparing}, {50_000, usual}, {50_000, usual}, {10, sparing}} {
		Suit(test.rate)
		if got := percent(); got != test.want {
			t.Errorf("%d percent at %v events a second, want %d", got, test.rate, test.want)
		}
	}
	t.Setenv("GOGC", "77")
	debug.SetGCPercent(77)
	Suit(50_000)
	if got := percent(); got != 77 {
		t.Errorf("%d percent, where somebody chose 77", got)
	}
}
