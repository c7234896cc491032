package identity

import (
	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/credential"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// credentials are the keys or thumbprints, and the connection string.
func (p *Page) credentials() []widget.Fact {
	d := p.device
	connection := p.text("Connection string", p.connectionShown())
	connection.Wrapped = p.shown
	switch {
	case d.Auth.Type == hub.AuthSelfSigned:
		first, second := p.text("1st thumbprint", d.Auth.PrimaryThumbprint), p.text("2nd thumbprint", d.Auth.SecondaryThumbprint)
		first.Wrapped, second.Wrapped = true, true
		return []widget.Fact{first, second, connection}
	case credential.Certified(d.Auth):
		return []widget.Fact{connection}
	}
	return []widget.Fact{p.key("Primary key", d.Auth.Primary), p.key("Secondary key", d.Auth.Secondary), connection}
}

func (p *Page) key(label string, k secret.Text) widget.Fact {
	s := p.ctx.Styles
	switch {
	case p.whole && k.IsZero():
		return widget.Fact{Label: label, Value: "-", Style: s.Muted}
	case p.shown:
		return widget.Fact{Label: label, Value: safe.Inline(k.Reveal()), Style: s.Strong, Wrapped: true}
	}
	return widget.Fact{Label: label, Value: widget.Mask, Style: s.Muted}
}

// connectionShown is the connection string as the screen shows it.
func (p *Page) connectionShown() string {
	cs := p.device.ConnectionString(p.o.Service)
	if p.shown {
		return cs.Reveal()
	}
	return cs.String()
}
