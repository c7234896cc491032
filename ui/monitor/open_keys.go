package monitor

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/monitor/field"
)

// openKeys are the bindings of an open event.
type openKeys struct {
	nextPart, previousPart, parts          key.Binding
	fold, unfold, toggle, foldAll, openAll key.Binding
	folds, foldsAll, asText, chart         key.Binding
}

func newOpenKeys(shared *keys.Map) openKeys {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	return openKeys{
		nextPart: bind(">", "next part", ">"), previousPart: bind("<", "previous part", "<"),
		parts:  bind("</>", "turn parts", "<", ">"),
		fold:   bind("←", "fold", shared.Left.Keys()...),
		unfold: bind("→", "unfold", shared.Right.Keys()...),
		toggle: bind("enter", "fold/unfold", shared.Open.Keys()...),
		folds:  bind("←/→", "fold/unfold", append(shared.Left.Keys(), shared.Right.Keys()...)...),
		// The shifted keys do to all what the plain ones do to one.
		foldAll:  bind("H", "fold all", "H", "shift+left"),
		openAll:  bind("L", "unfold all", "L", "shift+right"),
		foldsAll: bind("H/L", "fold/unfold all", "H", "L", "shift+left", "shift+right"),
		chart:    bind("v", "chart the field", "v"),
		asText:   bind("T", "show as tree/text", "T"),
	}
}

// openHelp is what can be done in an open event.
func (p *Page) openHelp() []key.Binding {
	k := &p.keys
	help := []key.Binding{k.Down}
	if p.inspector.CanFold() {
		help = append(help, k.folds)
	}
	if p.onNumber() {
		help = append(help, k.chart)
	}
	return append(help, k.parts, k.Copy, k.NextPane, k.close)
}

// chartable is the field under the cursor in an open event, when it is a number.
func (p *Page) chartable() (field.Path, bool) {
	if !p.inspector.Opened || !p.inspector.Focused {
		return field.Path{}, false
	}
	at, found := p.inspector.Point()
	return at.Path, found && at.Number
}

// onNumber tells whether there is a field to chart.
func (p *Page) onNumber() bool {
	_, is := p.chartable()
	return is
}

// chart charts the field under the cursor in an open event.
func (p *Page) chart() tea.Cmd {
	path, _ := p.chartable()
	return p.chartField(path)
}

// onOpenKey moves in the open event and tells whether the key was for that.
func (p *Page) onOpenKey(msg tea.KeyPressMsg) bool {
	return p.onOpenMove(msg) || p.onOpenFold(msg)
}

func (p *Page) onOpenMove(msg tea.KeyPressMsg) bool {
	k, in := &p.keys, p.inspector
	if n, ok := p.ctx.Keys.Step(msg, in.Rows()); ok {
		in.Move(n)
		return true
	}
	switch {
	case key.Matches(msg, k.previousPart):
		in.Turn(-1)
	case key.Matches(msg, k.nextPart):
		in.Turn(1)
	default:
		return false
	}
	return true
}

func (p *Page) onOpenFold(msg tea.KeyPressMsg) bool {
	k, in := &p.keys, p.inspector
	switch {
	case key.Matches(msg, k.asText):
		in.ToggleText()
	case !in.CanFold():
		return false
	case key.Matches(msg, k.toggle):
		in.Toggle()
	case key.Matches(msg, k.fold):
		in.Fold()
	case key.Matches(msg, k.unfold):
		in.Unfold()
	case key.Matches(msg, k.foldAll):
		in.FoldAll(false)
	case key.Matches(msg, k.openAll):
		in.FoldAll(true)
	default:
		return false
	}
	return true
}
