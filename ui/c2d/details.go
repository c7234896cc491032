package c2d

import (
	"fmt"
	"strings"
	"time"

	"hubscope/hub/c2d"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// details draws all about a message. The body is laid out once for each width.
type details struct {
	ctx  *page.Context
	pens [paint.Kinds]paint.Pen

	of    *entry
	width int
	size  int
	body  *paint.Text // nil: it is not laid out
}

func (d *details) sharpen() {
	d.pens = paint.NewSpanPens(d.ctx.Styles, d.ctx.Styles.Text.UnsetForeground())
}

// factWidth is how wide the labels are.
const factWidth = 14

// lines are all lines about a message.
func (p *Page) detailLines(e *entry, width int) []string {
	out := p.stateLines(e, width)
	out = append(out, widget.Facts(p.ctx.Styles, p.facts(e), factWidth, width)...)
	return append(append(out, ""), p.bodyLines(e, width)...)
}

// stateLines say what became of it, and what to do.
func (p *Page) stateLines(e *entry, width int) []string {
	g, short := e.look()
	sign, _, _ := strings.Cut(short, " ")
	text, next := p.story(e)
	var out []string
	for i, l := range widget.Wrap(text, max(8, width-4)) {
		lead := "  "
		if i == 0 {
			lead = sign + " "
		}
		out = append(out, " "+g.style(p.ctx).Render(lead+l))
	}
	for _, l := range widget.Wrap(next, max(8, width-4)) {
		if next != "" {
			out = append(out, "   "+p.ctx.Styles.Muted.Render(l))
		}
	}
	return append(out, "")
}

// story is what became of a message, and what to do about it.
func (p *Page) story(e *entry) (text, next string) {
	switch {
	case e.fate == sending:
		return "on its way to the hub   esc cancels", ""
	case e.fate == failed:
		return e.trouble.sentence, e.trouble.next
	case e.fate == queued && !e.draft.Ack.Asks():
		return "the hub has it; what becomes of it is not told, for it was not asked", ""
	case e.fate == queued:
		return "the hub has it; " + waitsFor[e.draft.Ack], ""
	case e.fate == silent:
		return "no feedback came until " + p.ctx.Zoned(e.told).Format("15:04:05"), silentNext[e.draft.Ack]
	}
	text = p.fateWords(e)
	if at := e.record.EnqueuedTimeUTC; !at.IsZero() {
		text += " at " + p.ctx.Zoned(at.Time).Format("15:04:05")
		if took := at.Time.Sub(e.sent); took > 0 {
			text += ", " + widget.Span(took) + " after it was sent"
		}
	}
	return text, ""
}

// waitsFor is what is expected of a message that asks for feedback.
var waitsFor = map[c2d.Ack]string{
	c2d.AckPositive: "feedback comes when the device has completed it",
	c2d.AckNegative: "feedback comes if it is rejected, purged or given up",
	c2d.AckFull:     "feedback comes when the device has completed it, or when it is given up",
}

// silentNext is what it may mean that no feedback came.
var silentNext = map[c2d.Ack]string{
	c2d.AckPositive: "it was not completed, or another program took the feedback",
	c2d.AckNegative: "the device has completed it, or another program took the feedback",
	c2d.AckFull:     "another program may have taken it",
}

// fateWords go on after "the message".
func (p *Page) fateWords(e *entry) string {
	switch e.fate {
	case delivered:
		return "was completed by the device"
	case rejected:
		return "was rejected by the device"
	case expired:
		return "has expired: the device did not take it in time"
	case purged:
		return "was purged from the queue"
	case givenUp:
		return "was given up: it was delivered too often and never completed"
	}
	return "has the state " + safe.Line(e.record.StatusCode, 40)
}

// facts are what was sent with the body.
func (p *Page) facts(e *entry) []widget.Fact {
	s, m := p.ctx.Styles, &e.draft.Message
	var out []widget.Fact
	add := func(label, value string) {
		if value != "" {
			out = append(out, widget.Fact{Label: label, Value: safe.Inline(value), Style: s.Text, Wrapped: true})
		}
	}
	id := e.receipt.MessageID
	if id == "" {
		id = m.MessageID
	}
	add("Message id", id)
	add("Correlation id", m.CorrelationID)
	add("User id", m.UserID)
	if m.Ack.Asks() {
		add("Feedback", string(m.Ack))
	}
	add("Expires", p.expiryFact(e))
	add("Content type", strings.TrimSpace(m.ContentType+" "+m.ContentEncoding))
	for _, property := range m.Properties {
		add("Property", property.Name+" = "+property.Value)
	}
	if e.trouble != nil {
		add("Tracking id", e.trouble.trackingID)
	}
	add("File", e.draft.file)
	return out
}

func (p *Page) expiryFact(e *entry) string {
	at := e.receipt.Expiry
	if at.IsZero() {
		at = e.draft.Expiry
	}
	switch {
	case !at.IsZero():
		return p.ctx.Zoned(at).Format("2006-01-02 15:04:05") + within(at.Sub(p.ctx.Time()))
	case e.draft.TTL > 0:
		return widget.Interval(e.draft.TTL) + " after it is sent"
	}
	return "as the hub is set"
}

func within(d time.Duration) string {
	if d <= 0 {
		return " (over)"
	}
	return " (in " + widget.Span(d) + ")"
}

// bodyLines are the body, as it is read best.
func (p *Page) bodyLines(e *entry, width int) []string {
	s := p.ctx.Styles
	switch {
	case e.gone:
		return []string{" " + s.Muted.Render("The body is not kept any more: "+widget.Plural(e.size, "byte"))}
	case len(e.draft.Body) == 0 && e.draft.file == "":
		return []string{" " + s.Muted.Render("The body is empty.")}
	case len(e.draft.Body) == 0:
		return nil
	}
	d := &p.details
	if d.of != e || d.width != width || d.size != len(e.draft.Body) || d.body == nil {
		d.of, d.width, d.size = e, width, len(e.draft.Body)
		d.body = layBody(e, max(8, width-2))
	}
	out := make([]string, 0, d.body.Len())
	for i := range d.body.Len() {
		out = append(out, " "+d.body.Line(i, &d.pens))
	}
	return out
}

// mostShown bounds what is drawn of a body.
const mostShown = 16 << 10

func layBody(e *entry, room int) *paint.Text {
	body := e.draft.Body
	if e.draft.json && len(body) <= mostShown {
		return paint.NewJSON(body, room)
	}
	text := &paint.Text{}
	if !safe.IsText(body) {
		text.Add([]paint.Span{{Kind: paint.MutedSpan, Text: fmt.Sprintf("%s that are no text, as hexadecimal digits:", widget.Plural(len(body), "byte"))}}, room, 0)
		for at := 0; at < min(len(body), 512); at += 16 {
			text.Add([]paint.Span{{Text: fmt.Sprintf("% x", body[at:min(len(body), at+16)])}}, room, 0)
		}
		return text
	}
	for _, line := range strings.Split(safe.Text(string(body[:min(len(body), mostShown)])), "\n") {
		text.Add([]paint.Span{{Text: line}}, room, 0)
	}
	if len(body) > mostShown {
		text.Add([]paint.Span{{Kind: paint.MutedSpan, Text: "… and " + widget.Plural(len(body)-mostShown, "byte") + " more"}}, room, 0)
	}
	return text
}
