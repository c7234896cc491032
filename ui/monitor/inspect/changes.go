package inspect

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/inspect/treeview"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// maxChanges is how many changes of each kind are listed; the rest is counted.
const maxChanges = 500

// changes lists what differs from the event before.
type changes struct {
	lines
	width int
	left  int // how many more may be listed
	over  int // how many were not
}

func (in *Inspector) changesDocument(width int) *changes {
	d := &changes{width: width}
	if in.before == nil {
		d.say(muted("there is no earlier event of this device to compare with"), width, 0)
		return d
	}
	d.say([]paint.Span{{Kind: paint.MutedSpan, Text: "since " + in.beforeText()}}, width, 0)
	before := d.Len()
	d.section(func() { d.bodies(in) })
	d.section(func() { d.attributes("properties", in.Event.Application, in.before.Application) })
	d.section(func() { d.attributes("system", in.steady(in.Event.Annotations), in.steady(in.before.Annotations)) })
	if d.Len() == before {
		d.say(muted("nothing has changed"), width, 0)
	}
	return d
}

func muted(text string) []paint.Span { return []paint.Span{{Kind: paint.MutedSpan, Text: text}} }

// beforeText names the event that is compared with.
func (in *Inspector) beforeText() string {
	text := fmt.Sprintf("#%d", in.before.Sequence)
	if in.before.Enqueued.IsZero() || in.Event.Enqueued.IsZero() {
		return text
	}
	return text + ", " + since(in.Event.Enqueued.Sub(in.before.Enqueued)) + " earlier"
}

// steady leaves out the annotations that are different in each event: they are times.
func (in *Inspector) steady(list []history.Attribute) []history.Attribute {
	return slices.DeleteFunc(slices.Clone(list), func(a history.Attribute) bool {
		return a.Name == "iothub-enqueuedtime" || a.Name == "iothub-creation-time-utc"
	})
}

// section lists something, and says how much of it is not listed.
func (d *changes) section(list func()) {
	d.left, d.over = maxChanges, 0
	list()
	if d.over > 0 {
		d.say(muted(fmt.Sprintf("%s and %s more", safe.Ellipsis, widget.Count(d.over))), d.width, 0)
	}
}

// room counts a change, and tells whether it may be listed.
func (d *changes) room() bool {
	if d.left == 0 {
		d.over++
		return false
	}
	d.left--
	return true
}

func (d *changes) bodies(in *Inspector) {
	now, then := in.body, in.bodyBefore
	switch {
	case bytes.Equal(now.Data, then.Data):
	case in.diff != nil:
		d.json(in.tree, in.diff)
	case now.Form == payload.Binary || then.Form == payload.Binary:
		d.sizes(now.Data, then.Data)
		d.bytes(now.Data, then.Data)
	default:
		d.text(string(now.Data), string(then.Data))
	}
}

func (d *changes) json(now *tree.Tree, diff *tree.Difference) {
	for _, c := range diff.Changes {
		if !d.room() {
			continue
		}
		switch c.Kind {
		case tree.Added:
			d.change(pointAt(now, c.New), "+ ", paint.AddedSpan, shortValue(now, c.New), "")
		case tree.Removed:
			d.change(pointAt(diff.Old, c.Old), "- ", paint.RemovedSpan, shortValue(diff.Old, c.Old), "")
		case tree.Changed:
			d.change(pointAt(now, c.New), "~ ", treeview.ValueKinds[now.Nodes[c.New].Kind], shortValue(now, c.New), shortValue(diff.Old, c.Old))
		}
	}
}

func pointAt(t *tree.Tree, n int32) Point {
	return Point{Path: field.Of("body", t.Path(n)...), Value: t.Value(n), Number: t.Nodes[n].Kind == tree.Number}
}

// longValue is how much of a value is shown among the changes.
const longValue = 300

func shortValue(t *tree.Tree, n int32) string {
	value := t.Value(n)
	return paint.Preview([]byte(value[:min(len(value), 4*longValue)]), longValue)
}

var signKinds = map[string]paint.SpanKind{"+ ": paint.AddedSpan, "- ": paint.RemovedSpan, "~ ": paint.FreshSpan}

