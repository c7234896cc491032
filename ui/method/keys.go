package method

import (
	"charm.land/bubbles/v2/key"

	"hubscope/ui/page"
	"hubscope/ui/widget/editor"
)

var (
	sendKey       = key.NewBinding(key.WithKeys("ctrl+s"), key.WithHelp("ctrl+s", "send"))
	mistakeKey    = key.NewBinding(key.WithKeys("ctrl+g", "f8"), key.WithHelp("ctrl+g", "to the mistake"))
	favouritesKey = key.NewBinding(key.WithKeys("*"), key.WithHelp("*", "favourites"))
	takeKey       = key.NewBinding(key.WithKeys("ctrl+o"), key.WithHelp("ctrl+o", "favourites"))
)

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := *p.ctx.Keys
	if p.desk == nil {
		return nil
	}
	if p.typing {
		return typingHelp(p.ctx, p.desk.form)
	}
	may, waits := p.ctx.May(page.Invoke), p.desk.running != nil
	cancel := k.Back
	cancel.SetHelp("esc", "cancel")
	cancel.SetEnabled(waits)
	k.Edit.SetHelp("e", "write a call")
	k.Edit.SetEnabled(may)
	k.Reload.SetHelp("r", "call again")
	k.Reload.SetEnabled(may && !waits && len(p.desk.history) > 0)
	k.Open.SetHelp("enter", "whole answer")
	if p.opened {
		k.Open.SetHelp("enter", "less")
	}
	k.Open.SetEnabled(len(p.desk.history) > 0)
	send := sendKey
	send.SetEnabled(may && !waits && p.desk.form.name.Value() != "")
	k.Copy.SetEnabled(len(p.desk.history) > 0)
	outside := k.EditOutside
	outside.SetHelp("E", "payload in $EDITOR")
	outside.SetEnabled(may)
	return []key.Binding{cancel, k.Edit, k.Reload, send, k.Open, favouritesKey, k.Copy, outside}
}

// typingHelp is what works while a form is typed into.
func typingHelp(ctx *page.Context, f *form) []key.Binding {
	k := *ctx.Keys
	_, _, err := f.call()
	send, mistake := sendKey, mistakeKey
	send.SetEnabled(err == nil && ctx.May(page.Invoke))
	mistake.SetEnabled(f.mistake != nil && f.mistake.Line > 0)
	k.Back.SetHelp("esc", "stop typing")
	k.NextField.SetHelp("tab", "next")
	undo := editor.Undo
	undo.SetEnabled(f.at == payloadPart)
	return []key.Binding{send, k.Back, k.NextField, mistake, takeKey, undo}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k, send, take := *p.ctx.Keys, sendKey, takeKey
	k.Edit.SetHelp("e", "write a call of a direct method")
	send.SetHelp("ctrl+s", "send the call that is written; enter too, but in the payload")
	k.Reload.SetHelp("r", "send the last call again")
	k.Back.SetHelp("esc", "cancel the call that waits")
	k.Open.SetHelp("enter", "the whole answer of the call under the cursor")
	take.SetHelp("* ctrl+o", "favourites: take one, keep the call that is written")
	k.Copy.SetHelp("y", "copy the answer, the payload or the call")
	k.EditOutside.SetHelp("E", "write the payload in $VISUAL or $EDITOR")
	return [][]key.Binding{{k.Edit, send, k.Reload, k.Back, k.Open, take, k.Copy, k.EditOutside}}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	if p.desk == nil || p.typing {
		return nil
	}
	return []page.Command{
		{Name: "call method", Desc: "write a call of a direct method", Run: p.write},
		{Name: "call again", Desc: "send the last call again", Run: p.again},
	}
}
