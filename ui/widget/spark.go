package widget

const sparkRunes = "▁▂▃▄▅▆▇█"

// headroom keeps a steady line off the top, so that a burst can be seen above it.
const headroom = 1.4

// Spark draws the last width values as a line of bars, scaled to the largest of
// them or to a good deal above their mean, whichever is more. Missing values on
// the left are blank; a value of 0 is the lowest bar.
func Spark(values []float64, width int) string {
	if width <= 0 {
		return ""
	}
	if len(values) > width {
		values = values[len(values)-width:]
	}
	top, sum := 0.0, 0.0
	for _, v := range values {
		top = max(top, v)
		sum += v
	}
	top = max(top, headroom*sum/float64(max(len(values), 1)))
	bars := []rune(sparkRunes)
	out := make([]rune, 0, width)
	for range width - len(values) {
		out = append(out, ' ')
	}
	for _, v := range values {
		i := 0
		if top > 0 && v > 0 {
			i = min(int(v/top*float64(len(bars)-1)+0.5), len(bars)-1)
		}
		out = append(out, bars[i])
	}
	return string(out)
}
