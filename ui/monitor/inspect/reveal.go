package inspect

import "hubscope/ui/monitor/paint"

// Reveal scrolls to the first line of the part that is seen in which something is found, unless one can be seen
// already.
func (in *Inspector) Reveal(found paint.Finder) {
	if !in.Opened || in.doc == nil {
		return
	}
	var bare [paint.Kinds]paint.Pen
	for i := range in.doc.Len() {
		if _, n := found.Index(in.doc.Line(i, &bare)); n == 0 {
			continue
		}
		if i >= in.top+in.Rows() {
			in.Scroll(i - in.top - in.Rows()/2)
		}
		if i < in.top {
			in.Scroll(i - in.top)
		}
		return
	}
}
