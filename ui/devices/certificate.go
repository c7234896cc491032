package devices

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/ui/failure"
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
		own, err := device.LoadCertificate(path(certificate), path(key))
		if err != nil {
			return startedMsg{d.DeviceID, err}
		}
		settings := fleet.Usual()
		settings.Certificate = own
		return startedMsg{d.DeviceID, fleet.StartAs(d.ConnectionString(service), settings)}
	})
}

// path is a path as one types it, with ~ for the home folder.
func path(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return text
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
