package monitor

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
)

// Page is the Monitor tab and the event pane.
type Page struct {
	page.Mailbox
	width, height int
}

// New makes the page. The stream starts with Init.
func New(ctx *page.Context, o Options) *Page {
	_ = o.withDefaults()
	return &Page{Mailbox: ctx.NewMailbox()}
}

// SetDocked tells whether the page is the pane under another tab: then it draws a line about the stream and rows.
func (p *Page) SetDocked(docked bool) {}

func (p *Page) Init() tea.Cmd                   { return nil }
func (p *Page) Update(msg tea.Msg) tea.Cmd      { return nil }
func (p *Page) SetSize(width, height int)       { p.width, p.height = width, height }
func (p *Page) SetVisible(visible bool) tea.Cmd { return nil }
func (p *Page) SetFocused(focused bool)         {}
func (p *Page) CapturesText() bool              { return false }
func (p *Page) Cursor() *tea.Cursor             { return nil }
func (p *Page) SelectedDevice() string          { return "" }
func (p *Page) Title() string                   { return "Monitor" }
func (p *Page) ShortHelp() []key.Binding        { return nil }
func (p *Page) FullHelp() [][]key.Binding       { return nil }
func (p *Page) View() string {
	return strings.Repeat(strings.Repeat(" ", p.width)+"\n", max(0, p.height-1)) + strings.Repeat(" ", p.width)
}

var (
	_ page.Page         = (*Page)(nil)
	_ page.Watcher      = (*Page)(nil)
	_ page.Focuser      = (*Page)(nil)
	_ page.Cursorer     = (*Page)(nil)
	_ page.Closer       = (*Page)(nil)
	_ page.Addressee    = (*Page)(nil)
	_ page.TextCapturer = (*Page)(nil)
	_ page.Selector     = (*Page)(nil)
)
