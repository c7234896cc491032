// Package inspect shows one event in full: its body, what has changed in it, its properties, where it stands and which
// way it took.
package inspect

import (
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
)

// Inspector shows one event in full. It holds a copy, so that the event stays when it falls out of the history.
type Inspector struct {
	ctx *page.Context

	Opened  bool          // to be read only
	Focused bool          // the keys go to it
	Number  uint64        // of the event in the history; to be read only
	Event   history.Event // to be read only
	// Before finds the event before an open one, which it is compared with; nil, or one that gives nil, for none.
	Before func(n uint64, e *history.Event) *history.Event
	// Apart tells the time between a mark and the open event; nil, or "", for none.
	Apart func(n uint64, e *history.Event) string

	width, height int
	view          view
	asText        bool // JSON is laid out as text, not as a tree
	folds         tree.Folds

	before *history.Event // nil for none
	reading
	asked   uint64     // how often something was asked for that takes long
	pending bool       // it was asked for and not begun
	refold  bool       // all was folded or unfolded, and the tree does not show it yet
	wanted  field.Path // is to be under the cursor when there is something to show

	doc    paint.Document
	top    int
	cursor int // line of a document that can be pointed at
	pens   penSets
}

// penSets draw lines: plain, under the cursor, and under it while the keys go elsewhere.
type penSets struct{ plain, selected, blurred [paint.Kinds]paint.Pen }

// New makes an inspector with nothing open.
func New(ctx *page.Context) *Inspector {
	in := &Inspector{ctx: ctx}
	in.Restyle()
	return in
}

// Restyle takes the styles as they are now.
func (in *Inspector) Restyle() {
	s := in.ctx.Styles
	in.pens = penSets{
		plain: paint.NewSpanPens(s, s.Text.UnsetForeground()), selected: paint.NewSpanPens(s, s.Selected),
		blurred: paint.NewSpanPens(s, s.SelectedBlur),
	}
}

// Show opens an event; the part that is looked at stays, what is folded and the field under the cursor too. A body that
// takes long to read is read by what Work gives.
func (in *Inspector) Show(n uint64, e *history.Event) {
	if in.Opened && in.Number == n && in.doc != nil {
		return
	}
	if at, pointed := in.Point(); pointed {
		in.wanted = at.Path
	}
	in.Opened, in.Number, in.Event, in.before = true, n, *e, nil
	if in.Before != nil {
		if before := in.Before(n, e); before != nil {
			kept := *before // what is in the history is good until the next append
			in.before = &kept
		}
	}
	in.top, in.cursor, in.reading, in.refold = 0, 0, reading{}, false
	if !in.isLarge() {
		in.reading = read(&in.Event, in.before)
		if in.tree != nil {
			in.folds.Apply(in.tree)
		}
	}
	in.layOut()
	in.showWanted()
}

// showWanted puts the cursor where it was in another document, as soon as there is one.
func (in *Inspector) showWanted() {
	in.settle()
	if _, reads := in.doc.(reader); reads || in.wanted.IsZero() {
		return
	}
	in.pointAt(in.wanted)
	in.wanted = field.Path{}
}

// Close closes the event; the part that was looked at stays for the next one.
func (in *Inspector) Close() {
	*in = Inspector{
		ctx: in.ctx, pens: in.pens, view: in.view, asText: in.asText, folds: in.folds, Before: in.Before, Apart: in.Apart,
		width: in.width, height: in.height, asked: in.asked,
	}
}

// SetSize gives the room in cells.
func (in *Inspector) SetSize(width, height int) {
	changed := width != in.width
	in.width, in.height = width, height
	if !in.Opened {
		return
	}
	if changed || in.doc == nil {
		if at, pointed := in.Point(); pointed {
			in.wanted = at.Path
		}
		in.layOut()
		in.showWanted()
	}
	in.settle()
}

// textWidth leaves a cell at both sides.
func (in *Inspector) textWidth() int { return max(0, in.width-2) }

// layOut makes the lines of the part that is looked at, or has them made; before there is room there are none.
func (in *Inspector) layOut() {
	const least = 4
	switch {
	case in.textWidth() < least:
		in.doc = &paint.Text{}
	case in.isLarge():
		in.ask()
	default:
		in.doc = in.document()
	}
	in.settle()
}
