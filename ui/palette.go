package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// commands are the actions that the palette offers: those of the page in front
// first, then the root's own.
func (a *App) commands() []page.Command {
	var all []page.Command
	if c, ok := a.route.current().(page.Commander); ok {
		all = append(all, c.Commands()...)
	}
	if c, ok := a.events.(page.Commander); ok && a.dockShown() {
		all = append(all, c.Commands()...)
	}
	if a.route.current() != a.faults {
		all = append(all, a.faults.Commands()...)
	}
	send := func(m tea.Msg) func() tea.Cmd {
		return func() tea.Cmd { return func() tea.Msg { return m } }
	}
	theme := func(m theme.Mode) func() tea.Cmd {
		return func() tea.Cmd { a.theme = chosenTheme; return a.setTheme(m) }
	}
	return append(all,
		page.Command{Name: "devices", Desc: "show the Devices tab", Run: send(page.ShowTab{Tab: page.Devices})},
		page.Command{Name: "simulator", Desc: "show the Simulator tab", Run: send(page.ShowTab{Tab: page.Simulator})},
		page.Command{Name: "monitor", Desc: "show the Monitor tab", Run: send(page.ShowTab{Tab: page.Monitor})},
		page.Command{Name: "faults", Desc: "local hub: throttle, delay, drop and more on demand", Run: send(page.ShowFaults{})},
		page.Command{Name: "profiles", Desc: "what simulated devices are like: look, make, edit", Run: send(page.ShowProfiles{})},
		page.Command{Name: "journal", Desc: "show every action, error and retry", Run: send(page.ShowJournal{})},
		page.Command{Name: "help", Desc: "show every key", Run: send(page.ShowHelp{})},
		page.Command{Name: "theme dark", Desc: "colours for a dark terminal", Run: theme(darkMode)},
		page.Command{Name: "theme light", Desc: "colours for a light terminal", Run: theme(lightMode)},
		page.Command{Name: "theme mono", Desc: "no colours", Run: theme(monoMode)},
		page.Command{Name: "quit", Desc: "leave hubscope", Run: a.quit},
	)
}

const (
	darkMode  = theme.Dark
	lightMode = theme.Light
	monoMode  = theme.Mono
)

func (a *App) openPalette() {
	a.dialogs.open(newPalette(a.ctx, a.commands()), a.ctx.Time())
}

// palette is a dialog: a line to type into and the commands that match it.
type palette struct {
	ctx   *page.Context
	all   []page.Command
	shown []page.Command
	line  *widget.Filter
	at    int
	names int // the width of the longest name
}

const (
	paletteWidth = 70
	paletteRows  = 10
)

func newPalette(ctx *page.Context, all []page.Command) *palette {
	p := &palette{ctx: ctx, all: all, line: widget.NewFilter(":", "")}
	for _, c := range all {
		p.names = max(p.names, ansi.StringWidth(c.Name))
	}
	p.line.Focus()
	p.match()
	return p
}

// match keeps the commands that hold every word typed, those that start with the
// text first.
func (p *palette) match() {
	text := strings.ToLower(strings.TrimSpace(p.line.Value()))
	var first, rest []page.Command
	for _, c := range p.all {
		switch {
		case strings.HasPrefix(c.Name, text):
			first = append(first, c)
		case holdsAll(strings.ToLower(c.Name+" "+c.Desc), strings.Fields(text)):
			rest = append(rest, c)
		}
	}
	p.shown = append(first, rest...)
	p.at = 0
}

func holdsAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

func (p *palette) Title() string { return "Command" }

func (p *palette) ShortHelp() []key.Binding {
	run := p.ctx.Keys.Confirm
	run.SetHelp("enter", "run")
	run.SetEnabled(len(p.shown) > 0)
	choose := p.ctx.Keys.Down
	choose.SetHelp("↑↓", "choose")
	return []key.Binding{run, choose, p.ctx.Keys.Cancel}
}

func (p *palette) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		cmd := p.line.Update(msg)
		p.match()
		return cmd, false
	}
	switch press.Code {
	case tea.KeyEscape:
		return nil, true
	case tea.KeyEnter:
		if len(p.shown) == 0 {
			return nil, false
		}
		return p.shown[p.at].Run(), true
	case tea.KeyUp:
		p.at = max(0, p.at-1)
	case tea.KeyDown, tea.KeyTab:
		p.at = min(p.at+1, max(0, len(p.shown)-1))
	default:
		cmd := p.line.Update(msg)
		p.match()
		return cmd, false
	}
	return nil, false
}

func (p *palette) View(maxWidth, maxHeight int) string {
	s := p.ctx.Styles
	width := min(paletteWidth, maxWidth)
	rows := max(1, min(paletteRows, maxHeight-2))
	lines := []string{p.line.View(s, width), ""}
	from := max(0, p.at-rows+1)
	for i := from; i < from+rows; i++ {
		switch {
		case i < len(p.shown):
			lines = append(lines, p.row(p.shown[i], i == p.at, width))
		case i == 0:
			lines = append(lines, s.Muted.Render(widget.Fit("  no such command", width)))
		default:
			lines = append(lines, strings.Repeat(" ", width))
		}
	}
	return strings.Join(lines, "\n")
}

func (p *palette) row(c page.Command, selected bool, width int) string {
	s := p.ctx.Styles
	over, mark := s.Text.UnsetForeground(), "  "
	if selected {
		over, mark = s.Selected, "▸ "
	}
	return s.Marker.Inherit(over).Render(mark) +
		s.Text.Inherit(over).Render(widget.Fit(c.Name, p.names+2)) +
		s.Muted.Inherit(over).Render(widget.Fit(c.Desc, width-4-p.names))
}

func (p *palette) Cursor() *tea.Cursor { return p.line.Cursor() }
