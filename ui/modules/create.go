package modules

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The lines of the form for a new module.
const (
	idLine = iota
	authLine
	primaryLine
	secondaryLine
)

// The ways in which a module can prove itself.
const (
	generated = iota
	ownKeys
	thumbprints
	authority
)

var authChoices = []string{"keys that the hub makes", "keys of my own", "X.509 thumbprints", "X.509, certificate authority"}

type createdMsg struct {
	module hub.Module
	err    error
}

// askNew opens the form for a new module.
func (p *List) askNew() tea.Cmd {
	if denied := failure.Denied(p.ctx, page.ChangeRegistry, "no module created"); denied != nil {
		return denied
	}
	device := p.device.DeviceID
	p.kind = generated
	p.sheet = widget.NewSheet(p.ctx.Styles, p.ctx.Keys, widget.SheetOptions{
		Title: "New module of " + safe.Line(device, 40), Verb: "create", Doing: "creating the module",
		Submit: func(s *widget.Sheet) tea.Cmd { return p.create(moduleOf(s, device)) },
		Changed: func(s *widget.Sheet, _ int) tea.Cmd {
			p.kind = s.Chosen(authLine)
			choose(s)
			return nil
		},
	},
		widget.Line{Label: "Module id", Value: p.proposeID(), Check: p.checkID, Hint: "Up to 128 letters, digits and - . _ : and the like; case matters."},
		widget.Line{Label: "Proves itself", Options: authChoices, Hint: "How the module proves itself when it connects."},
		widget.Line{Label: "Primary key", Hidden: true, Check: p.checkProof},
		widget.Line{Label: "Secondary key", Hidden: true, Check: p.checkProof},
	)
	return p.ctx.Send(page.OpenDialog{Dialog: p.sheet})
}

// choose shows the lines that the kind of authentication needs.
func choose(s *widget.Sheet) {
	kind := s.Chosen(authLine)
	for _, l := range []int{primaryLine, secondaryLine} {
		s.Hide(l, kind == generated || kind == authority)
	}
	switch kind {
	case ownKeys:
		s.Rename(primaryLine, "Primary key", "Base64 of 16 to 64 bytes.")
		s.Rename(secondaryLine, "Secondary key", "Base64 of 16 to 64 bytes.")
	case thumbprints:
		s.Rename(primaryLine, "Primary", "40 or 64 hexadecimal digits: SHA-1 or SHA-256 of the certificate.")
		s.Rename(secondaryLine, "Secondary", "40 or 64 hexadecimal digits, for when the first certificate ends.")
	}
}

func (p *List) proposeID() string {
	for n := 1; ; n++ {
		if id := fmt.Sprintf("module-%d", n); p.rows.Find(id) < 0 {
			return id
		}
	}
}

func (p *List) checkID(id string) error {
	if err := connstr.CheckDeviceID(id); err != nil {
		return err
	}
	if p.rows.Find(id) >= 0 {
		return errors.New("the device has a module with this id already: choose another")
	}
	return nil
}

// moduleOf is what the form says; its lines have been checked.
func moduleOf(s *widget.Sheet, device string) hub.Module {
	m := hub.Module{DeviceID: device, ModuleID: strings.TrimSpace(s.Value(idLine))}
	first, second := strings.TrimSpace(s.Value(primaryLine)), strings.TrimSpace(s.Value(secondaryLine))
	switch s.Chosen(authLine) {
	case ownKeys:
		m.Auth.Primary, m.Auth.Secondary = secret.New(first), secret.New(second)
	case thumbprints:
		m.Auth.Type, m.Auth.PrimaryThumbprint, m.Auth.SecondaryThumbprint = hub.AuthSelfSigned, bare(first), bare(second)
	case authority:
		m.Auth.Type = hub.AuthCA
	}
	return m
}

// checkProof checks a key or a thumbprint while it is typed.
func (p *List) checkProof(text string) error {
	text = strings.TrimSpace(text)
	switch p.kind {
	case ownKeys:
		if b, err := base64.StdEncoding.DecodeString(text); err != nil || len(b) < 16 || len(b) > 64 {
			return errors.New("a key is base64 of 16 to 64 bytes")
		}
	case thumbprints:
		digits := bare(text)
		if _, err := hex.DecodeString(digits); err != nil || (len(digits) != 40 && len(digits) != 64) {
			return errors.New("a thumbprint has 40 or 64 hexadecimal digits")
		}
	}
	return nil
}

// bare takes away what tools put between the digits.
func bare(text string) string { return strings.NewReplacer(":", "", " ", "").Replace(text) }

func (p *List) create(m hub.Module) tea.Cmd {
	store := p.o.Store
	return p.act(func(ctx context.Context) tea.Msg {
		made, err := store.CreateModule(ctx, m)
		if err != nil {
			made = m
		}
		return createdMsg{made, err}
	})
}

// act runs an action of its own life: moving on does not cancel it.
func (p *List) act(do func(ctx context.Context) tea.Msg) tea.Cmd { return p.actIn(p.Base(), do) }

func (p *List) actIn(base context.Context, do func(ctx context.Context) tea.Msg) tea.Cmd {
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return do(ctx)
	})
}

func (p *List) onCreated(m createdMsg) tea.Cmd {
	if m.err != nil {
		failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
		sentence, next := failure.Words(m.err)
		p.sheet.Fail(strings.TrimPrefix(sentence, opOf("create", m.module)), p.inForm(next, m.err))
		return failure.Note("module "+m.module.ModuleID+" not created", m.err)
	}
	p.wanted = m.module.ModuleID
	return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: p.sheet}), p.again(m.module.DeviceID),
		page.Tell(page.Report{Severity: page.Success, Text: "module " + m.module.ModuleID + " of " + m.module.DeviceID + " created", Next: "enter opens it"}))
}

// inForm says which key to press there.
func (p *List) inForm(next string, err error) string {
	key := "enter tries again"
	if errors.Is(err, hub.ErrNotFound) || !p.ctx.May(page.ChangeRegistry) {
		key = "esc closes this"
	}
	if next == "" {
		return key
	}
	return next + "; " + key
}

// again reads the list when it is still that of the device.
func (p *List) again(device string) tea.Cmd {
	if device != p.device.DeviceID {
		return nil
	}
	return p.read()
}
