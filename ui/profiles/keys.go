package profiles

import (
	"charm.land/bubbles/v2/key"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/widget/editor"
)

var (
	saveKey    = key.NewBinding(key.WithKeys("ctrl+s"), key.WithHelp("ctrl+s", "save"))
	mistakeKey = key.NewBinding(key.WithKeys("ctrl+g", "f8"), key.WithHelp("ctrl+g", "go to the mistake"))
)

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := *p.ctx.Keys
	if p.editing != nil {
		return p.editHelp()
	}
	e, has := p.rows.selected(p.table)
	own := has && e.path != ""
	k.New.SetEnabled(p.o.Dir != "")
	k.Edit.SetEnabled(has && p.o.Dir != "")
	k.EditOutside.SetEnabled(has && p.o.Dir != "" && !e.unsaved)
	k.Delete.SetEnabled(own)
	k.Use.SetEnabled(has && e.profile != nil)
	k.Edit.SetHelp("e", "edit")
	if has && !own {
		k.Edit.SetHelp("e", "edit a copy")
	}
	if e.unsaved {
		k.Edit.SetHelp("e", "edit the draft")
	}
	k.Use.SetHelp("u", "use")
	k.EditOutside.SetHelp("E", "in $EDITOR")
	return []key.Binding{k.Back, k.Use, k.New, k.Edit, k.EditOutside, k.Delete, k.Reload}
}

func (p *Page) editHelp() []key.Binding {
	save, back, mistake := saveKey, p.ctx.Keys.Back, mistakeKey
	save.SetEnabled(p.editing.dirty() && !p.editing.saving)
	mistake.SetEnabled(p.editing.hasPlace())
	mistake.SetHelp("ctrl+g", "to the mistake")
	return []key.Binding{save, back, mistake, editor.Undo, editor.Redo}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k := *p.ctx.Keys
	k.Use.SetHelp("u enter", "use the profile for simulated devices")
	k.Use.SetKeys("u", "enter")
	k.New.SetHelp("n", "new profile, a copy of the one under the cursor")
	k.Edit.SetHelp("e", "edit the profile, or a copy of a built-in one")
	k.EditOutside.SetHelp("E", "edit it in $VISUAL or $EDITOR")
	k.Delete.SetHelp("d", "delete a profile of yours")
	k.Reload.SetHelp("r", "reload the folder")
	save, mistake, undo := saveKey, mistakeKey, editor.Undo
	save.SetHelp("ctrl+s", "editing: save the file")
	mistake.SetHelp("ctrl+g", "editing: go to the next mistake")
	undo.SetHelp("ctrl+z y", "editing: undo, redo")
	return [][]key.Binding{{k.Use, k.New, k.Edit, k.EditOutside, k.Delete, k.Reload, save, mistake, undo}}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	if p.editing != nil || p.o.Dir == "" {
		return nil
	}
	all := []page.Command{{Name: "new profile", Desc: "make a profile from the one under the cursor", Run: p.askName}}
	if e, has := p.rows.selected(p.table); has && e.profile != nil {
		all = append(all, page.Command{Name: "use profile", Desc: "use it for simulated devices", Run: func() tea.Cmd { return p.use(e) }})
	}
	return all
}
