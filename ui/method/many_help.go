package method

import (
	"charm.land/bubbles/v2/key"

	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// ShortHelp implements help.KeyMap.
func (p *Many) ShortHelp() []key.Binding {
	if p.typing {
		return typingHelp(p.ctx, p.form)
	}
	k, t := *p.ctx.Keys, p.results.tally()
	may, busy := p.ctx.May(page.Invoke), p.batch != nil
	switch {
	case p.opened:
		k.Back.SetHelp("esc", "the list")
	case busy:
		k.Back.SetHelp("esc", "cancel")
	}
	k.Edit.SetHelp("e", "write the call")
	k.Edit.SetEnabled(may)
	send := sendKey
	send.SetHelp("ctrl+s", "call all")
	send.SetEnabled(may && !busy && t.all > 0 && p.form.name.Value() != "")
	again := t.failed + t.other + t.left
	k.Reload.SetHelp("r", "call "+widget.Count(again)+" again")
	k.Reload.SetEnabled(may && !busy && again > 0 && t.left < t.all)
	k.Sort.SetHelp("o", "failed first")
	if p.results.failed {
		k.Sort.SetHelp("o", "in order")
	}
	k.Sort.SetEnabled(t.left < t.all)
	k.Export.SetEnabled(t.left < t.all && p.export == nil)
	k.Open.SetHelp("enter", "whole answer")
	one := p.current()
	k.Open.SetEnabled(one != nil && one.entry != nil && !p.opened)
	k.Copy.SetEnabled(k.Open.Enabled() || p.opened)
	return []key.Binding{k.Back, k.Edit, send, k.Reload, k.Sort, k.Open, k.Export, k.Copy, favouritesKey}
}

// FullHelp implements help.KeyMap.
func (p *Many) FullHelp() [][]key.Binding {
	k, send, take := *p.ctx.Keys, sendKey, takeKey
	k.Edit.SetHelp("e", "write the call")
	send.SetHelp("ctrl+s", "call all devices; enter too, but in the payload")
	k.Reload.SetHelp("r", "call those again that gave no good answer")
	k.Back.SetHelp("esc", "cancel what is under way, or leave")
	k.Sort.SetHelp("o", "those that failed first, or the order of the list")
	k.Open.SetHelp("enter", "the whole answer of a device")
	k.Export.SetHelp("x", "export the results as lines of JSON or CSV")
	k.Copy.SetHelp("y", "copy the answer, the payload or the call")
	take.SetHelp("* ctrl+o", "favourites: take one, keep the call that is written")
	return [][]key.Binding{{k.Edit, send, k.Reload, k.Back, k.Sort, k.Open, k.Export, k.Copy, take}}
}
