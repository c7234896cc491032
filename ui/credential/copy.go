// Package credential is what the identities of devices and of modules have in common: what of
// one can be put on the clipboard, tokens of a lifetime that is asked for, and the ways to change
// its keys.
package credential

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/ui/credential/lines"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Copier puts what programs need to be an identity on the clipboard.
type Copier struct {
	Ctx *page.Context
	// Later runs something within Update of the section that asks, and only while it shows the
	// same identity.
	Later func(run func() tea.Cmd) tea.Cmd
	// What is "device" or "module".
	What string
	// Connection is its connection string, with the primary key.
	Connection connstr.Device
	Auth       hub.Authentication
	// MQTTAddr is the host:port where it connects; "": port 8883 of the hub's name.
	MQTTAddr string
	// CAFile is what programs must trust to reach the hub; "": what their system trusts.
	CAFile string
}

// Menu offers what can be copied. No secret is on the menu itself.
func (c Copier) Menu() tea.Cmd {
	id := safe.Line(c.name(), 40)
	choices := []widget.Choice{{Key: "i", Label: strings.ToUpper(c.What[:1]) + c.What[1:] + " id", Hint: id, Run: c.copy(c.What+" id", c.name())}}
	switch {
	case !c.Auth.Primary.IsZero():
		choices = append(choices, c.ofKeys()...)
	case Certified(c.Auth):
		choices = append(choices, c.ofCertificates()...)
	}
	return c.Ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(c.Ctx.Styles, c.Ctx.Keys, "Copy of "+id, choices...)})
}

// Certified says that the identity proves itself by a certificate.
func Certified(a hub.Authentication) bool {
	return a.Type == hub.AuthSelfSigned || a.Type == hub.AuthCA
}

func (c Copier) name() string {
	if c.Connection.ModuleID != "" {
		return c.Connection.ModuleID
	}
	return c.Connection.DeviceID
}

func (c Copier) ofKeys() []widget.Choice {
	line := c.line()
	return []widget.Choice{
		{Key: "c", Label: "Connection string", Hint: "with the primary key", Run: c.copy("connection string", c.with(c.Auth.Primary))},
		{Key: "C", Label: "Connection string", Hint: "with the secondary key", Run: c.copy("connection string", c.with(c.Auth.Secondary))},
		{Key: "p", Label: "Primary key", Hint: widget.Mask, Run: c.copy("primary key", c.Auth.Primary.Reveal())},
		{Key: "s", Label: "Secondary key", Hint: widget.Mask, Run: c.copy("secondary key", c.Auth.Secondary.Reveal())},
		{Key: "T", Label: "SAS token …", Hint: "for as long as you choose", Run: c.chooseLife("SAS token", func(t string) string { return t })},
		{Key: "M", Label: "mosquitto_pub …", Hint: "a line for the shell, with a token", Run: c.chooseLife("mosquitto_pub line", line.Mosquitto)},
		{Key: "N", Label: "Node", Hint: "a line for the shell, azure-iot-device", Run: c.copy("Node line", line.Node())},
		{Key: "P", Label: "Python", Hint: "a line for the shell, azure-iot-device", Run: c.copy("Python line", line.Python())},
	}
}

func (c Copier) ofCertificates() []widget.Choice {
	line := c.line()
	out := []widget.Choice{
		{Key: "c", Label: "Connection string", Run: c.copy("connection string", line.Connection.Reveal())},
		{Key: "M", Label: "mosquitto_pub", Hint: "a line for the shell; put in your certificate", Run: c.copy("mosquitto_pub line", line.Mosquitto(""))},
	}
	if first := c.Auth.PrimaryThumbprint; first != "" {
		out = append(out, widget.Choice{Key: "t", Label: "1st thumbprint", Hint: safe.Line(first, 20), Run: c.copy("thumbprint", first)})
	}
	return out
}

func (c Copier) line() lines.Device {
	return lines.Device{Connection: c.Connection, MQTTAddr: c.MQTTAddr, CAFile: c.CAFile}
}

// with is the connection string with a key in it.
func (c Copier) with(key secret.Text) string {
	cs := c.Connection
	cs.Key = key
	return cs.Reveal()
}

// token speaks for the identity alone: for programs that take a ready token, such as
// mosquitto_pub (protocol 2.1).
func (c Copier) token(life time.Duration) (string, error) {
	host, _, _ := strings.Cut(c.Connection.HostName, ":")
	resource := host + "/devices/" + c.Connection.DeviceID
	if c.Connection.ModuleID != "" {
		resource += "/modules/" + c.Connection.ModuleID
	}
	token, err := sas.IoTHub(resource, c.Auth.Primary, "", c.Ctx.Time().Add(life))
	return token.Reveal(), err
}

// copy puts text on the clipboard by OSC 52: the terminal does it, so it works
// over SSH too.
func (c Copier) copy(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{
		Severity: page.Success,
		Text:     what + " of " + c.name() + " copied to the clipboard",
	}))
}
