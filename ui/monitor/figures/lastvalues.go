package figures

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/figures/tally"
	"hubscope/ui/monitor/figures/values"
	"hubscope/ui/monitor/history"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// valueRow is a device with the fields of its last event.
type valueRow struct {
	name, deviceID string
	seen, now      time.Time
	texts          []string
}

const (
	// searched is how many devices are looked at for fields, maxFound how many columns are made of what is found.
	searched = 50
	maxFound = 12
	// maxCell is how much of a value is shown.
	maxCell = 80
)

// last is the last event of a device, from the history when it was too large to be kept beside it, and its body
// unpacked; none as long as that is under way.
func (p *Panel) last(d *tally.Device) (*history.Event, []byte) {
	e := &d.Last
	if e.Body == nil {
		if kept := p.history().Event(d.LastIndex); kept != nil {
			e = kept
		}
	}
	body, there := p.shelf.Body(d.LastIndex, e)
	p.lacked = p.lacked || !there
	return e, body
}

// findColumns gives the fields that were picked and then those that the last events have. A field that says the name
// of the device again is left out.
func (p *Panel) findColumns() []field.Path {
	paths := slices.Clone(p.picked)
	has := func(path field.Path) bool {
		return slices.ContainsFunc(paths, func(o field.Path) bool { return o.String() == path.String() })
	}
	found := 0
	for i, d := range p.tally.Devices() {
		if i >= searched {
			break
		}
		e, body := p.last(d)
		for _, path := range values.InBody(body) {
			text, _ := values.Text(path, e, body)
			if found >= maxFound || has(path) || text == d.DeviceID || p.unpicked[path.String()] {
				continue
			}
			paths = append(paths, path)
			found++
		}
	}
	return paths
}

// refreshValues makes the rows, and the columns anew when there are others.
func (p *Panel) refreshValues(now time.Time) {
	paths := p.findColumns()
	same := func(a, b field.Path) bool { return a.String() == b.String() }
	if p.values == nil || !slices.EqualFunc(paths, p.columns, same) {
		p.columns = paths
		p.values = p.newValuesBoard(paths)
		p.resizeBoards()
	}
	rows := make([]valueRow, 0, len(p.tally.Devices()))
	for _, d := range p.tally.Devices() {
		e, body := p.last(d)
		r := valueRow{name: d.Name, deviceID: d.DeviceID, seen: d.LastSeen, now: now, texts: make([]string, len(paths))}
		for i, path := range paths {
			if text, found := values.Text(path, e, body); found {
				r.texts[i] = safe.Line(text, maxCell)
			}
		}
		rows = append(rows, r)
	}
	p.values.show(rows)
}

func (p *Panel) newValuesBoard(paths []field.Path) *board[valueRow] {
	s := p.ctx.Styles
	columns := []column[valueRow]{
		{
			Column:  widget.Column{Title: "DEVICE", Width: 10, Max: 26, Grow: true},
			text:    func(r *valueRow) string { return safe.Line(r.name, 60) },
			style:   func(*valueRow) lipgloss.Style { return s.Accent },
			compare: func(a, b *valueRow) int { return strings.Compare(a.name, b.name) },
		},
		{
			Column:  widget.Column{Title: "LAST", Width: 10, Right: true, Rank: 1},
			text:    func(r *valueRow) string { return ago(r.now, r.seen) },
			style:   func(*valueRow) lipgloss.Style { return s.Muted },
			compare: func(a, b *valueRow) int { return a.seen.Compare(b.seen) }, down: true,
		},
	}
	for i, path := range paths {
		title := safe.Line(path.Short(), 18)
		columns = append(columns, column[valueRow]{
			Column: widget.Column{Title: title, Width: max(10, len(title)+2), Max: 24, Grow: true, Rank: 2 + i},
			text: func(r *valueRow) string {
				if r.texts[i] == "" {
					return "-"
				}
				return r.texts[i]
			},
			compare: func(a, b *valueRow) int { return compareTexts(a.texts[i], b.texts[i]) },
			down:    true,
		})
	}
	return newBoard(s, func(r *valueRow) string { return r.name }, 0, columns...)
}

// compareTexts compares numbers as numbers; they come before texts.
func compareTexts(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}
