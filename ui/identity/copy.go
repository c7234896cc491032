package identity

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/sas"
	"hubscope/ui/identity/lines"
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
	switch {
	case !d.Auth.Primary.IsZero():
		choices = append(choices, p.keyChoices(d)...)
	case certified(d):
		choices = append(choices, p.certificateChoices(d)...)
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy of "+id, choices...)})
}

func (p *Page) keyChoices(d hub.Device) []widget.Choice {
	line := p.line(d)
	return []widget.Choice{
		{Key: "c", Label: "Connection string", Hint: "with the primary key", Run: p.copy("connection string", p.connectionString(d, true))},
		{Key: "C", Label: "Connection string", Hint: "with the secondary key", Run: p.copy("connection string", p.connectionString(d, false))},
		{Key: "p", Label: "Primary key", Hint: widget.Mask, Run: p.copy("primary key", d.Auth.Primary.Reveal())},
		{Key: "s", Label: "Secondary key", Hint: widget.Mask, Run: p.copy("secondary key", d.Auth.Secondary.Reveal())},
		{Key: "T", Label: "SAS token …", Hint: "for as long as you choose", Run: p.chooseLife("SAS token", func(t string) string { return t })},
		{Key: "M", Label: "mosquitto_pub …", Hint: "a line for the shell, with a token", Run: p.chooseLife("mosquitto_pub line", line.Mosquitto)},
		{Key: "N", Label: "Node", Hint: "a line for the shell, azure-iot-device", Run: p.copy("Node line", line.Node())},
		{Key: "P", Label: "Python", Hint: "a line for the shell, azure-iot-device", Run: p.copy("Python line", line.Python())},
	}
}

func (p *Page) certificateChoices(d hub.Device) []widget.Choice {
	line := p.line(d)
	out := []widget.Choice{
		{Key: "c", Label: "Connection string", Run: p.copy("connection string", line.Connection.Reveal())},
		{Key: "M", Label: "mosquitto_pub", Hint: "a line for the shell; put in your certificate", Run: p.copy("mosquitto_pub line", line.Mosquitto(""))},
	}
	if first := d.Auth.PrimaryThumbprint; first != "" {
		out = append(out, widget.Choice{Key: "t", Label: "1st thumbprint", Hint: safe.Line(first, 20), Run: p.copy("thumbprint", first)})
	}
	return out
}

func (p *Page) line(d hub.Device) lines.Device {
	return lines.Device{Connection: d.ConnectionString(p.o.Service), MQTTAddr: p.o.MQTTAddr, CAFile: p.o.CAFile}
}

// connectionString is the device's connection string, with its key in it.
func (p *Page) connectionString(d hub.Device, primary bool) string {
	key := d.Auth.Primary
	if !primary {
		key = d.Auth.Secondary
	}
	return p.o.Service.ForDevice(d.DeviceID, key).Reveal()
}

// token speaks for the device alone: for programs that take a ready token, such
// as mosquitto_pub.
func (p *Page) token(d hub.Device, life time.Duration) (string, error) {
	host, _, _ := strings.Cut(p.o.Service.HostName, ":")
	token, err := sas.IoTHub(host+"/devices/"+d.DeviceID, d.Auth.Primary, "", p.ctx.Time().Add(life))
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
