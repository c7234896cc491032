package query

import (
	"encoding/json"
	"slices"
	"strconv"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/tidwall/gjson"

	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// rows are the items of an answer that are not devices, with a column for each member.
type rows struct {
	styles  *theme.Styles
	items   []json.RawMessage
	bytes   int
	members []member // in the order of their first appearance
	from    int      // the first column on screen
}

type member struct {
	name  string // "" when items are no objects
	width int
	right bool // numbers
}

// Bounds of what is kept of an answer.
const (
	mostRows    = 20_000
	mostBytes   = 32 << 20
	mostMembers = 64
	widest      = 44
	narrowest   = 4
)

func (r *rows) full() bool { return len(r.items) >= mostRows || r.bytes >= mostBytes }

func (r *rows) add(items []json.RawMessage) {
	for _, item := range items {
		if r.full() {
			return
		}
		r.items = append(r.items, item)
		r.bytes += len(item)
		r.learn(gjson.ParseBytes(item))
	}
}

// learn widens the columns for an item.
func (r *rows) learn(item gjson.Result) {
	if !item.IsObject() {
		r.widen("", item)
		return
	}
	item.ForEach(func(key, value gjson.Result) bool {
		r.widen(key.String(), value)
		return true
	})
}

func (r *rows) widen(name string, v gjson.Result) {
	i := slices.IndexFunc(r.members, func(m member) bool { return m.name == name })
	if i < 0 {
		if len(r.members) >= mostMembers {
			return
		}
		i = len(r.members)
		r.members = append(r.members, member{name: name, width: max(narrowest, ansi.StringWidth(title(name))), right: v.Type == gjson.Number})
	}
	m := &r.members[i]
	m.width = min(widest, max(m.width, ansi.StringWidth(shown(v))))
	m.right = m.right && v.Type == gjson.Number
}

func title(name string) string {
	if name == "" {
		return "VALUE"
	}
	return safe.Line(name, widest)
}

// shown is a value in a cell.
func shown(v gjson.Result) string {
	switch {
	case !v.Exists():
		return ""
	case v.Type == gjson.String:
		return safe.Line(v.String(), widest)
	}
	return safe.Line(v.Raw, widest)
}

func (r *rows) columns() []widget.Column {
	var out []widget.Column
	for i, m := range r.members[min(r.from, len(r.members)):] {
		out = append(out, widget.Column{Title: title(m.name), Width: m.width, Right: m.right, Rank: i})
	}
	return out
}

// Len implements widget.Source.
func (r *rows) Len() int { return len(r.items) }

// Key implements widget.Source.
func (r *rows) Key(row int) string { return strconv.Itoa(row) }

// Find implements widget.Source.
func (r *rows) Find(k string) int {
	n, err := strconv.Atoi(k)
	if err != nil || n >= len(r.items) {
		return -1
	}
	return n
}

// Cells implements widget.Source.
func (r *rows) Cells(row int) []widget.Cell {
	item := gjson.ParseBytes(r.items[row])
	values := map[string]gjson.Result{"": item}
	if item.IsObject() {
		clear(values)
		item.ForEach(func(key, value gjson.Result) bool {
			values[key.String()] = value
			return true
		})
	}
	var cells []widget.Cell
	for _, m := range r.members[min(r.from, len(r.members)):] {
		v := values[m.name]
		cells = append(cells, widget.Cell{Text: shown(v), Style: r.style(v)})
	}
	return cells
}

func (r *rows) style(v gjson.Result) lipgloss.Style {
	switch v.Type {
	case gjson.String:
		return r.styles.Text
	case gjson.Number:
		return r.styles.JSONNumber
	case gjson.True, gjson.False, gjson.Null:
		return r.styles.JSONWord
	}
	return r.styles.Muted
}
