package paint_test

import (
	"strings"
	"testing"

	"hubscope/ui/monitor/paint"
)

// TestABracketIsNotLeftAlone: whatever the width, no line holds only what closes a bracket.
func TestABracketIsNotLeftAlone(t *testing.T) {
	var bare [paint.Kinds]paint.Pen
	for width := 4; width < 24; width++ { // it comes to an end
		var d paint.Text
		d.Add([]paint.Span{{Kind: paint.FreshSpan, Text: "  (was 世界x)"}, {Kind: paint.FreshSpan, Text: ")"}}, width, 4)
	}
	for _, was := range []string{"a value that was", strings.Repeat("x", 40), "世界世界世界世界世界"} {
		for width := 24; width < 90; width++ {
			var d paint.Text
			d.Add([]paint.Span{{Kind: paint.KeySpan, Text: "~ body.note  "}, {Kind: paint.StringSpan, Text: "new"}, {Kind: paint.FreshSpan, Text: "  (was " + was + ")"}}, width, 4)
			whole := ""
			for i := range d.Len() {
				line := strings.TrimSpace(d.Line(i, &bare))
				whole += line
				if line == ")" {
					t.Errorf("width %d: %q is broken before its bracket", width, was)
				}
			}
			if got, want := strings.ReplaceAll(whole, " ", ""), "~body.notenew(was"+strings.ReplaceAll(was, " ", "")+")"; got != want {
				t.Errorf("width %d: %q", width, got)
			}
		}
	}
}
