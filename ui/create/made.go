package create

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// onMade ends the form when all was done; else the form says what was not, and has what was typed.
func (f *one) onMade(o outcome) tea.Cmd {
	id := o.order.device.DeviceID
	switch {
	case o.err != nil:
		return f.notCreated(id, o)
	case o.tags != nil:
		return f.withoutTags(id, o)
	}
	made := f.d.made(o.device, 1, o.kept.files)
	var closed tea.Cmd
	if !f.left {
		closed = f.d.ctx.Send(page.CloseDialog{Dialog: f.sheet})
	}
	return tea.Batch(made, closed, f.tellCreated(id, o.kept))
}

func (f *one) tellCreated(id string, kept keptCertificate) tea.Cmd {
	r := page.Report{Severity: page.Success, Text: id + " created", Next: "s starts its simulated device"}
	if kept.files.IsZero() {
		return page.Tell(r)
	}
	r.Text += ", its certificate is in " + safe.Inline(shownPath(kept.folder))
	r.Detail = safe.Inline("certificate " + kept.files.Certificate + ", private key " + kept.files.Key + ", thumbprint " + kept.certificate.Thumbprint())
	return tea.Batch(page.Tell(r), f.d.ctx.Send(page.OpenDialog{Dialog: f.d.certificateNote(id, kept)}))
}

// certificateNote names both files.
func (d *Dialogs) certificateNote(id string, kept keptCertificate) *note {
	s := d.ctx.Styles
	until := d.ctx.Zoned(kept.certificate.Until()).Format("2006-01-02")
	return &note{
		styles: s, keys: d.ctx.Keys, title: safe.Line(id, 40) + " created",
		text: func(width int) []string {
			lines := widget.Facts(s, []widget.Fact{
				{Label: "Certificate", Value: safe.Inline(shownPath(kept.files.Certificate)), Style: s.Text, Wrapped: true},
				{Label: "Private key", Value: safe.Inline(shownPath(kept.files.Key)), Style: s.Text, Wrapped: true},
				{Label: "Thumbprint", Value: kept.certificate.Thumbprint(), Style: s.Text, Wrapped: true},
				{Label: "Valid until", Value: until, Style: s.Text},
			}, 12, width)
			lines = append(lines, "")
			for _, l := range widget.Wrap("Only you can read the files. Whoever has the private key can be this device. s starts its simulated device with them.", width-2) {
				lines = append(lines, " "+s.Muted.Render(l))
			}
			return lines
		},
	}
}

func (f *one) notCreated(id string, o outcome) tea.Cmd {
	f.kept = o.kept
	f.unsure = f.unsure || o.asked && !refused(o.err)
	failure.Learn(f.d.ctx, page.ChangeRegistry, o.err, "create, change or delete identities")
	sentence, next := failure.Words(o.err)
	switch {
	case errors.Is(o.err, hub.ErrConflict) && f.unsure:
		sentence, next = "a device with this id exists already", "it may be from the attempt before: esc, then / finds it; or choose another id"
	case errors.Is(o.err, hub.ErrConflict):
		sentence, next = "a device with this id exists already", "choose another id; or esc, and / finds that one"
	case f.unsure:
		next = strings.TrimPrefix(next+"; it may have been created all the same: esc, then r shows it", "; ")
	}
	return f.failed(sentence, next, id+" not created", o.err)
}

// withoutTags says that the device is there; enter then tries the tags alone.
func (f *one) withoutTags(id string, o outcome) tea.Cmd {
	f.half, f.kept = o.device, o.kept
	failure.Learn(f.d.ctx, page.ChangeTwins, o.tags, "write tags")
	sentence, _ := failure.Words(o.tags)
	told := f.failed(safe.Line(id, 40)+" was created, but has no tags: "+sentence, "enter tries the tags again, esc leaves it so",
		id+" was created, but has no tags", o.tags)
	return tea.Batch(f.d.made(o.device, 1, o.kept.files), told)
}

// failed says why in the form, or when that was left in the status line.
func (f *one) failed(sentence, next, what string, err error) tea.Cmd {
	r := failure.Of(what, err)
	r.Quiet = !f.left // the form says it
	if files := f.kept.files; !files.IsZero() {
		r.Detail += "; its certificate is " + safe.Inline(files.Certificate)
	}
	if !f.left {
		f.sheet.Fail(sentence, next)
	}
	return page.Tell(r)
}
