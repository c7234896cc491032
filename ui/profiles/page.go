package profiles

import (
	"os"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// Options of the page.
type Options struct {
	// Dir is the folder of the user's profiles; it is made when the first is saved. "": there is none, and only what is
	// built in is shown.
	Dir string
	// Getenv tells VISUAL and EDITOR; os.Getenv when nil.
	Getenv func(string) string
}

// Page is the list of profiles, and the editor of one of them.
type Page struct {
	page.Mailbox
	ctx *page.Context
	o   Options

	rows   *rows
	table  *widget.Table
	read   bool   // the folder was read at least once
	err    error  // of the folder as a whole, at the last reading
	device string // whom a profile would be for; "": nobody in particular
	seed   uint64 // of that device

	glance  glance // of the profile under the cursor, or of the text under edit
	glanced string // the key of the entry that it is of
	asked   uint64 // questions so far; an answer to an older one is dropped
	looking bool   // a question is under way
	again   bool   // a newer one waits for its end

	editing *editing // nil: the list is shown
	form    *widget.Form
	drafts  drafts
	pens    [paint.Kinds]paint.Pen
	then    string // the key to put the cursor on when the folder has been read

	width, height int
	focused       bool
	pane          pane
	back          int // lines that the right pane is scrolled down
}

type pane int

const (
	listPane pane = iota
	rightPane
)

// New returns the page.
func New(ctx *page.Context, o Options) *Page {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	p := &Page{Mailbox: ctx.NewMailbox(), ctx: ctx, o: o, focused: true}
	p.rows = &rows{ctx: ctx}
	p.table = widget.NewTable(p.rows, columns...)
	p.sharpen()
	return p
}

// sharpen makes the pens of the present theme.
func (p *Page) sharpen() {
	p.pens = paint.NewSpanPens(p.ctx.Styles, p.ctx.Styles.Text.UnsetForeground())
}

// Init implements page.Page. The folder is read when the page is seen.
func (p *Page) Init() tea.Cmd { return nil }

// Title implements page.Page.
func (p *Page) Title() string { return "Profiles" }

// SetFocused implements page.Focuser.
func (p *Page) SetFocused(focused bool) { p.focused = focused }

// CapturesText implements page.TextCapturer.
func (p *Page) CapturesText() bool { return p.editing != nil }

// SetVisible implements page.Watcher: what others did to the folder meanwhile is read.
func (p *Page) SetVisible(visible bool) tea.Cmd {
	if !visible {
		return nil
	}
	return p.load()
}

type loadedMsg struct {
	all []entry
	err error
}

// load reads the folder. A newer reading makes an older one void.
func (p *Page) load() tea.Cmd {
	p.Renew()
	dir := p.o.Dir
	return p.Ask(func() tea.Msg {
		all, err := readAll(dir)
		return loadedMsg{all, err}
	})
}

func (p *Page) onLoaded(m loadedMsg) tea.Cmd {
	p.read, p.err, p.rows.list = true, m.err, m.all
	p.table.Sync()
	if p.then != "" && p.table.Select(p.then) {
		p.then = ""
	}
	if p.editing != nil {
		return nil
	}
	return p.lookAtRow()
}

// Update implements page.Page.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if p.editing != nil {
			return p.onEditKey(msg)
		}
		return p.onKey(msg)
	case tea.PasteMsg:
		return p.onPaste(msg)
	case tea.MouseClickMsg:
		return p.onClick(msg)
	case tea.MouseWheelMsg:
		return p.onWheel(msg)
	case page.ThemeMsg:
		p.sharpen()
	case page.ShowProfiles:
		return p.onShown(msg)
	case loadedMsg:
		return p.onLoaded(msg)
	case lookTimeMsg:
		return tea.Batch(p.onLookTime(msg), p.onPause(msg))
	case draftKeptMsg:
		return p.onDraftKept(msg)
	case lookedMsg:
		return p.onLooked(msg)
	default:
		return p.onAction(msg)
	}
	return nil
}

// onShown is told for whom the page was opened.
func (p *Page) onShown(m page.ShowProfiles) tea.Cmd {
	if m.DeviceID == p.device && m.Seed == p.seed || p.editing != nil {
		return nil
	}
	p.device, p.seed, p.glanced = m.DeviceID, m.Seed, ""
	return p.lookAtRow()
}

func (p *Page) onKey(msg tea.KeyPressMsg) tea.Cmd {
	k := p.ctx.Keys
	e, has := p.rows.selected(p.table)
	switch {
	case key.Matches(msg, k.New):
		return p.askName()
	case key.Matches(msg, k.Reload):
		p.glanced = ""
		return p.load()
	case !has:
		return nil
	case key.Matches(msg, k.Edit):
		return p.edit(e)
	case key.Matches(msg, k.EditOutside):
		return p.editOutside(e)
	case key.Matches(msg, k.Delete):
		return p.askDelete(e)
	case key.Matches(msg, k.Use, k.Open):
		return p.use(e)
	case p.pane == rightPane:
		p.scrollKey(msg)
		return nil
	case p.table.Update(msg, k):
		return p.lookAtRow()
	}
	return nil
}

func (p *Page) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if p.editing != nil {
		p.editing.text.Click(msg.X-editorX, msg.Y-editorY)
		return nil
	}
	p.pane = listPane
	if msg.X > p.listWidth() {
		p.pane = rightPane
		return nil
	}
	if !p.table.Click(msg.Y - 1) {
		return nil
	}
	return p.lookAtRow()
}

func (p *Page) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	n := 3
	if msg.Button == tea.MouseWheelUp {
		n = -3
	}
	switch {
	case p.editing != nil:
		p.editing.text.Wheel(n)
	case msg.X > p.listWidth():
		p.scroll(n)
	default:
		p.table.Wheel(n)
		return p.lookAtRow()
	}
	return nil
}

// NextPane implements page.Paned.
func (p *Page) NextPane(forward bool) bool {
	if forward != (p.pane == listPane) {
		return false
	}
	p.pane = rightPane - p.pane
	return true
}

// EnterPanes implements page.Paned.
func (p *Page) EnterPanes(forward bool) {
	p.pane = listPane
	if !forward {
		p.pane = rightPane
	}
}

func (p *Page) scrollKey(msg tea.KeyPressMsg) {
	if n, ok := p.ctx.Keys.Step(msg, p.height-1); ok {
		p.scroll(n)
	}
}

func (p *Page) scroll(n int) {
	p.back = max(0, min(p.back+n, len(p.rightLines())-(p.height-1)))
}
