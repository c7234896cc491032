package identity

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// mostReason is how many characters a status reason may have (protocol 1.5).
const mostReason = 128

// askDisable asks for the reason, which may be empty.
func (p *Page) askDisable() tea.Cmd {
	already := p.device.Status == hub.Disabled
	title, verb := "Disable ", "disable"
	if already {
		title, verb = "Why disabled: ", "keep"
	}
	o := widget.SheetOptions{Title: title + safe.Line(p.device.DeviceID, 40), Verb: verb, Doing: "changing the identity"}
	return p.openForm(o, p.disable, widget.Line{
		Label: "Reason", Value: safe.Inline(p.device.StatusReason), Empty: "none", Check: checkReason, Say: sayReason,
	})
}

func checkReason(text string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n > mostReason {
		return fmt.Errorf("a reason has at most %d characters, this one has %d", mostReason, n)
	}
	return nil
}

func sayReason(text string) string {
	left := mostReason - utf8.RuneCountInString(strings.TrimSpace(text))
	return widget.Plural(left, "character") + " left. The hub ends the connection of a disabled device, and refuses the next one."
}

func (p *Page) disable(f *form) tea.Cmd {
	before := f.now
	after := before
	after.Status, after.StatusReason = hub.Disabled, strings.TrimSpace(f.sheet.Value(0))
	id := before.DeviceID
	return p.apply(change{
		before: before, after: after, form: f,
		doing: "disabling " + id, done: id + " disabled", not: id + " not disabled", next: "e enables it",
	})
}

// enable takes the reason away with the status that it is for.
func (p *Page) enable() tea.Cmd {
	before := p.device
	after := before
	after.Status, after.StatusReason = hub.Enabled, ""
	id := before.DeviceID
	c := change{before: before, after: after, doing: "enabling " + id, done: id + " enabled", not: id + " not enabled"}
	if p.isSimulated() {
		c.next = "s starts its simulated device again"
	}
	return p.apply(c)
}

// isSimulated says whether the identity has a simulated device here, running or not.
func (p *Page) isSimulated() bool {
	if p.o.Simulated == nil {
		return false
	}
	_, ok := p.o.Simulated(p.device.DeviceID)
	return ok
}
