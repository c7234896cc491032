package journal

import (
	"fmt"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// Page shows a Log. The selected entry is written out in full below the list.
type Page struct {
	ctx   *page.Context
	log   *Log
	table *widget.Table

	width, height int
}

// New returns the page of a log.
func New(ctx *page.Context, log *Log) *Page {
	p := &Page{ctx: ctx, log: log}
	p.table = widget.NewTable(source{p},
		widget.Column{Title: "TIME", Width: 8},
		widget.Column{Title: "WHAT HAPPENED", Width: 40, Grow: true},
		widget.Column{Title: "TRACKING ID", Width: 20, Rank: 1},
	)
	return p
}

// Init does nothing: the log is here.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Journal" }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.table.SetSize(width, max(0, height-1-p.detailHeight()))
}

func (p *Page) detailHeight() int { return max(9, p.height/4) }

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		p.table.Update(msg, p.ctx.Keys)
	case tea.MouseClickMsg:
		p.table.Click(msg.Y - 1)
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.table.Wheel(-3)
		} else {
			p.table.Wheel(3)
		}
	}
	return nil
}

// Sync must be called when the log has grown. A cursor on the newest entry goes
// to what is the newest now; on any other it stays with its entry.
func (p *Page) Sync() {
	if p.table.Cursor() == 0 {
		p.table.Move(0)
		return
	}
	p.table.Sync()
}

// View implements page.Page.
func (p *Page) View() string {
	s := p.ctx.Styles
	lines := []string{" " + s.Title.Render("Journal") + "  " + s.Muted.Render(p.counts())}
	if p.log.Len() == 0 {
		lines = append(lines, "", "   "+s.Muted.Render("Nothing has happened yet."))
		return widget.Box(lines, p.width, p.height)
	}
	table := p.table.View(s, true)
	lines = append(lines, strings.Split(table, "\n")...)
	return widget.Box(append(lines, p.detail()...), p.width, p.height)
}

func (p *Page) counts() string {
	text := widget.Count(p.log.Len())
	if p.log.Len() == 1 {
		text += " entry"
	} else {
		text += " entries"
	}
	if p.log.dropped > 0 {
		text += fmt.Sprintf(", %s older ones dropped", widget.Count(p.log.dropped))
	}
	return text
}

// detail is the selected entry in full.
func (p *Page) detail() []string {
	s := p.ctx.Styles
	r := p.log.newest(p.table.Cursor())
	when := p.ctx.Zoned(r.Time).Format("2006-01-02 15:04:05.000 MST")
	lines := []string{widget.TitledRule(when, p.width, s.Rule, s.Muted)}
	add := func(style lipgloss.Style, text string) {
		for _, l := range widget.Wrap(safe.Inline(text), p.width-2) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	sign, style := sign(s, r.Severity)
	add(style, sign+" "+r.Text)
	if r.Next != "" {
		add(s.Text, r.Next)
	}
	if r.Detail != "" && r.Detail != r.Text {
		add(s.Muted, r.Detail)
	}
	if r.TrackingID != "" {
		add(s.Muted, "Tracking id "+r.TrackingID)
	}
	return lines
}

func sign(s *theme.Styles, level page.Severity) (string, lipgloss.Style) {
	switch level {
	case page.Success:
		return "✓", s.Success
	case page.Warning:
		return "!", s.Warning
	case page.Failure:
		return "✗", s.Danger
	default:
		return "·", s.Text
	}
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	return []key.Binding{p.ctx.Keys.Back, p.ctx.Keys.Down, p.ctx.Keys.Up}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding { return [][]key.Binding{p.ShortHelp()} }

// source shows the log to the table, newest first. An entry's key counts from
// the first one ever, so that it stays when others come or go.
type source struct{ p *Page }

func (s source) Len() int { return s.p.log.Len() }

func (s source) Key(row int) string {
	return strconv.Itoa(s.p.log.dropped + s.p.log.Len() - 1 - row)
}

func (s source) Find(key string) int {
	n, err := strconv.Atoi(key)
	row := s.p.log.dropped + s.p.log.Len() - 1 - n
	if err != nil || row < 0 || row >= s.p.log.Len() {
		return -1
	}
	return row
}

func (s source) Cells(row int) []widget.Cell {
	styles := s.p.ctx.Styles
	r := s.p.log.newest(row)
	mark, style := sign(styles, r.Severity)
	return []widget.Cell{
		{Text: s.p.ctx.Zoned(r.Time).Format("15:04:05"), Style: styles.Muted},
		{Text: mark + " " + safe.Line(r.Text, 400), Style: style},
		{Text: safe.Line(r.TrackingID, 64), Style: styles.Muted},
	}
}
