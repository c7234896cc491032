package modules

import (
	"cmp"
	"strconv"
	"time"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

const labels = 18

// View implements page.Page.
func (p *One) View() string {
	lines := p.lines()
	return widget.Box(lines[max(0, min(p.top, len(lines)-1)):], p.width, p.height)
}

func (p *One) lines() []string {
	lines := p.trouble()
	switch {
	case p.whole:
		return append(lines, widget.Facts(p.ctx.Styles, p.facts(), labels, p.width)...)
	case p.err == nil && p.module.ModuleID != "":
		return append(lines, " "+p.ctx.Styles.Muted.Render("Reading …"))
	}
	return lines
}

func (p *One) facts() []widget.Fact {
	s, m := p.ctx.Styles, p.module
	text := func(label, value string) widget.Fact {
		return widget.Fact{Label: label, Value: safe.Inline(cmp.Or(value, "-")), Style: s.Text}
	}
	connection := widget.Fact{Label: "Connection", Value: "○ offline" + p.since(m.ConnectionStateUpdated), Style: s.Offline}
	if m.Connected() {
		connection = widget.Fact{Label: "Connection", Value: "● connected" + p.since(m.ConnectionStateUpdated), Style: s.Online}
	}
	facts := append([]widget.Fact{connection, text("Authentication", authWords[m.Auth.Type])}, p.proofs()...)
	return append(facts,
		text("Last activity", widget.Ago(p.ctx.Time(), m.LastActivity)),
		text("Messages queued", strconv.Itoa(m.C2DCount)),
		text("Managed by", m.ManagedBy),
		text("ETag", m.ETag),
		text("Generation", m.GenerationID),
	)
}

func (p *One) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", " + widget.Ago(p.ctx.Time(), t)
}

// proofs are the keys or the thumbprints.
func (p *One) proofs() []widget.Fact {
	s, m := p.ctx.Styles, p.module
	if m.Auth.Type == hub.AuthSelfSigned || m.Auth.Type == hub.AuthCA {
		return []widget.Fact{
			{Label: "Primary thumbprint", Value: cmp.Or(safe.Inline(m.Auth.PrimaryThumbprint), "-"), Style: s.Text, Wrapped: true},
			{Label: "Secondary", Value: cmp.Or(safe.Inline(m.Auth.SecondaryThumbprint), "-"), Style: s.Text, Wrapped: true},
		}
	}
	connection := m.ConnectionString(p.o.Service)
	shown := connection.String()
	if p.shown {
		shown = connection.Reveal()
	}
	return []widget.Fact{
		p.secret("Primary key", m.Auth.Primary), p.secret("Secondary key", m.Auth.Secondary),
		{Label: "Connection string", Value: safe.Inline(shown), Style: s.Text, Wrapped: p.shown},
	}
}

func (p *One) secret(label string, k secret.Text) widget.Fact {
	s := p.ctx.Styles
	if p.shown {
		return widget.Fact{Label: label, Value: safe.Inline(k.Reveal()), Style: s.Strong, Wrapped: true}
	}
	return widget.Fact{Label: label, Value: widget.Mask, Style: s.Muted}
}