// change adds a line: sign, field, value and what it was.
func (d *changes) change(p Point, sign string, kind paint.SpanKind, value, was string) {
	spans := []paint.Span{{Kind: signKinds[sign], Text: sign}, {Kind: paint.KeySpan, Text: safe.Line(p.Path.String(), longValue) + "  "}, {Kind: kind, Text: value}}
	if was != "" {
		spans = append(spans, paint.Span{Kind: paint.FreshSpan, Text: "  (was " + was + ")"})
	}
	d.add(p, spans, d.width, 4)
}

// attributes compares two lists in the order of their names.
func (d *changes) attributes(root string, now, then []history.Attribute) {
	for len(now) > 0 || len(then) > 0 {
		switch {
		case len(then) == 0 || len(now) > 0 && now[0].Name < then[0].Name:
			d.attribute(root, "+ ", now[0], nil)
			now = now[1:]
		case len(now) == 0 || now[0].Name > then[0].Name:
			d.attribute(root, "- ", then[0], nil)
			then = then[1:]
		default:
			if now[0].Text() != then[0].Text() {
				d.attribute(root, "~ ", now[0], &then[0])
			}
			now, then = now[1:], then[1:]
		}
	}
}

func (d *changes) attribute(root, sign string, a history.Attribute, then *history.Attribute) {
	if !d.room() {
		return
	}
	kind, value := valueSpan(a.Value)
	was := ""
	if then != nil {
		_, was = valueSpan(then.Value)
		was = safe.Line(was, longValue)
	} else {
		kind = signKinds[sign]
	}
	d.change(attributePoint(root, a), sign, kind, safe.Line(value, longValue), was)
}

// text is a difference line by line.
func (d *changes) text(now, then string) {
	diff, err := udiff.ToUnifiedDiff("", "", then, udiff.Lines(then, now), 1)
	if err != nil {
		return
	}
	for _, hunk := range diff.Hunks {
		if d.room() {
			d.say(muted(fmt.Sprintf("line %d", max(1, hunk.FromLine))), d.width, 0)
		}
		for _, line := range hunk.Lines {
			if !d.room() {
				continue
			}
			sign, kind := "  ", paint.PlainSpan
			switch line.Kind {
			case udiff.Insert:
				sign, kind = "+ ", paint.AddedSpan
			case udiff.Delete:
				sign, kind = "- ", paint.RemovedSpan
			}
			text := line.Content[:min(len(line.Content), 16<<10)]
			d.say([]paint.Span{{Kind: kind, Text: sign + strings.TrimSuffix(safe.Text(text), "\n")}}, d.width, len(sign))
		}
	}
}

func (d *changes) sizes(now, then []byte) {
	if len(now) != len(then) {
		d.say([]paint.Span{
			{Kind: paint.FreshSpan, Text: "~ "},
			{Kind: paint.KeySpan, Text: "size  "},
			{Kind: paint.NumberSpan, Text: SizeText(len(now))},
			{Kind: paint.FreshSpan, Text: "  (was " + SizeText(len(then)) + ")"},
		}, d.width, 0)
	}
}

// bytes is a difference place by place.
func (d *changes) bytes(now, then []byte) {
	per := 16
	for per > 4 && 12+3*per > d.width {
		per /= 2
	}
	for at := 0; at < max(len(now), len(then)); at += per {
		a, b := piece(now, at, per), piece(then, at, per)
		if bytes.Equal(a, b) || !d.room() {
			continue
		}
		d.hexLine("- ", paint.RemovedSpan, at, b)
		d.hexLine("+ ", paint.AddedSpan, at, a)
	}
}

func piece(b []byte, at, n int) []byte { return b[min(at, len(b)):min(at+n, len(b))] }

func (d *changes) hexLine(sign string, kind paint.SpanKind, at int, b []byte) {
	if len(b) == 0 {
		return
	}
	pairs := make([]string, len(b))
	for i := range b {
		pairs[i] = hex.EncodeToString(b[i : i+1])
	}
	d.say([]paint.Span{{Kind: kind, Text: fmt.Sprintf("%s%08x  ", sign, at)}, {Kind: paint.PlainSpan, Text: strings.Join(pairs, " ")}}, d.width, 0)
}
