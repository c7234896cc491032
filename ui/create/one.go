package create

import (
	"encoding/json"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// The lines of the form for one device. Those of the proof mean what its kind needs.
const (
	idLine = iota
	proofLine
	firstLine
	secondLine
	statusLine
	reasonLine
	edgeLine
	parentLine
	tagsLine
)

// The choices of the form that say yes and no.
var (
	statusChoices = []string{string(hub.Enabled), string(hub.Disabled)}
	edgeChoices   = []string{"no", "yes"}
)

// one is the form for one device, from its opening until its last answer.
type one struct {
	d     *Dialogs
	sheet *widget.Sheet
	proof proof
	left  bool // the form is gone

	// kept is a certificate that a call which may have worked was about: the next one is about it too.
	kept keptCertificate
	// half is a device that was created without its tags.
	half hub.Device
	// unsure says that a call ended without an answer, so that the device may be there.
	unsure bool
}

// One opens the form for a new device identity, with an id that is free.
func (d *Dialogs) One() tea.Cmd {
	f := &one{d: d}
	f.proof.typed[ownCertificate] = [2]string{shownPath(d.folder), defaultDays}
	f.sheet = widget.NewSheet(d.ctx.Styles, d.ctx.Keys, widget.SheetOptions{
		Title: "New device", Verb: "create", Doing: "creating the device",
		Submit:  func(*widget.Sheet) tea.Cmd { return f.submit() },
		Changed: func(s *widget.Sheet, line int) tea.Cmd { f.changed(line); return nil },
		Left:    func() { f.left = true },
	}, f.lines()...)
	return d.ctx.Send(page.OpenDialog{Dialog: f.sheet})
}

func (f *one) lines() []widget.Line {
	return []widget.Line{
		idLine:     {Label: "Device id", Value: f.d.propose(), Check: f.checkID, Hint: "Up to 128 letters, digits and - . _ : and the like; case matters."},
		proofLine:  {Label: "Proves itself", Options: proofChoices, Hint: "How the device proves itself when it connects."},
		firstLine:  {Hidden: true, Check: func(text string) error { return f.proof.check(0, text) }},
		secondLine: {Hidden: true, Check: func(text string) error { return f.proof.check(1, text) }},
		statusLine: {Label: "Status", Options: statusChoices, Hint: "A device that is disabled cannot connect."},
		reasonLine: {Label: "Reason", Hidden: true, Empty: "none", Check: checkReason, Hint: "Why it is disabled: up to 128 characters, for whoever wonders later."},
		edgeLine:   {Label: "IoT Edge", Options: edgeChoices, Hint: "Whether it is a device that runs modules, and that others may connect through."},
		parentLine: {Label: "Parent", Empty: "none", Check: checkParent, Hint: "The id of the IoT Edge device that it connects through, or its scope, ms-azure-iot-edge://..."},
		tagsLine:   f.d.tagsLine(),
	}
}

// tagsLine asks for tags, or says why there can be none.
func (d *Dialogs) tagsLine() widget.Line {
	if why := d.ctx.Denied(page.ChangeTwins); why != "" {
		return widget.Line{Label: "Tags", Options: []string{"none"}, Hint: "No tags: " + why + "."}
	}
	return widget.Line{Label: "Tags", Empty: "none", Check: checkTags, Hint: `What the twin has from the start: {"site":"north","floor":2}`}
}

// propose counts on from what is there.
func (d *Dialogs) propose() string {
	for n := 1; ; n++ {
		if id := fmt.Sprintf("device-%d", n); !d.known(id) {
			return id
		}
	}
}

func (f *one) checkID(id string) error {
	id = strings.TrimSpace(id)
	if err := connstr.CheckDeviceID(id); err != nil {
		return err
	}
	if f.d.known(id) && f.half.DeviceID != id {
		return fmt.Errorf("a device with this id exists already: choose another")
	}
	return nil
}

// changed follows a choice: the lines that it needs are shown.
func (f *one) changed(line int) {
	switch line {
	case proofLine:
		f.proof.choose(f.sheet)
	case statusLine:
		f.sheet.Hide(reasonLine, f.sheet.Chosen(statusLine) == 0)
	}
}

// submit makes the device that the form is about; its lines have been checked.
func (f *one) submit() tea.Cmd {
	if denied := failure.Denied(f.d.ctx, page.ChangeRegistry, "no device created"); denied != nil {
		f.sheet.Fail(f.d.ctx.Denied(page.ChangeRegistry), "")
		return denied
	}
	return f.make(f.order())
}

// order is what the form says.
func (f *one) order() order {
	s := f.sheet
	o := order{
		device: hub.Device{DeviceID: strings.TrimSpace(s.Value(idLine)), Status: hub.Enabled, IoTEdge: s.Chosen(edgeLine) == 1},
		parent: strings.TrimSpace(s.Value(parentLine)),
	}
	if s.Chosen(statusLine) == 1 {
		o.device.Status, o.device.StatusReason = hub.Disabled, strings.TrimSpace(s.Value(reasonLine))
	}
	if text := strings.TrimSpace(s.Value(tagsLine)); strings.HasPrefix(text, "{") {
		o.tags = json.RawMessage(text)
	}
	first, second := strings.TrimSpace(s.Value(firstLine)), strings.TrimSpace(s.Value(secondLine))
	switch auth := &o.device.Auth; s.Chosen(proofLine) {
	case ownKeys:
		auth.Type, auth.Primary, auth.Secondary = hub.AuthSAS, secret.New(first), secret.New(second)
		if second == "" {
			auth.Secondary = randomKey()
		}
	case thumbprints:
		auth.Type, auth.PrimaryThumbprint, auth.SecondaryThumbprint = hub.AuthSelfSigned, digits(first), digits(second)
	case ownCertificate:
		auth.Type = hub.AuthSelfSigned
		f.d.folder = typedPath(first)
		o.certificate = f.kept.wanted(o.device.DeviceID, f.d.folder, daysOf(second))
	case authority:
		auth.Type = hub.AuthCA
	}
	if f.half.DeviceID == o.device.DeviceID {
		o.half = f.half
	}
	return o
}
