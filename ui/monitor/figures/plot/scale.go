package plot

import (
	"math"
	"strconv"
)

// scale places values on rows of dots, the highest on top, with round values at its labels.
type scale struct {
	low, high, step float64
	dots            int
}

func newScale(low, high float64, rows int) scale {
	if high-low < 1e-9*max(math.Abs(low), math.Abs(high), 1e-3) {
		pad := max(math.Abs(high)*0.05, 1e-3)
		low, high = low-pad, high+pad
	}
	// A label every three rows or so.
	step := round125((high - low) / float64(max(2, min(8, rows/3))))
	s := scale{low: math.Floor(low/step) * step, high: math.Ceil(high/step) * step, step: step, dots: 4 * rows}
	if !(s.high > s.low) || math.IsInf(s.high, 0) || math.IsInf(s.low, 0) {
		return scale{low: low, high: high, step: max(high-low, 1), dots: 4 * rows}
	}
	return s
}

// round125 is the next higher of 1, 2 or 5 times a power of ten.
func round125(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range [...]float64{1, 2, 5} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (s scale) row(v float64) int {
	part := (v/2 - s.low/2) / (s.high/2 - s.low/2)
	return min(s.dots-1, max(0, int(math.Round((1-part)*float64(s.dots-1)))))
}

// labels gives the text for each row of cells; most have none.
func (s scale) labels(rows int) []string {
	out := make([]string, rows)
	for i := 0; i <= 20; i++ {
		v := s.low + float64(i)*s.step
		if v > s.high+s.step/2 {
			break
		}
		out[s.row(v)/4] = s.label(v)
	}
	return out
}

// label writes as many digits as tell the labels apart.
func (s scale) label(v float64) string {
	if math.Abs(v) < s.step/2 {
		v = 0
	}
	if a := max(math.Abs(s.low), math.Abs(s.high)); a >= 1e7 || s.step < 1e-4 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	digits := max(0, int(math.Ceil(-math.Log10(s.step)-1e-9)))
	return strconv.FormatFloat(v, 'f', digits, 64)
}
