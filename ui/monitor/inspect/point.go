package inspect

import (
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/paint"
)

// Point is what a line of a part shows: which field, and its value as it was sent, text without its quotes.
type Point struct {
	Path   field.Path // zero when the line is no field of its own
	Value  string
	Number bool // it can be charted
}

// pointed is a document that a cursor goes through; others are scrolled.
type pointed interface {
	paint.Document
	// Point tells of a line; false for one that shows nothing to point at, such as a heading.
	Point(line int) (Point, bool)
}

// lines is a document of texts, each of one or more lines, that can be pointed at.
type lines struct {
	paint.Text
	points []Point
	of     []int32 // by line: the point, -1 for none
}

// say adds a text that is no field.
func (d *lines) say(spans []paint.Span, width, hang int) { d.put(spans, width, hang, -1) }

// add adds a text about a field.
func (d *lines) add(p Point, spans []paint.Span, width, hang int) {
	d.points = append(d.points, p)
	d.put(spans, width, hang, int32(len(d.points)-1))
}

func (d *lines) put(spans []paint.Span, width, hang int, point int32) {
	d.Add(spans, width, hang)
	for len(d.of) < d.Len() {
		d.of = append(d.of, point)
	}
}

// Point implements pointed.
func (d *lines) Point(i int) (Point, bool) {
	if d.of[i] < 0 {
		return Point{}, false
	}
	return d.points[d.of[i]], true
}
