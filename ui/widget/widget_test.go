package widget

import (
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		before time.Duration
		want   string
	}{
		{0, "now"},
		{999 * time.Millisecond, "now"},
		{-time.Hour, "now"},
		{time.Second, "1 s ago"},
		{59900 * time.Millisecond, "59 s ago"},
		{time.Minute, "1 min ago"},
		{59 * time.Minute, "59 min ago"},
		{3 * time.Hour, "3 h ago"},
		{47 * time.Hour, "47 h ago"},
		{48 * time.Hour, "2 d ago"},
	} {
		if got := Ago(now, now.Add(-c.before)); got != c.want {
			t.Errorf("%v ago: %q, want %q", c.before, got, c.want)
		}
	}
	if got := Ago(now, time.Time{}); got != "never" {
		t.Errorf("the zero time: %q", got)
	}
}

func TestInterval(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "1 s", 1500 * time.Millisecond: "1.5 s", 500 * time.Millisecond: "0.5 s", 250 * time.Millisecond: "250 ms",
		30 * time.Second: "30 s", 90 * time.Second: "90 s", 2 * time.Minute: "2 min", time.Hour: "1 h",
	} {
		if got := Interval(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12408: "12,408", 1234567: "1,234,567", -1234: "-1,234", -123: "-123"} {
		if got := Count(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "-", 400 * time.Microsecond: "0.4", 960 * time.Microsecond: "1", 3 * time.Millisecond: "3", 1200 * time.Millisecond: "1200"} {
		if got := Millis(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSpark(t *testing.T) {
	for _, c := range []struct {
		values []float64
		width  int
		want   string
	}{
		{nil, 3, "   "},
		{[]float64{0, 0}, 3, " ▁▁"},
		{[]float64{1, 2, 4, 8}, 4, "▂▃▅█"},
		{[]float64{9, 9, 1, 2}, 2, "▄█"},
		{[]float64{2, 2, 2}, 3, "▆▆▆"}, // steady: not at the top
		{[]float64{1}, 0, ""},
	} {
		if got := Spark(c.values, c.width); got != c.want {
			t.Errorf("%v in %d: %q, want %q", c.values, c.width, got, c.want)
		}
	}
}

func TestRuleMeetsLines(t *testing.T) {
	if got, want := Rule(8, []int{2, 4, 99}, []int{4, 6, -1}, lipgloss.NewStyle()), "──┴─┼─┬─"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFit: whatever the text, the cells are those asked for.
func TestFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab 世界é…│\t🙂")), 0, 40, -1).Draw(t, "text")
		s = strings.ReplaceAll(s, "\t", " ")
		width := rapid.IntRange(0, 30).Draw(t, "width")
		for name, got := range map[string]string{"Fit": Fit(s, width), "FitRight": FitRight(s, width), "Ends": Ends(s, "xy", width)} {
			if w := ansi.StringWidth(got); w != width {
				t.Fatalf("%s(%q, %d) is %d cells wide: %q", name, s, width, w, got)
			}
		}
	})
}

func TestColumnsFillTheRoomAndGiveWay(t *testing.T) {
	columns := []Column{{Width: 10, Grow: true, Max: 30}, {Width: 8, Rank: 1}, {Width: 5, Rank: 2}, {Width: 10, Grow: true, Rank: 3}}
	for _, c := range []struct {
		room int
		want []int
	}{
		{39, []int{10, 8, 5, 10}},
		{38, []int{21, 8, 5, 0}},
		{28, []int{11, 8, 5, 0}},
		{26, []int{16, 8, 0, 0}},
		{19, []int{19, 0, 0, 0}},
		{100, []int{30, 8, 5, 51}},
		{4, []int{10, 0, 0, 0}},
	} {
		got := layoutColumns(columns, c.room)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("in %d cells: %v, want %v", c.room, got, c.want)
				break
			}
		}
	}
}

func TestWrapKeepsANumberWithItsUnit(t *testing.T) {
	got := Wrap("telemetry every 1 s and then", 17)
	want := []string{"telemetry every", "1 s and then"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
