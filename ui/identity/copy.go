package identity

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/sas"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// openCopyMenu offers what of the device can be put on the clipboard. No secret
// is on the menu itself.
func (p *Page) openCopyMenu() tea.Cmd {
	d := p.device
	id := safe.Line(d.DeviceID, 40)
	choices := []widget.Choice{{Key: "i", Label: "Device id", Hint: id, Run: p.copy("device id", d.DeviceID)}}
	if !d.Auth.Primary.IsZero() {
		choices = append(choices,
			widget.Choice{Key: "c", Label: "Connection string", Hint: "with the primary key", Run: p.copy("connection string", p.connectionString(d, true))},
			widget.Choice{Key: "p", Label: "Primary key", Hint: widget.Mask, Run: p.copy("primary key", d.Auth.Primary.Reveal())},
			widget.Choice{Key: "s", Label: "Secondary key", Hint: widget.Mask, Run: p.copy("secondary key", d.Auth.Secondary.Reveal())},
			widget.Choice{Key: "C", Label: "Connection string", Hint: "with the secondary key", Run: p.copy("connection string", p.connectionString(d, false))},
		)
		if token, err := p.token(d); err == nil {
			choices = append(choices, widget.Choice{Key: "T", Label: "SAS token", Hint: "valid for one hour", Run: p.copy("SAS token", token)})
		}
	}
	if d.Auth.PrimaryThumbprint != "" {
		choices = append(choices, widget.Choice{Key: "t", Label: "Thumbprint", Hint: safe.Line(d.Auth.PrimaryThumbprint, 20), Run: p.copy("thumbprint", d.Auth.PrimaryThumbprint)})
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy of "+id, choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
}

// connection is the device's connection string, with its key in it.
func (p *Page) connectionString(d hub.Device, primary bool) string {
	key := d.Auth.Primary
	if !primary {
		key = d.Auth.Secondary
	}
	return p.o.Service.ForDevice(d.DeviceID, key).Reveal()
}

// tokenLife is that of the official SDKs.
const tokenLife = time.Hour

// token speaks for the device alone: for programs that take a ready token, such
// as mosquitto_pub.
func (p *Page) token(d hub.Device) (string, error) {
	host, _, _ := strings.Cut(p.o.Service.HostName, ":")
	token, err := sas.IoTHub(host+"/devices/"+d.DeviceID, d.Auth.Primary, "", p.ctx.Time().Add(tokenLife))
	return token.Reveal(), err
}

// copy puts text on the clipboard by OSC 52: the terminal does it, so it works
// over SSH too.
func (p *Page) copy(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{
		Severity: page.Success,
		Text:     what + " of " + p.device.DeviceID + " copied to the clipboard",
	}))
}
