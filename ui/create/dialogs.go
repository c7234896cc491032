// Package create makes new device identities: one by a form with all that an identity can have, many by a pattern or from
// a file. Its dialogs belong to the Devices tab.
package create

import (
	"context"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/selfsigned"
	"hubscope/ui/page"
)

// Store is what the dialogs need of a hub: *hub.Client has it.
type Store interface {
	provision.Registry
	CreateDevice(ctx context.Context, d hub.Device) (hub.Device, error)
	PatchTwin(ctx context.Context, deviceID string, u hub.TwinUpdate) (hub.Twin, error)
}

// Options of the dialogs.
type Options struct {
	Store Store
	// Dir is the folder for what is made here: certificates, and the results of many.
	Dir string
}

// Dialogs ask for new device identities and make them. They belong to the event loop, as a page does.
type Dialogs struct {
	ctx *page.Context
	o   Options

	box   *page.Mailbox
	known func(id string) bool
	made  func(first hub.Device, n int, files selfsigned.Files) tea.Cmd

	// folder is where certificates were put last.
	folder string
	// lists are what was typed last for many, by where the list comes from.
	lists [sources]string
}

// New returns dialogs that nobody has opened.
func New(ctx *page.Context, o Options) *Dialogs {
	return &Dialogs{ctx: ctx, o: o, folder: Certificates(o.Dir), lists: [sources]string{fromPattern: "device-{001..100}"}}
}

// Certificates is the folder for certificates when no other is chosen.
func Certificates(dir string) string { return filepath.Join(dir, "certificates") }

// Serve names the page that shows the dialogs: its mailbox gets their answers, known says which ids are in its list, and
// made is told of what has been created: the first, how many, and the files of its certificate, if it has one.
func (d *Dialogs) Serve(box *page.Mailbox, known func(id string) bool, made func(first hub.Device, n int, files selfsigned.Files) tea.Cmd) {
	d.box, d.known, d.made = box, known, made
}

// Update takes the answers to the commands of the dialogs, which come to the page that shows them.
func (d *Dialogs) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case oneMsg:
		return msg.one.onMade(msg.outcome)
	case progressMsg:
		return msg.run.onProgress(msg.now)
	case manyMsg:
		return msg.run.onDone(msg.outcome)
	}
	return nil
}

// callLimit bounds each call to the hub.
const callLimit = 15 * time.Second
