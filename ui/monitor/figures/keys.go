package figures

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/monitor/field"
	"hubscope/ui/page"
)

// Actor brings the answer of a command back to the page that the panel is part of.
type Actor interface{ Act(cmd tea.Cmd) tea.Cmd }

type keyMap struct {
	*keys.Map
	turn, field, span, line, device, sort key.Binding
}

func newKeyMap(shared *keys.Map) keyMap {
	bind := func(shown, desc string, pressed ...string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed...), key.WithHelp(shown, desc))
	}
	return keyMap{
		Map:    shared,
		turn:   bind("←/→", "part", shared.Left.Keys()...),
		field:  bind("e", "choose a field", shared.Edit.Keys()...),
		span:   bind("+/-", "more/less time", shared.Faster.Keys()...),
		line:   bind("enter", "draw/hide the line", shared.Open.Keys()...),
		device: bind("enter", "this device/all", shared.Open.Keys()...),
		sort:   bind("o/O", "sort/reverse", shared.Sort.Keys()...),
	}
}

// ShortHelp are the keys of the part that is seen.
func (p *Panel) ShortHelp() []key.Binding {
	k := &p.keys
	help := []key.Binding{k.turn}
	switch p.part {
	case valuesPart, countPart:
		help = append(help, k.field)
	case chartPart:
		help = append(help, k.field, k.span, k.line)
	default:
		help = append(help, k.device)
	}
	return append(help, k.sort)
}

// FullHelp are the keys of all parts.
func (p *Panel) FullHelp() []key.Binding {
	k := &p.keys
	all := []key.Binding{k.field, k.span, k.line, k.device, k.sort}
	for i, b := range all {
		all[i].SetHelp(b.Help().Key, b.Help().Desc+", in figures")
	}
	return all
}

// PickedMsg brings the field that was chosen.
type PickedMsg struct {
	part part
	path field.Path
}

// ScopeMsg asks to see one device only, or all again.
type ScopeMsg struct{ DeviceID string }

// Picked takes the field that was chosen.
func (p *Panel) Picked(msg PickedMsg) {
	switch msg.part {
	case countPart:
		p.countBy(msg.path)
	case chartPart:
		p.chart(msg.path)
	case valuesPart:
		p.toggleColumn(msg.path)
	}
	p.part = msg.part
	p.Open()
	p.resizeBoards()
}

// toggleColumn adds a column, or takes one away that is there.
func (p *Panel) toggleColumn(path field.Path) {
	text := path.String()
	for i, picked := range p.picked {
		if picked.String() == text {
			p.picked = append(p.picked[:i:i], p.picked[i+1:]...)
			p.unpicked[text] = true
			return
		}
	}
	for _, found := range p.columns {
		if found.String() == text {
			p.unpicked[text] = true
			return
		}
	}
	delete(p.unpicked, text)
	p.picked = append(p.picked, path)
}

// Update takes a key, and tells whether it was one of the panel's.
func (p *Panel) Update(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	k := &p.keys
	board := p.board()
	switch {
	case key.Matches(msg, k.Left):
		p.turn(-1)
	case key.Matches(msg, k.Right):
		p.turn(1)
	case board != nil && board.update(msg, k.Map):
	case key.Matches(msg, k.Sort) && board != nil:
		board.sortNext()
	case key.Matches(msg, k.SortReverse) && board != nil:
		board.reverse()
	case key.Matches(msg, k.Edit):
		return p.pick(), true
	case key.Matches(msg, k.Faster) && p.part == chartPart:
		p.span(1)
	case key.Matches(msg, k.Slower) && p.part == chartPart:
		p.span(-1)
	case key.Matches(msg, k.Open):
		return p.open(), true
	default:
		return nil, false
	}
	return nil, true
}

// span shows more or less time.
func (p *Panel) span(n int) {
	p.stretch = max(0, min(p.stretch+n, len(stretches)-1))
	p.Refresh()
}

var pickTitles = map[part]string{
	valuesPart: "Add or remove a column", countPart: "Count by", chartPart: "Chart of",
}

// pick lets a field be chosen for the part that is seen, where it has one.
func (p *Panel) pick() tea.Cmd {
	title, can := pickTitles[p.part]
	if !can {
		return nil
	}
	part := p.part
	return p.ctx.Send(page.OpenDialog{Dialog: p.newPicker(title, func(path field.Path) tea.Cmd {
		return p.act.Act(func() tea.Msg { return PickedMsg{part, path} })
	})})
}

// open acts on the row under the cursor.
func (p *Panel) open() tea.Cmd {
	if p.part == chartPart {
		if r := p.legend.current(); r != nil {
			if !p.slots.toggle(r.name) {
				return page.Tell(page.Report{Severity: page.Info, Text: "no more lines can be told apart", Next: "hide one first"})
			}
			p.Refresh()
		}
		return nil
	}
	device := p.Device()
	if device == "" {
		return nil
	}
	if device == p.scope {
		device = ""
	}
	return p.act.Act(func() tea.Msg { return ScopeMsg{device} })
}

// Device is the device under the cursor; "" when there is none.
func (p *Panel) Device() string {
	switch p.part {
	case devicesPart:
		if r := p.devices.current(); r != nil {
			return r.deviceID
		}
	case valuesPart:
		if p.values != nil {
			if r := p.values.current(); r != nil {
				return r.deviceID
			}
		}
	case proofPart:
		if r := p.proof.current(); r != nil {
			return r.deviceID
		}
	}
	return ""
}
