package c2d

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// openCopyMenu offers what of the message under the cursor can be put on the clipboard.
func (p *Page) openCopyMenu() tea.Cmd {
	e := p.desk.shown()
	if e == nil {
		return page.Tell(page.Report{Severity: page.Info, Text: "there is nothing to copy yet: no message was sent"})
	}
	var choices []widget.Choice
	add := func(key, label, text string) {
		if text != "" {
			hint := safe.Line(strings.ReplaceAll(text, "\n", " "), 40)
			choices = append(choices, widget.Choice{Key: key, Label: label, Hint: hint, Run: copied(strings.ToLower(label), text)})
		}
	}
	if safe.IsText(e.draft.Body) {
		add("b", "Body", string(e.draft.Body))
	}
	add("m", "Message id", e.receipt.MessageID)
	if e.trouble != nil {
		add("a", "Failure", e.trouble.detail)
		add("t", "Tracking id", e.trouble.trackingID)
	}
	add("i", "Device id", p.desk.target.DeviceID)
	add("z", "az command", azCommand(p.desk.target, e))
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy of the message", choices...)})
}

func copied(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{Severity: page.Success, Text: what + " copied to the clipboard"}))
}

// azCommand sends the same message with the Azure CLI, with no key in it; "" when its body cannot be an argument.
func azCommand(to c2d.To, e *entry) string {
	if to.ModuleID != "" || e.draft.file == "" && (e.gone || !safe.IsText(e.draft.Body)) {
		return ""
	}
	m := &e.draft.Message
	line := "az iot device c2d-message send --device-id " + quote(to.DeviceID)
	add := func(option, value string) {
		if value != "" {
			line += " --" + option + " " + quote(value)
		}
	}
	if e.draft.file != "" {
		add("data-file-path", e.draft.file)
	} else {
		add("data", string(m.Body))
	}
	add("message-id", m.MessageID)
	add("correlation-id", m.CorrelationID)
	add("user-id", m.UserID)
	add("content-type", m.ContentType)
	add("content-encoding", m.ContentEncoding)
	if m.Ack.Asks() {
		add("ack", string(m.Ack))
	}
	pairs := make([]string, len(m.Properties))
	for i, p := range m.Properties {
		pairs[i] = p.Name + "=" + p.Value
	}
	add("properties", strings.Join(pairs, ";"))
	return line
}

// quote makes a word of a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
