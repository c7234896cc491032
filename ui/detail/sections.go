package detail

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// heads is how many lines stand over the section: whose it is, and their names.
const heads = 2

// gap is the space between two names.
const gap = 2

// turn goes to the next section, round and round.
func (p *Page) turn(n int) tea.Cmd {
	all, at := p.all()
	return p.open((at + n + len(all)) % len(all))
}

func (p *Page) open(at int) tea.Cmd {
	return p.change(func() {
		if p.module != "" {
			p.moduleAt = at
			return
		}
		p.at = at
	})
}

// change brings another section into sight.
func (p *Page) change(how func()) tea.Cmd {
	old := p.current()
	how()
	now := p.current()
	if now == old {
		return p.show()
	}
	gone := watch(old, false)
	setFocused(old, false)
	p.fit()
	setFocused(now, p.focused)
	return tea.Batch(gone, p.show(), watch(now, p.visible))
}

func watch(s Section, visible bool) tea.Cmd {
	if w, ok := s.(page.Watcher); ok {
		return w.SetVisible(visible)
	}
	return nil
}

func setFocused(s Section, focused bool) {
	if f, ok := s.(page.Focuser); ok {
		f.SetFocused(focused)
	}
}

// SetVisible implements page.Watcher.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	if p.visible == visible {
		return nil
	}
	p.visible = visible
	return watch(p.current(), visible)
}

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) {
	p.focused = focused
	setFocused(p.current(), focused)
}

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.fit()
}

func (p *Page) fit() { p.current().SetSize(p.width, max(0, p.height-heads)) }

// View implements page.Page.
func (p *Page) View() string {
	if p.device.DeviceID == "" {
		return widget.Box([]string{" " + p.ctx.Styles.Muted.Render("No device selected.")}, p.width, p.height)
	}
	if p.height <= heads {
		return widget.Box([]string{p.name()}, p.width, p.height)
	}
	return widget.Box([]string{p.name(), p.names()}, p.width, heads) + "\n" + p.current().View()
}

func (p *Page) name() string {
	name := p.device.DeviceID
	if p.module != "" {
		name += " / " + p.module
	}
	style := p.ctx.Styles.Title
	if p.focused {
		style = p.ctx.Styles.TabActive
	}
	return " " + style.Render(safe.Line(name, max(1, p.width-2)))
}

func (p *Page) names() string {
	s := p.ctx.Styles
	all, at := p.all()
	parts := make([]string, len(all))
	for i, section := range all {
		style := s.Muted
		if i == at {
			style = s.Strong.Underline(true)
		}
		parts[i] = style.Render(section.Title())
	}
	return " " + strings.Join(parts, strings.Repeat(" ", gap))
}

// sectionAt is the section whose name is at x, or -1.
func (p *Page) sectionAt(x int) int {
	from := 1
	all, _ := p.all()
	for i, s := range all {
		until := from + ansi.StringWidth(s.Title())
		if x >= from && x < until {
			return i
		}
		from = until + gap
	}
	return -1
}

func (p *Page) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Y == 1 {
		if i := p.sectionAt(msg.X); i >= 0 {
			return p.open(i)
		}
		return nil
	}
	msg.Y -= heads
	return p.current().Update(msg)
}

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool {
	c, ok := p.current().(page.TextCapturer)
	return ok && p.focused && c.CapturesText()
}

// Cursor implements page.Cursorer.
func (p *Page) Cursor() *tea.Cursor {
	c, ok := p.current().(page.Cursorer)
	if !ok || !p.focused {
		return nil
	}
	cursor := c.Cursor()
	if cursor != nil {
		cursor.Y += heads
	}
	return cursor
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	own := p.current().ShortHelp()
	if p.CapturesText() {
		return own
	}
	next := p.ctx.Keys.NextSection
	all, at := p.all()
	next.SetHelp("]", strings.ToLower(all[(at+1)%len(all)].Title()))
	next.SetEnabled(len(all) > 1)
	return append(append([]key.Binding(nil), own...), next)
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding { return p.current().FullHelp() }

// Commands implements page.Commander: one for each section, and those of the section shown.
func (p *Page) Commands() []page.Command {
	var out []page.Command
	all, _ := p.all()
	for i, s := range all {
		out = append(out, page.Command{
			Name: strings.ToLower(s.Title()), Desc: "show the section " + s.Title() + " of the device",
			Run: func() tea.Cmd { return p.open(i) },
		})
	}
	if c, ok := p.current().(page.Commander); ok {
		out = append(out, c.Commands()...)
	}
	return out
}
