package twin

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/keys"
	"hubscope/ui/monitor/inspect/treeview"
	"hubscope/ui/page"
	"hubscope/ui/widget/editor"
)

const (
	readAction   = page.ReadTwins
	changeAction = page.ChangeTwins
)

// keyMap holds the bindings: those shared by all screens, and those of a tree, which are the same in an open event.
type keyMap struct {
	keys.Map                               // a copy: what is switched off for the help is so nowhere else
	fold, unfold, toggle, folds            key.Binding
	foldAll, unfoldAll, nextPart, previous key.Binding
	parts                                  key.Binding
	send, mistake, outside, remove         key.Binding
}

func newKeyMap(shared *keys.Map) keyMap {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	k := keyMap{
		Map:  *shared,
		fold: bind("←", "fold", shared.Left.Keys()...), unfold: bind("→", "unfold", shared.Right.Keys()...),
		toggle: bind("enter", "fold/unfold", shared.Open.Keys()...), folds: bind("←/→", "fold/unfold", "left", "right"),
		foldAll: bind("H", "fold all", "H", "shift+left"), unfoldAll: bind("L", "unfold all", "L", "shift+right"),
		nextPart: bind(">", "next part", ">"), previous: bind("<", "previous part", "<"), parts: bind("</>", "parts", "<", ">"),
		send: bind("ctrl+s", "review and send", "ctrl+s"), mistake: bind("ctrl+g", "to the mistake", "ctrl+g", "f8"),
		outside: bind("ctrl+o", "in $EDITOR", "ctrl+o"),
		remove:  shared.Delete,
	}
	k.remove.SetHelp("d", "delete property")
	return k
}

// Press is a key while the section has the focus.
func (p *Page) Press(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	if p.of.device == "" {
		return nil, false
	}
	// The list of devices asks for a copy or another section while the keys are its own.
	if d := p.editing(); d != nil && p.focused {
		return p.onDraftKey(d, msg), true
	}
	if p.onMove(msg) || p.onFold(msg) {
		return nil, true
	}
	k := &p.keys
	switch {
	case key.Matches(msg, k.Reload):
		return p.read(), true
	case key.Matches(msg, k.Copy):
		return p.openCopyMenu(), true
	case key.Matches(msg, k.Edit):
		return p.mayChange(p.edit), true
	case key.Matches(msg, k.EditOutside):
		return p.mayChange(p.editOutside), true
	case key.Matches(msg, k.remove):
		return p.mayChange(p.askRemove), true
	}
	return nil, false
}

// mayChange does something that changes the twin, or says why it cannot be done.
func (p *Page) mayChange(do func() tea.Cmd) tea.Cmd {
	if denied := failure.Denied(p.ctx, changeAction, "the twin of "+p.of.String()+" is not changed"); denied != nil {
		return denied
	}
	if !p.known {
		return page.Tell(page.Report{Severity: page.Warning, Text: "the twin of " + p.of.String() + " is not read yet", Next: "r reads it"})
	}
	return do()
}

func (p *Page) onMove(msg tea.KeyPressMsg) bool {
	if n, moves := p.keys.Step(msg, p.bodyHeight()-1); moves {
		p.move(n)
		return true
	}
	switch k := &p.keys; {
	case key.Matches(msg, k.nextPart):
		p.turn(1)
	case key.Matches(msg, k.previous):
		p.turn(-1)
	default:
		return false
	}
	return true
}

// onFold takes the keys of folding also where there is nothing to fold: they must not turn to another section of the
// device by surprise.
func (p *Page) onFold(msg tea.KeyPressMsg) bool {
	k := &p.keys
	switch {
	case key.Matches(msg, k.toggle):
		p.foldBy((*treeview.Document).Toggle)
	case key.Matches(msg, k.fold):
		p.foldBy((*treeview.Document).Fold)
	case key.Matches(msg, k.unfold):
		p.foldBy((*treeview.Document).Unfold)
	case key.Matches(msg, k.foldAll):
		p.foldAll(false)
	case key.Matches(msg, k.unfoldAll):
		p.foldAll(true)
	default:
		return false
	}
	return true
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := p.keys
	if d := p.editing(); d != nil {
		k.send.SetEnabled(!d.sending && len(d.mistakes) == 0 && d.changed())
		k.mistake.SetEnabled(len(d.mistakes) > 0)
		return []key.Binding{k.send, k.mistake, k.Back, k.outside, editor.Undo, editor.Redo}
	}
	may := p.known && p.ctx.May(changeAction)
	l := &p.panels[p.at]
	_, on := l.node()
	k.Edit.SetEnabled(may)
	k.EditOutside.SetEnabled(may)
	k.EditOutside.SetHelp("E", "in $EDITOR")
	k.remove.SetEnabled(may && on && l.kind != reported)
	k.Copy.SetEnabled(p.known)
	k.folds.SetEnabled(on)
	k.parts.SetEnabled(p.known)
	return []key.Binding{k.Edit, k.EditOutside, k.remove, k.Copy, k.folds, k.parts, k.Reload}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k := p.keys
	describe := func(b key.Binding, text string) key.Binding {
		b.SetHelp(b.Help().Key, text)
		b.SetEnabled(true)
		return b
	}
	return [][]key.Binding{{
		describe(k.Edit, "edit tags and desired properties"), describe(k.EditOutside, "edit them in $VISUAL or $EDITOR"),
		describe(k.remove, "delete the property or tag under the cursor"), describe(k.Copy, "copy value, path, condition, section or twin"),
		describe(k.Reload, "read the twin again"), describe(k.folds, "fold, unfold"),
		key.NewBinding(key.WithKeys("H", "L"), key.WithHelp("H/L", "fold all, unfold all")),
		describe(k.parts, "desired, reported, tags"), describe(k.send, "editing: review what is sent, and send it"),
		describe(k.mistake, "editing: go to the next mistake"), describe(k.outside, "editing: go on in $EDITOR"),
	}}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	if p.editing() != nil || !p.known {
		return nil
	}
	return []page.Command{
		{Name: "edit twin", Desc: "edit tags and desired properties", Run: func() tea.Cmd { return p.mayChange(p.edit) }},
		{Name: "copy twin", Desc: "copy value, path, condition, section or twin", Run: p.openCopyMenu},
	}
}
