package devices

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/query"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The bar stands above the panes over the whole width, which give it some lines while it is open.

// mostBar is how high the bar is at most: the text, what is to be said, a few offers and a line below.
const mostBar = 9

func (p *Page) barHeight() int {
	if !p.queries.bar.Opened() {
		return 0
	}
	return max(3, min(mostBar, p.queries.full/2))
}

func (p *Page) newQueries() queries {
	return queries{bar: query.NewBar(p.ctx.Styles, p.ctx.Keys), book: query.NewBook(p.o.Queries)}
}

// openBar lets a query be typed. It holds the one that the list shows, or what was typed last.
func (p *Page) openBar() tea.Cmd {
	if p.o.Registry == nil {
		return page.Tell(page.Report{Severity: page.Warning, Text: eventsOnly})
	}
	if denied := failure.Denied(p.ctx, page.ReadTwins, "no query asked"); denied != nil {
		return denied
	}
	focus := p.focusPane(listPane)
	text := ""
	if strings.TrimSpace(p.queries.bar.Value()) == "" {
		text = p.queries.asked
	}
	p.queries.bar.Open(text)
	p.resize()
	return tea.Batch(focus, p.readKept(), p.sample(), p.moved())
}

func (p *Page) closeBar() tea.Cmd {
	p.queries.bar.Close()
	p.resize()
	p.updateKeys()
	return nil
}

// resize shares the height between the bar and the panes.
func (p *Page) resize() {
	p.queries.bar.SetWidth(p.width)
	p.height = max(0, p.queries.full-p.barHeight())
	p.layout()
}

// typeQuery is a key while the bar is open.
func (p *Page) typeQuery(msg tea.Msg) tea.Cmd {
	deed, cmd := p.queries.bar.Update(msg)
	switch deed {
	case query.Ask:
		return tea.Batch(cmd, p.ask())
	case query.Leave:
		if p.stopAsking() {
			return cmd
		}
		return tea.Batch(cmd, p.closeBar())
	case query.Keep:
		return tea.Batch(cmd, p.askName())
	case query.Choose:
		return tea.Batch(cmd, p.showFavourites())
	}
	return cmd
}

// withBar puts the bar over the panes.
func (p *Page) withBar(panes string) string {
	n := p.barHeight()
	if n == 0 {
		return panes
	}
	_, below := p.dividers()
	lines := append(p.queries.bar.View(p.width, n-1), widget.Rule(p.width, nil, below, p.ctx.Styles.Rule))
	return strings.Join(lines, "\n") + "\n" + panes
}

// underBar moves a click to where it would be without the bar; false when it is on the bar.
func (p *Page) underBar(y int) (int, bool) {
	y -= p.barHeight()
	return y, y >= 0
}

// headQuery is the query whose answer the list shows.
func (p *Page) headQuery(width int) string {
	s := p.ctx.Styles
	counts := " · " + p.answerCounts()
	room := max(6, width-len("query: ")-len([]rune(counts)))
	return s.Title.Render("query: ") + s.Accent.Render(safe.Line(p.queries.asked, room)) + s.Muted.Render(counts)
}

// answerCounts is how many devices the answer has, of how many there are.
func (p *Page) answerCounts() string {
	text := widget.Count(p.rows.Len())
	if p.rows.filter != "" {
		text += " of " + widget.Count(p.rows.loaded())
	}
	if p.rows.more {
		text += "+"
	}
	if p.known {
		text += " of " + widget.Count(p.stats.TotalDeviceCount)
	}
	return text
}

// noAnswer is what stands where the rows of an answer would be.
func (p *Page) noAnswer() []string {
	s := p.ctx.Styles
	return []string{
		s.Strong.Render("No device matches."), "",
		s.Key.Render(widget.Fit("Q", 5)) + s.Text.Render("changes the query"),
		s.Key.Render(widget.Fit("esc", 5)) + s.Text.Render("shows all devices"),
	}
}

// queryCommands are those of the palette.
func (p *Page) queryCommands() []page.Command {
	return []page.Command{
		{Name: "query", Desc: "ask which devices meet a condition", Run: p.openBar},
		{Name: "query favourites", Desc: "queries that are kept under a name", Run: func() tea.Cmd { return tea.Batch(p.openBar(), p.showFavourites()) }},
		{Name: "all devices", Desc: "go back from the answer of a query", Run: p.leaveAnswer},
	}
}
