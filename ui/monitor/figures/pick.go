package figures

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/figures/values"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// name is a field that there is, with a value that it has.
type name struct {
	path   field.Path
	sample string
}

// picker is the dialog in which a field is typed, or taken from those that the last events have.
type picker struct {
	ctx    *page.Context
	title  string
	input  *widget.Filter
	names  []name
	found  []name
	at     int // in found; -1: what was typed
	top    int
	picked func(field.Path) tea.Cmd
	err    error
}

// maxNames bounds what is offered.
const maxNames = 400

func (p *Panel) newPicker(title string, picked func(field.Path) tea.Cmd) *picker {
	d := &picker{ctx: p.ctx, title: title, input: widget.NewFilter("", "body.windSpeed, properties.alert, source"), names: p.names(), picked: picked, at: -1}
	d.input.Focus()
	d.narrow()
	return d
}

// names are the fields of the last events, those of bodies first, then what every event has.
func (p *Panel) names() []name {
	var all []name
	seen := map[string]bool{}
	add := func(path field.Path, sample string) {
		if text := path.String(); !seen[text] && len(all) < maxNames {
			seen[text] = true
			all = append(all, name{path, safe.Line(sample, 40)})
		}
	}
	for i, d := range p.tally.Devices() {
		if i >= searched {
			break
		}
		e, body := p.last(d)
		for _, path := range values.Of(e, body) {
			text, _ := values.Text(path, e, body)
			add(path, text)
		}
	}
	slices.SortStableFunc(all, func(a, b name) int { return strings.Compare(a.path.Root(), b.path.Root()) })
	for _, root := range field.Roots() {
		if path, err := field.Parse(root); err == nil && root != "body" {
			add(path, "")
		}
	}
	return all
}

// narrow takes what was typed: the fields that have it in their name, and whether it is a field itself.
func (d *picker) narrow() {
	typed := strings.ToLower(strings.TrimSpace(d.input.Value()))
	d.found, d.at, d.top, d.err = nil, -1, 0, nil
	for _, n := range d.names {
		if strings.Contains(strings.ToLower(n.path.String()), typed) {
			d.found = append(d.found, n)
		}
	}
	if len(d.found) > 0 {
		d.at = 0
	}
	if typed == "" {
		return
	}
	path, err := field.Parse(d.input.Value())
	if err == nil && (len(d.found) == 0 || d.found[0].path.String() != path.String()) {
		d.at = -1
		if i := slices.IndexFunc(d.found, func(n name) bool { return n.path.String() == path.String() }); i >= 0 || len(d.found) > 0 && !strings.Contains(typed, ".") {
			d.at = max(0, i)
		}
	}
	if len(d.found) == 0 {
		d.err = err
	}
}

// choice is what enter takes.
func (d *picker) choice() (field.Path, bool) {
	if d.at >= 0 && d.at < len(d.found) {
		return d.found[d.at].path, true
	}
	path, err := field.Parse(d.input.Value())
	return path, err == nil
}

// Title implements page.Dialog.
func (d *picker) Title() string { return d.title }

// ShortHelp implements page.Dialog.
func (d *picker) ShortHelp() []key.Binding {
	take := key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "take it"))
	_, can := d.choice()
	take.SetEnabled(can)
	move := key.NewBinding(key.WithKeys("down"), key.WithHelp("↑/↓", "choose"))
	fill := key.NewBinding(key.WithKeys("tab"), key.WithHelp("tab", "complete"))
	return []key.Binding{take, move, fill, d.ctx.Keys.Cancel}
}

// Update implements page.Dialog.
func (d *picker) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	press, isKey := msg.(tea.KeyPressMsg)
	if isKey {
		switch press.String() {
		case "esc":
			return nil, true
		case "up", "ctrl+p":
			d.at = max(0, d.at-1)
			return nil, false
		case "down", "ctrl+n":
			d.at = min(len(d.found)-1, d.at+1)
			return nil, false
		case "tab":
			if path, can := d.choice(); can {
				d.input.Set(path.String())
				d.narrow()
			}
			return nil, false
		case "enter":
			path, can := d.choice()
			if !can {
				return nil, false
			}
			return d.picked(path), true
		}
	}
	before := d.input.Value()
	cmd = d.input.Update(msg)
	if d.input.Value() != before {
		d.narrow()
	}
	return cmd, false
}

const (
	pickerWidth = 76
	pickerLines = 12
)

// View implements page.Dialog.
func (d *picker) View(maxWidth, maxHeight int) string {
	s := d.ctx.Styles
	width := min(maxWidth, pickerWidth)
	rows := max(1, min(pickerLines, maxHeight-3))
	lines := []string{d.input.View(s, width), ""}
	if d.at >= 0 {
		d.top = max(d.at-rows+1, min(d.top, d.at))
	}
	for i := d.top; i < min(len(d.found), d.top+rows); i++ {
		n := d.found[i]
		mark, style := "  ", s.Text
		if i == d.at {
			mark, style = "▸ ", s.Strong
		}
		text := widget.Fit(safe.Line(n.path.String(), width), width*6/10)
		lines = append(lines, s.Marker.Render(mark)+style.Render(text)+"  "+s.Muted.Render(safe.Line(n.sample, max(0, width-width*6/10-4))))
	}
	if len(d.found) == 0 {
		lines = append(lines, d.nothing(width)...)
	}
	return widget.Box(lines, width, 2+rows)
}

func (d *picker) nothing(width int) []string {
	s := d.ctx.Styles
	text, style := "No event so far has this field. enter takes it all the same.", s.Muted
	if d.err != nil {
		text, style = d.err.Error(), s.Danger
	}
	var lines []string
	for _, line := range widget.Wrap(safe.Inline(text), width) {
		lines = append(lines, style.Render(line))
	}
	return lines
}

// Cursor implements page.Dialog.
func (d *picker) Cursor() *tea.Cursor { return d.input.Cursor() }
