package method

import (
	"cmp"
	"slices"
	"strconv"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// result is what became of one device of many.
type result struct {
	device string
	entry  *entry // nil: not called
}

// rank orders results when those that failed come first.
func (r *result) rank() int {
	switch e := r.entry; {
	case e == nil:
		return 3
	case !e.ended:
		return 2
	case e.trouble != nil:
		return 0
	case !fine(e.result.Status):
		return 1
	}
	return 4
}

// failed says whether there is a reason to call the device again.
func (r *result) failed() bool { return r.rank() != 4 && r.rank() != 2 }

// results are those of all devices, in the order of the screen.
type results struct {
	ctx    *page.Context
	all    []*result
	order  []int // of all
	at     map[string]int
	failed bool // first
}

func newResults(ctx *page.Context, ids []string) *results {
	r := &results{ctx: ctx}
	for _, id := range ids {
		r.all = append(r.all, &result{device: id})
	}
	r.arrange()
	return r
}

func (r *results) arrange() {
	r.order = r.order[:0]
	for i := range r.all {
		r.order = append(r.order, i)
	}
	if r.failed {
		slices.SortStableFunc(r.order, func(a, b int) int { return cmp.Compare(r.all[a].rank(), r.all[b].rank()) })
	}
	r.at = make(map[string]int, len(r.order))
	for row, i := range r.order {
		r.at[r.all[i].device] = row
	}
}

// tally is how many are how.
type tally struct{ all, fine, other, failed, waiting, left int }

func (r *results) tally() tally {
	t := tally{all: len(r.all)}
	for _, one := range r.all {
		switch one.rank() {
		case 0:
			t.failed++
		case 1:
			t.other++
		case 2:
			t.waiting++
		case 3:
			t.left++
		default:
			t.fine++
		}
	}
	return t
}

func (t tally) ended() int { return t.fine + t.other + t.failed }

var resultColumns = []widget.Column{
	{Title: "DEVICE", Width: 14, Max: 28, Grow: true},
	{Title: "STATUS", Width: 11},
	{Title: "TOOK", Width: 8, Right: true},
	{Title: "ANSWER", Width: 16, Grow: true, Rank: 1},
}

// Len implements widget.Source.
func (r *results) Len() int { return len(r.order) }

// Key implements widget.Source.
func (r *results) Key(row int) string { return r.all[r.order[row]].device }

// Find implements widget.Source.
func (r *results) Find(key string) int {
	if row, ok := r.at[key]; ok {
		return row
	}
	return -1
}

// Cells implements widget.Source.
func (r *results) Cells(row int) []widget.Cell {
	s, one := r.ctx.Styles, r.all[r.order[row]]
	cells := []widget.Cell{
		{Text: safe.Line(one.device, 128), Style: s.Text}, {Text: "-", Style: s.Muted}, {Text: "-", Style: s.Muted}, {Style: s.Muted},
	}
	e := one.entry
	switch {
	case e == nil:
		return cells
	case !e.ended:
		cells[1] = widget.Cell{Text: "… waiting", Style: s.Waiting}
		return cells
	}
	cells[2].Text = duration(e.took)
	switch {
	case e.trouble != nil:
		cells[1] = widget.Cell{Text: "✗ " + e.trouble.short, Style: s.Danger}
		cells[3].Text = safe.Line(e.trouble.sentence, 200)
	default:
		cells[1] = widget.Cell{Text: sign(e.result.Status) + strconv.Itoa(e.result.Status), Style: s.Success}
		if !fine(e.result.Status) {
			cells[1].Style = s.Warning
		}
		cells[3] = widget.Cell{Text: safe.Line(compact(e.result.Payload), 200), Style: s.Text}
	}
	return cells
}
