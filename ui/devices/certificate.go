package devices

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/selfsigned"
	"hubscope/ui/failure"
	"hubscope/ui/outside"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// needsCertificate tells an identity that proves itself by X.509: what is needed
// for that is with the device and not in the registry.
func needsCertificate(d hub.Device) bool {
	return d.Auth.Type == hub.AuthSelfSigned || d.Auth.Type == hub.AuthCA
}

type certificateMsg struct{ device hub.Device }

// The lines of the form for a certificate.
const (
	certificateLine = iota
	keyLine
)

// askCertificate asks for the files with which the simulated device connects.
func (p *Page) askCertificate(m certificateMsg) tea.Cmd {
	delete(p.simulated.starting, m.device.DeviceID)
	p.snapshot()
	id := safe.Line(m.device.DeviceID, 40)
	p.sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "Certificate of " + id, Verb: "start", Doing: "starting the device",
		Submit: func(s *widget.Sheet) tea.Cmd {
			return p.startWith(m.device, s.Value(certificateLine), s.Value(keyLine))
		},
	},
		widget.Line{Label: "Certificate", Value: p.certificate, Check: checkFile, Hint: id + " proves itself by X.509. A PEM file with its certificate, and those above it up to the authority."},
		widget.Line{Label: "Key", Empty: "in the same file", Hint: "A PEM file with the private key."},
	)
	return p.ctx.Send(page.OpenDialog{Dialog: p.sheet})
}

func checkFile(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("a file is needed, such as ~/device.pem")
	}
	return nil
}

// startWith reads the files and starts the device with what is in them.
func (p *Page) startWith(d hub.Device, certificate, key string) tea.Cmd {
	p.certificate = certificate
	fleet, service := p.o.Fleet, p.o.Service
	return p.act(func(context.Context) tea.Msg {
		own, err := device.LoadCertificate(outside.Path(certificate), outside.Path(key))
		if err != nil {
			return startedMsg{d.DeviceID, err}
		}
		return startedMsg{d.DeviceID, startAs(fleet, service, d, own)}
	})
}

// ownCertificate is the certificate that was made here for a device, when it is still there and the one that the
// hub knows; nil when it is not.
func ownCertificate(d hub.Device, places ...selfsigned.Files) *tls.Certificate {
	for _, f := range places {
		if f.IsZero() {
			continue
		}
		own, err := device.LoadCertificate(f.Certificate, f.Key)
		if err == nil && selfsigned.Proves(own, d.Auth.PrimaryThumbprint, d.Auth.SecondaryThumbprint) {
			return own
		}
	}
	return nil
}

// startAs starts a device that proves itself by X.509.
func startAs(fleet Fleet, service connstr.Service, d hub.Device, own *tls.Certificate) error {
	settings := fleet.Usual()
	settings.Certificate = own
	return fleet.StartAs(d.ConnectionString(service), settings)
}

// onCertificate closes the form when the device was started, or says in it why not.
func (p *Page) onCertificate(m startedMsg) tea.Cmd {
	sheet := p.sheet
	if sheet == nil {
		return nil
	}
	if m.err == nil {
		p.sheet = nil
		return p.ctx.Send(page.CloseDialog{Dialog: sheet})
	}
	sentence, next := failure.Words(m.err)
	sheet.Fail(sentence, cmp.Or(next, "write other files, or esc"))
	return nil
}
