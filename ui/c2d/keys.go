package c2d

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/widget/editor"
)

var (
	sendKey    = key.NewBinding(key.WithKeys("ctrl+s"), key.WithHelp("ctrl+s", "send"))
	mistakeKey = key.NewBinding(key.WithKeys("ctrl+g", "f8"), key.WithHelp("ctrl+g", "to the mistake"))
	anewKey    = key.NewBinding(key.WithKeys("w"), key.WithHelp("w", "write from this one"))
)

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	if p.desk == nil {
		return nil
	}
	if p.typing {
		return p.typingHelp()
	}
	k := *p.ctx.Keys
	may, waits, some := p.ctx.May(page.SendMessages), p.desk.running != nil, p.desk.shown() != nil
	cancel := k.Back
	cancel.SetHelp("esc", "cancel")
	cancel.SetEnabled(waits)
	k.Edit.SetHelp("e", "write")
	k.Edit.SetEnabled(may)
	send, anew := sendKey, anewKey
	send.SetEnabled(may && !waits)
	anew.SetEnabled(may && some)
	k.Reload.SetHelp("r", "send again")
	k.Reload.SetEnabled(may && !waits && some)
	k.ClearAll.SetHelp("D", "purge")
	k.ClearAll.SetEnabled(may && p.queue.n > 0)
	k.Follow.SetHelp("f", "feedback")
	k.Follow.SetEnabled(p.o.Feedback != nil && (p.told.err != nil || !p.ctx.Local && !p.told.allowed))
	k.Open.SetHelp("enter", "details")
	if p.opened {
		k.Open.SetHelp("enter", "less")
	}
	k.Open.SetEnabled(some)
	k.Copy.SetEnabled(some)
	outside := k.EditOutside
	outside.SetHelp("E", "body in $EDITOR")
	outside.SetEnabled(may && p.desk.form.kind != fileBody)
	return []key.Binding{cancel, k.Edit, send, k.Reload, k.ClearAll, k.Follow, k.Open, anew, k.Copy, outside}
}

// typingHelp is what works while the form is typed into.
func (p *Page) typingHelp() []key.Binding {
	k, f := *p.ctx.Keys, p.desk.form
	_, _, err := f.draft(p.desk.target, p.ctx.Time())
	send, mistake, undo, choose := sendKey, mistakeKey, editor.Undo, k.Left
	send.SetEnabled(err == nil && p.ctx.May(page.SendMessages))
	mistake.SetEnabled(f.json != nil || f.wrong != nil)
	k.Back.SetHelp("esc", "stop typing")
	k.NextField.SetHelp("tab", "next")
	choose.SetHelp("←→", "choose")
	choose.SetEnabled(f.at == kindPart || f.at == ackPart)
	undo.SetEnabled(f.editorAt(f.at) != nil)
	return []key.Binding{send, k.Back, k.NextField, choose, mistake, undo}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k, send, anew := *p.ctx.Keys, sendKey, anewKey
	k.Edit.SetHelp("e", "write a message to the device")
	send.SetHelp("ctrl+s", "send the message that is written; enter too, but in a text")
	k.Reload.SetHelp("r", "send the message under the cursor again")
	anew.SetHelp("w", "write a message that begins as the one under the cursor")
	k.Back.SetHelp("esc", "cancel the message that is on its way")
	k.Open.SetHelp("enter", "all about the message under the cursor")
	k.ClearAll.SetHelp("D", "purge the device's queue")
	k.Follow.SetHelp("f", "take feedback out of the hub; try again after a failure")
	k.Copy.SetHelp("y", "copy the message, its id, an az command")
	k.EditOutside.SetHelp("E", "write the body in $VISUAL or $EDITOR")
	return [][]key.Binding{{k.Edit, send, k.Reload, anew, k.Back, k.Open, k.ClearAll, k.Follow, k.Copy, k.EditOutside}}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	if p.desk == nil || p.typing {
		return nil
	}
	return []page.Command{
		{Name: "send message", Desc: "write a cloud-to-device message", Run: p.write},
		{Name: "send again", Desc: "send the message under the cursor again", Run: p.again},
		{Name: "purge queue", Desc: "take away the messages that wait for the device", Run: func() tea.Cmd { return p.askPurge() }},
	}
}
