package identity

import (
	"encoding/hex"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

const thumbprintHint = "40 or 64 hexadecimal digits: SHA-1 or SHA-256 of the certificate."

// askThumbprints asks for those of the certificates that the device may use.
func (p *Page) askThumbprints() tea.Cmd {
	a := p.device.Auth
	o := widget.SheetOptions{Title: "Thumbprints of " + safe.Line(p.device.DeviceID, 40), Verb: "change", Doing: "changing the thumbprints", LabelWidth: 8}
	return p.openForm(
		o, p.setThumbprints,
		widget.Line{Label: "1st", Value: safe.Inline(a.PrimaryThumbprint), Check: checkFirst, Hint: thumbprintHint},
		widget.Line{Label: "2nd", Value: safe.Inline(a.SecondaryThumbprint), Empty: "none", Check: checkThumbprint, Hint: thumbprintHint + " For when the first certificate ends."},
	)
}

func checkFirst(text string) error {
	if bare(text) == "" {
		return errors.New("the first thumbprint is needed")
	}
	return checkThumbprint(text)
}

func checkThumbprint(text string) error {
	digits := bare(text)
	if _, err := hex.DecodeString(digits); digits != "" && (err != nil || (len(digits) != 40 && len(digits) != 64)) {
		return errors.New("a thumbprint has 40 or 64 hexadecimal digits")
	}
	return nil
}

// bare takes away what tools put between the digits.
func bare(text string) string { return strings.NewReplacer(":", "", " ", "").Replace(text) }

func (p *Page) setThumbprints(f *form) tea.Cmd {
	before := f.now
	after := before
	after.Auth.PrimaryThumbprint, after.Auth.SecondaryThumbprint = bare(f.sheet.Value(0)), bare(f.sheet.Value(1))
	id := before.DeviceID
	return p.apply(change{
		before: before, after: after, form: f,
		doing: "changing the thumbprints of " + id, done: id + ": thumbprints changed", not: id + ": thumbprints not changed",
	})
}
