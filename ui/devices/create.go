package devices

import (
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/selfsigned"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// Creator asks in dialogs for new device identities, and makes them.
type Creator interface {
	// Serve names the page that shows the dialogs. Its mailbox gets their answers; known says which ids are in its
	// list; made is told of the first of n devices that have been created, with the files of its certificate, if it has one.
	Serve(box *page.Mailbox, known func(id string) bool, made func(first hub.Device, n int, files selfsigned.Files) tea.Cmd)
	// One opens the dialog for one device, Many that for a list of them.
	One() tea.Cmd
	Many() tea.Cmd
	// Update takes what the mailbox got.
	Update(msg tea.Msg) tea.Cmd
}

// mostCertificates is how many files of certificates are remembered; those in the usual folder are found anyway.
const mostCertificates = 1000

func (p *Page) joinCreator() {
	if p.o.Create == nil {
		return
	}
	p.o.Create.Serve(&p.Mailbox, func(id string) bool {
		_, taken := p.rows.byID(id)
		return taken
	}, p.onCreated)
}

// creating hands on what is not for the list.
func (p *Page) creating(msg tea.Msg) tea.Cmd {
	if p.o.Create == nil {
		return nil
	}
	return p.o.Create.Update(msg)
}

// askNew asks for a new device identity.
func (p *Page) askNew() tea.Cmd {
	if no := p.noNew(); no != nil {
		return no
	}
	return p.o.Create.One()
}

// askMany asks for a list of new device identities.
func (p *Page) askMany() tea.Cmd {
	if no := p.noNew(); no != nil {
		return no
	}
	return p.o.Create.Many()
}

// noNew says why no device can be made; nil when one can.
func (p *Page) noNew() tea.Cmd {
	if p.o.Registry == nil || p.o.Create == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: eventsOnly})
	}
	return failure.Denied(p.ctx, page.ChangeRegistry, "no device created")
}

// onCreated shows the first of the new devices under the cursor.
func (p *Page) onCreated(first hub.Device, _ int, files selfsigned.Files) tea.Cmd {
	id := first.DeviceID
	if !files.IsZero() && len(p.certificates) < mostCertificates {
		p.certificates[id] = files
	}
	left := p.leaveAnswer()
	p.wanted = id
	p.filter.Clear()
	p.rows.filter = ""
	p.rows.put(first)
	return tea.Batch(left, p.changed(), p.pollAnew())
}
