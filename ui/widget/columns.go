package widget

// gutter is the room before the first column, for the cursor's marker; gap is
// the room between columns, margin that after the last.
const (
	gutter = 3
	gap    = 2
	margin = 1
)

// layoutColumns gives each column its width in a row of room cells; 0 hides it.
func layoutColumns(columns []Column, room int) []int {
	widths := make([]int, len(columns))
	shown := make([]bool, len(columns))
	for i := range shown {
		shown[i] = true
	}
	for needed(columns, shown) > room {
		out := leastNeeded(columns, shown)
		if out < 0 {
			break
		}
		shown[out] = false
	}
	spare, growing := max(0, room-needed(columns, shown)), 0
	for i, c := range columns {
		if shown[i] && c.Grow {
			growing++
		}
	}
	for i, c := range columns {
		if !shown[i] {
			continue
		}
		widths[i] = c.Width
		if !c.Grow {
			continue
		}
		// Each takes its part; what one may not take goes to the next.
		widths[i] += spare / growing
		if c.Max > 0 {
			widths[i] = min(widths[i], c.Max)
		}
		spare -= widths[i] - c.Width
		growing--
	}
	return widths
}

// needed is the room for the columns at their least widths.
func needed(columns []Column, shown []bool) int {
	n := -gap
	for i, c := range columns {
		if shown[i] {
			n += c.Width + gap
		}
	}
	return n
}

// leastNeeded is the shown column of the highest rank, -1 when all must stay.
func leastNeeded(columns []Column, shown []bool) int {
	out := -1
	for i, c := range columns {
		if shown[i] && c.Rank > 0 && (out < 0 || c.Rank >= columns[out].Rank) {
			out = i
		}
	}
	return out
}
