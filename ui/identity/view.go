package identity

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

const labelWidth = 18

// View implements page.Page.
func (p *Page) View() string {
	lines := p.lines()
	top := max(0, min(p.top, len(lines)-1))
	return widget.Box(lines[top:], p.width, p.height)
}

func (p *Page) lines() []string {
	room := max(1, p.width-2)
	var lines []string
	for _, r := range p.facts() {
		lines = append(lines, p.draw(r)...)
	}
	if p.err != nil {
		lines = append(lines, p.trouble(room)...)
	}
	return lines
}

// fact is one line of the pane. A wrapped one goes on in the next line rather
// than being cut: keys are to be read whole.
type fact struct {
	label, value string
	style        lipgloss.Style
	wrapped      bool
}

func (p *Page) facts() []fact {
	s, d := p.ctx.Styles, p.device
	text := func(label, value string) fact { return fact{label: label, value: safe.Inline(value), style: s.Text} }
	facts := []fact{p.status(), p.connectionState()}
	if sim, ok := p.simulator(); ok {
		facts = append(facts, sim)
	}
	facts = append(facts, text("Authentication", authWords(d.Auth.Type)))
	facts = append(facts, p.credentials()...)
	facts = append(facts,
		text("Last activity", p.when(d.LastActivity)),
		text("C2D queued", strconv.Itoa(d.C2DCount)),
		text("ETag", orDash(d.ETag)),
	)
	if d.GenerationID != "" {
		facts = append(facts, text("Generation", d.GenerationID))
	}
	if d.IoTEdge {
		facts = append(facts, text("IoT Edge", "yes"))
	}
	if d.Scope != "" {
		facts = append(facts, text("Scope", d.Scope))
	}
	if d.ModelID != "" {
		facts = append(facts, text("Model", d.ModelID))
	}
	return facts
}

func (p *Page) status() fact {
	s, d := p.ctx.Styles, p.device
	f := fact{label: "Status", value: string(d.Status), style: s.Text}
	if d.Status == hub.Disabled {
		f.style = s.Disabled
	}
	if d.StatusReason != "" {
		f.value += ": " + safe.Inline(d.StatusReason)
	}
	return f
}

func (p *Page) connectionState() fact {
	s, d := p.ctx.Styles, p.device
	since := ""
	if !d.ConnectionStateUpdated.IsZero() {
		since = " since " + p.clock(d.ConnectionStateUpdated)
	}
	if d.Connected() {
		return fact{label: "Connection", value: "● connected" + since, style: s.Online}
	}
	return fact{label: "Connection", value: "○ offline" + since, style: s.Offline}
}

// simulator says how the simulated device of this identity stands.
func (p *Page) simulator() (fact, bool) {
	if p.o.Simulated == nil {
		return fact{}, false
	}
	st, ok := p.o.Simulated(p.device.DeviceID)
	if !ok {
		return fact{}, false
	}
	s := p.ctx.Styles
	f := fact{label: "Simulated", style: s.Text}
	switch st.State {
	case sim.Sending:
		f.value, f.style = fmt.Sprintf("● sending every %s, %s acked", widget.Interval(st.Interval), widget.Count(st.Confirmed)), s.Online
	case sim.Starting:
		f.value, f.style = "… starting", s.Waiting
	case sim.Retrying:
		f.value, f.style = "↻ next try in "+widget.Span(st.RetryIn), s.Waiting
	case sim.Stopping:
		f.value, f.style = "… stopping", s.Waiting
	case sim.Failed:
		sentence, _ := hub.Explain(st.Err)
		f.value, f.style, f.wrapped = "✗ "+safe.Inline(sentence), s.Danger, true
	default:
		f.value, f.style = fmt.Sprintf("○ stopped, %s acked", widget.Count(st.Confirmed)), s.Muted
	}
	return f, true
}

func (p *Page) credentials() []fact {
	s, a := p.ctx.Styles, p.device.Auth
	if a.Type == hub.AuthSelfSigned || a.Type == hub.AuthCA {
		return []fact{
			{label: "Primary thumbprint", value: orDash(safe.Inline(a.PrimaryThumbprint)), style: s.Text, wrapped: true},
			{label: "Secondary", value: orDash(safe.Inline(a.SecondaryThumbprint)), style: s.Text, wrapped: true},
			{label: "Connection string", value: safe.Inline(p.connectionShown()), style: s.Text},
		}
	}
	return []fact{
		p.key("Primary key", a.Primary),
		p.key("Secondary key", a.Secondary),
		{label: "Connection string", value: safe.Inline(p.connectionShown()), style: s.Text, wrapped: p.shown},
	}
}

func (p *Page) key(label string, k secret.Text) fact {
	s := p.ctx.Styles
	switch {
	case p.shown:
		return fact{label: label, value: safe.Inline(k.Reveal()), style: s.Strong, wrapped: true}
	case p.whole && k.IsZero():
		return fact{label: label, value: "-", style: s.Muted}
	default:
		return fact{label: label, value: widget.Mask, style: s.Muted}
	}
}

func (p *Page) valueWidth() int { return max(8, p.width-labelWidth-3) }

// draw gives the lines of one fact.
func (p *Page) draw(f fact) []string {
	room := p.valueWidth()
	label := " " + p.ctx.Styles.Muted.Render(widget.Fit(f.label, labelWidth)) + " "
	if !f.wrapped {
		return []string{label + f.style.Render(ansi.Truncate(f.value, room, "…"))}
	}
	var out []string
	for i, part := range strings.Split(ansi.Hardwrap(f.value, room, true), "\n") {
		if i > 0 {
			label = strings.Repeat(" ", labelWidth+2)
		}
		out = append(out, label+f.style.Render(part))
	}
	return out
}

func (p *Page) trouble(room int) []string {
	s := p.ctx.Styles
	sentence, next := hub.Explain(p.err)
	out := []string{""}
	for i, l := range widget.Wrap(safe.Inline(sentence), room-2) {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		out = append(out, s.Danger.Render(sign+l))
	}
	for _, l := range widget.Wrap(safe.Inline(next), room-2) {
		out = append(out, s.Muted.Render("   "+l))
	}
	return out
}

// when is a time with its age, without the date of today when there is no room.
func (p *Page) when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	ago := " (" + widget.Ago(p.ctx.Time(), t) + ")"
	full := p.ctx.Zoned(t).Format("2006-01-02 15:04:05") + ago
	if len(full) <= p.valueWidth() {
		return full
	}
	return p.clock(t) + ago
}

// clock is a time, with its date when that is not today.
func (p *Page) clock(t time.Time) string {
	now := p.ctx.Time()
	t = p.ctx.Zoned(t)
	if now.Year() == t.Year() && now.YearDay() == t.YearDay() {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

func authWords(t hub.AuthType) string {
	switch t {
	case hub.AuthSelfSigned:
		return "X.509, self-signed"
	case hub.AuthCA:
		return "X.509, certificate authority"
	case hub.AuthNone:
		return "none"
	default:
		return "symmetric key"
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
