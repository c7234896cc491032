package plot

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"hubscope/ui/monitor/figures/series"
)

var noon = time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)

func plain(lines ...Line) Plot {
	return Plot{
		Lines: lines, From: noon, To: noon.Add(time.Minute), Zone: time.UTC,
		Paint: func(_ int, text string) string { return text }, Quiet: func(text string) string { return text },
	}
}

func points(values ...float64) []series.Stretch {
	var out []series.Stretch
	for i, v := range values {
		at := noon.Add(time.Duration(i) * time.Minute / time.Duration(max(1, len(values)-1)))
		out = append(out, series.Stretch{Start: at, N: 1, Min: v, Max: v, First: v, Last: v})
	}
	return out
}

func TestARamp(t *testing.T) {
	got := plain(Line{points(0, 10), "●"}).Draw(34, 8)
	want := []string{
		"10 ┤                         ⢀⡠⠤⠒●",
		"   │                    ⣀⡠⠔⠒⠉⠁    ",
		"   │               ⣀⡠⠔⠒⠉          ",
		" 5 ┤          ⣀⠤⠔⠊⠉               ",
		"   │    ⢀⣀⠤⠔⠊⠉                    ",
		" 0 ┤⣀⠤⠒⠊⠁                         ",
		"   └──────────────────────────────",
		"    13:00:00              13:01:00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, strings.Join(got, "\n"))
	}
}

// TestASilenceBreaksTheLine: a straight line through an outage would be a lie.
func TestASilenceBreaksTheLine(t *testing.T) {
	var line []series.Stretch
	for i, p := range points(make([]float64, 61)...) {
		if i < 20 || i > 40 {
			line = append(line, p)
		}
	}
	rows := plain(Line{Points: line}).Draw(66, 5)
	for _, row := range rows {
		if strings.Contains(row, "⠒") || strings.Contains(row, "⠤") || strings.Contains(row, "⠉") || strings.Contains(row, "⣀") {
			if !strings.Contains(row, "         ") {
				t.Errorf("no gap in %q", row)
			}
			return
		}
	}
	t.Errorf("no line in\n%s", strings.Join(rows, "\n"))
}

// TestEveryPlotFits: whatever the values, each line is as wide as asked for.
func TestEveryPlotFits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	odd := []float64{0, -1, 1e-300, -1e300, 1e300, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e9, 1e9 + 1}
	for range 2000 {
		values := make([]float64, 1+random.IntN(20))
		for i := range values {
			values[i] = odd[random.IntN(len(odd))]
			if random.IntN(3) == 0 {
				values[i] = random.NormFloat64() * 50
			}
		}
		width, height := 20+random.IntN(100), 4+random.IntN(30)
		rows := plain(Line{points(values...), "●"}, Line{Points: points(values[0])}).Draw(width, height)
		if len(rows) != height {
			t.Fatalf("%d rows, want %d, for %v", len(rows), height, values)
		}
		for _, row := range rows[:height-1] {
			if w := ansi.StringWidth(row); w != width {
				t.Fatalf("row %q is %d wide, want %d, for %v", row, w, width, values)
			}
		}
	}
}

func TestRound(t *testing.T) {
	for v, want := range map[float64]float64{0.9: 1, 1: 1, 1.1: 2, 3: 5, 7: 10, 0.03: 0.05, 230: 500} {
		if got := round125(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v becomes %v, want %v", v, got, want)
		}
	}
}
