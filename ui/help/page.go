// Package help lists every key that works, made from the bindings themselves.
package help

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Group is the keys of one screen or purpose.
type Group struct {
	Title    string
	Bindings []key.Binding
}

// Page is the help, scrolled when it is longer than the screen.
type Page struct {
	ctx    *page.Context
	groups []Group
	about  string

	width, height, top int
}

// New returns the help with about, a short line, in its head.
func New(ctx *page.Context, about string, groups []Group) *Page {
	return &Page{ctx: ctx, about: about, groups: groups}
}

// Init does nothing.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Help" }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.scroll(0)
}

func (p *Page) scroll(n int) {
	p.top = max(0, min(p.top+n, len(p.body())-p.room()))
}

func (p *Page) room() int { return max(1, p.height-2) }

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if n, ok := p.ctx.Keys.Step(msg, p.room()+1); ok {
			p.scroll(n)
		}
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.scroll(-3)
		} else {
			p.scroll(3)
		}
	}
	return nil
}

// View implements page.Page.
func (p *Page) View() string {
	s := p.ctx.Styles
	body := p.body()
	end := min(len(body), p.top+p.room())
	more := ""
	if end < len(body) {
		more = s.Key.Render("j/↓") + s.Muted.Render(" more below ")
	}
	head := " " + s.Title.Render("Keys") + "  " + s.Muted.Render(p.about)
	lines := []string{widget.Ends(head, more, p.width), ""}
	return widget.Box(append(lines, body[p.top:end]...), p.width, p.height)
}

const (
	keyWidth    = 10
	columnWidth = 52
)

// body sets the groups in as many columns as fit, each in the shortest so far, so
// that the columns are about as long as each other.
func (p *Page) body() []string {
	n := max(1, min(p.width/columnWidth, 3))
	width := p.width / n
	columns := make([][]string, n)
	for _, g := range p.groups {
		to := 0
		for i := range columns {
			if len(columns[i]) < len(columns[to]) {
				to = i
			}
		}
		columns[to] = append(columns[to], p.block(g, width)...)
	}
	return append(p.refused(), beside(columns, width)...)
}

// refused says which of the keys below do nothing on this hub, and why.
func (p *Page) refused() []string {
	refusals := p.ctx.Refusals()
	if len(refusals) == 0 {
		return nil
	}
	s := p.ctx.Styles
	lines := []string{" " + s.Warning.Render("Not possible here")}
	for _, r := range refusals {
		for _, l := range widget.Wrap(safe.Inline(strings.Join(r.What, ", ")+": "+r.Why), min(p.width-6, 100)) {
			lines = append(lines, "   "+s.Muted.Render(l))
		}
	}
	return append(lines, "")
}

func (p *Page) block(g Group, width int) []string {
	s := p.ctx.Styles
	lines := []string{" " + s.Strong.Render(g.Title)}
	for _, b := range g.Bindings {
		if b.Help().Key == "" {
			continue
		}
		shown := b.Help().Key
		for _, l := range widget.Wrap(b.Help().Desc, max(1, width-keyWidth-6)) {
			lines = append(lines, "   "+s.Key.Render(widget.Fit(shown, keyWidth))+" "+s.Text.Render(l))
			shown = ""
		}
	}
	return append(lines, "")
}

func beside(columns [][]string, width int) []string {
	height := 0
	for _, c := range columns {
		height = max(height, len(c))
	}
	out := make([]string, height)
	for i := range out {
		var b strings.Builder
		for _, c := range columns {
			line := ""
			if i < len(c) {
				line = c[i]
			}
			b.WriteString(widget.Fit(line, width))
		}
		out[i] = b.String()
	}
	return out
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	return []key.Binding{p.ctx.Keys.Back, p.ctx.Keys.Down, p.ctx.Keys.Up}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding { return [][]key.Binding{p.ShortHelp()} }
