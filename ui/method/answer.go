package method

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/keys"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// answerView draws what came of a call, or that it is waited for. The payload is laid out once for each width.
type answerView struct {
	ctx  *page.Context
	pens [paint.Kinds]paint.Pen

	width, height int
	top           int    // the first line that is seen of the document
	place         string // which call of how many it is, where the others cannot be seen
	of            *entry
	ended         bool // when it was laid out
	whole         bool // with the payload that was sent
	laid          int  // the width that it was laid out for
	doc           paint.Text
}

func (a *answerView) sharpen() {
	a.pens = paint.NewSpanPens(a.ctx.Styles, a.ctx.Styles.Text.UnsetForeground())
}

// fit gives the call, the room, and whether the payload that was sent is shown too.
func (a *answerView) fit(e *entry, width, height int, whole bool) {
	a.width, a.height = width, height
	if e != a.of {
		a.top = 0
	}
	if e != a.of || e != nil && (e.ended != a.ended || a.laid != width || a.whole != whole) {
		a.of, a.laid, a.whole = e, width, whole
		a.layOut()
	}
	a.scroll(0)
}

func (a *answerView) layOut() {
	a.doc = paint.Text{}
	e := a.of
	if e == nil {
		return
	}
	a.ended = e.ended
	room := max(4, a.width-2)
	if a.whole {
		a.say(paint.MutedSpan, fmt.Sprintf("answer in %s, connect in %s", widget.Interval(e.call.ResponseTimeout), widget.Interval(e.call.ConnectTimeout)), room)
		a.heading("Sent", room)
		a.json(e.call.Payload, room)
		a.heading("Answer", room)
	}
	switch {
	case !e.ended:
	case e.trouble != nil:
		a.say(paint.RemovedSpan, "✗ "+e.trouble.sentence, room)
		if e.trouble.next != "" {
			a.say(paint.MutedSpan, "  "+e.trouble.next, room)
		}
		if a.whole && e.trouble.trackingID != "" {
			a.say(paint.MutedSpan, "tracking id "+safe.Inline(e.trouble.trackingID), room)
		}
	default:
		a.json(e.result.Payload, room)
	}
}

func (a *answerView) heading(text string, room int) {
	a.doc.Add(nil, room, 0)
	a.doc.Add([]paint.Span{{Kind: paint.HeadingSpan, Text: text}}, room, 0)
}

// say adds a sentence, broken between words.
func (a *answerView) say(kind paint.SpanKind, text string, room int) {
	for i, l := range widget.Wrap(text, room-2) {
		if i > 0 {
			l = "  " + l
		}
		a.doc.Add([]paint.Span{{Kind: kind, Text: l}}, room, 2)
	}
}

func (a *answerView) json(payload []byte, room int) {
	if text := strings.TrimSpace(string(payload)); text == "" || text == "null" {
		a.doc.Add([]paint.Span{{Kind: paint.MutedSpan, Text: "no payload (null)"}}, room, 0)
		return
	}
	a.doc.Append(paint.NewJSON(payload, room))
}

func (a *answerView) scroll(n int) {
	a.top = max(0, min(a.top+n, a.doc.Len()-a.height))
}

// move scrolls for a key and says whether it was one for that.
func (a *answerView) move(msg tea.KeyPressMsg, k *keys.Map) bool {
	n, ok := k.Step(msg, a.height)
	if ok {
		a.scroll(n)
	}
	return ok
}

// head is the line over the document: the status, how long it took, and what else there is to see.
func (a *answerView) head(e *entry, whose string) string {
	s := a.ctx.Styles
	left := " "
	if whose != "" {
		left += s.Strong.Render(safe.Line(whose, max(4, a.width/3))) + "  "
	}
	switch {
	case e.trouble != nil:
		left += s.Danger.Render("✗ "+e.trouble.short) + s.Muted.Render(" after "+duration(e.took))
	default:
		style := s.Success
		if !fine(e.result.Status) {
			style = s.Warning
		}
		left += style.Render(sign(e.result.Status)+statusText(e.result.Status)) + s.Muted.Render(" in "+duration(e.took))
	}
	return widget.Ends(left, s.Muted.Render(a.aside(e, a.width-ansi.StringWidth(left)-1)), a.width)
}

// aside is what there is room for at the end of the head: how much more there is, the method, the time.
func (a *answerView) aside(e *entry, room int) string {
	below := a.place
	if n := a.doc.Len() - a.top - a.height; n > 0 {
		below = strings.TrimSpace(below + "  " + widget.Plural(n, "line") + " below")
	}
	name, at := safe.Line(e.call.Name, max(4, a.width/3)), a.ctx.Zoned(e.began).Format("15:04:05")
	for _, parts := range [][]string{{below, name, at}, {below, at}, {below}} {
		text := strings.TrimSpace(strings.Join(parts, "  ")) + " "
		if ansi.StringWidth(text) <= room {
			return text
		}
	}
	return ""
}

// lines are those of the document that can be seen.
func (a *answerView) lines() []string {
	out := make([]string, 0, a.height)
	for i := a.top; i < min(a.doc.Len(), a.top+a.height); i++ {
		out = append(out, " "+a.doc.Line(i, &a.pens))
	}
	return out
}

// statusText is a device's number; what it means is up to the device.
func statusText(status int) string { return strconv.Itoa(status) }
