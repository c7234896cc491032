package devices

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// besides is the width from which list and detail pane stand side by side.
const besides = 100

func (p *Page) wide() bool { return p.width >= besides }

// detailWidth is about two fifths of the page.
func detailWidth(width int) int { return max(46, min(width*43/100, 88)) }

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.queries.full = width, height
	p.resize()
}

func (p *Page) layout() {
	listWidth, detail := p.width, p.width
	if p.beside() {
		detail = detailWidth(p.width)
		listWidth = p.width - detail - 1
	}
	p.table.SetSize(listWidth, max(0, p.height-p.headHeight()))
	p.o.Detail.SetSize(detail, p.height)
}

// Dividers implements page.Divided.
func (p *Page) Dividers() (top, bottom []int) {
	top, bottom = p.dividers()
	if p.barHeight() > 0 {
		top = nil
	}
	return top, bottom
}

func (p *Page) dividers() (top, bottom []int) {
	if !p.beside() {
		return nil, nil
	}
	at := []int{p.width - detailWidth(p.width) - 1}
	return at, at
}

// View implements page.Page.
func (p *Page) View() string { return p.withBar(p.viewPanes()) }

func (p *Page) viewPanes() string {
	if !p.beside() && p.pane == detailPane {
		return p.o.Detail.View()
	}
	list := p.viewList()
	if !p.beside() {
		return list
	}
	return widget.Beside(list, p.o.Detail.View(), p.ctx.Styles.Rule)
}

func (p *Page) listWidth() int {
	if p.beside() {
		return p.width - detailWidth(p.width) - 1
	}
	return p.width
}

func (p *Page) viewList() string {
	width := p.listWidth()
	lines := append([]string{p.viewHead(width)}, p.remarks(width)...)
	if p.rows.Len() > 0 {
		body := p.table.View(p.ctx.Styles, p.focused && p.pane == listPane)
		return widget.Box(append(lines, strings.Split(body, "\n")...), width, p.height)
	}
	lines = append(lines, "")
	for _, l := range p.viewEmpty(width - 6) {
		lines = append(lines, "   "+l)
	}
	return widget.Box(lines, width, p.height)
}

// headHeight is how many lines stand above the table.
func (p *Page) headHeight() int { return 1 + len(p.remarks(p.listWidth())) }

// remarks say why there are not all devices, and why those that there are were read a while ago.
func (p *Page) remarks(width int) []string {
	var out []string
	if why := p.limited(); why != "" {
		out = append(out, " "+p.ctx.Styles.Warning.Render(safe.Line(why, width-2)))
	}
	if p.load.err == nil || p.load.at.IsZero() {
		return out
	}
	sentence, next := failure.Words(p.load.err)
	if next != "" {
		sentence += "; " + next
	}
	wrapped := widget.Wrap(sentence, max(10, width-4))
	for i, l := range wrapped[:min(len(wrapped), 3)] {
		sign := "   "
		if i == 0 {
			sign = " ✗ "
		}
		out = append(out, p.ctx.Styles.Danger.Render(sign+l))
	}
	return out
}

// viewHead says what the list is: how many of how many, the filter, and what is
// under way or wrong.
func (p *Page) viewHead(width int) string {
	s := p.ctx.Styles
	head := p.viewWhat(width)
	if p.filter.Focused() || p.filter.Value() != "" {
		head += "   " + p.filter.View(s, 24)
	}
	head += p.viewMarks()
	if full := head + "   " + s.Muted.Render(p.enabled()); p.enabled() != "" && ansi.StringWidth(full+p.viewLoad()) < width {
		head = full
	}
	return widget.Ends(head, p.viewLoad(), width)
}

// enabled is how many devices are enabled, when not all are.
func (p *Page) enabled() string {
	if !p.known || p.stats.DisabledDeviceCount == 0 {
		return ""
	}
	return widget.Count(p.stats.EnabledDeviceCount) + " enabled, " + widget.Count(p.stats.DisabledDeviceCount) + " disabled"
}

// viewWhat is what the list is of, and how many.
func (p *Page) viewWhat(width int) string {
	if p.queries.asked != "" {
		room := width - ansi.StringWidth(p.viewMarks()) - ansi.StringWidth(p.viewLoad()) - 2
		if p.filter.Focused() || p.filter.Value() != "" {
			room -= 24
		}
		return " " + p.headQuery(room)
	}
	return " " + p.ctx.Styles.Title.Render("Devices") + "  " + p.ctx.Styles.Muted.Render(p.counts())
}

func (p *Page) counts() string {
	if p.load.at.IsZero() {
		return ""
	}
	total := max(p.stats.TotalDeviceCount, int64(p.rows.loaded()))
	if !p.known || (!p.rows.more && p.limited() == "" && total != int64(p.rows.loaded())) {
		total = int64(p.rows.loaded())
	}
	if p.load.all && p.rows.filter == "" {
		return p.progress() + " read"
	}
	text := widget.Count(p.rows.Len()) + " of " + widget.Count(total)
	if p.rows.more {
		text += " (" + widget.Count(p.rows.loaded()) + " read)"
	}
	return text
}

// progress is how far a reading of many has come.
func (p *Page) progress() string {
	text := widget.Count(p.rows.readNow())
	if total := p.stats.TotalDeviceCount; p.known && total >= int64(p.rows.readNow()) {
		text += " of " + widget.Count(total)
	}
	return text
}

func (p *Page) viewLoad() string {
	s, now := p.ctx.Styles, p.ctx.Time()
	age := now.Sub(p.load.at)
	switch {
	case p.load.err != nil && !p.load.at.IsZero():
		return s.Danger.Render("✗ "+widget.Span(age)+" old") + " " + s.Key.Render("r") + s.Muted.Render(" reload ")
	case p.load.all && now.Sub(p.load.since) > quiet:
		return s.Muted.Render("reading… ") + s.Key.Render("esc") + s.Muted.Render(" stop ")
	case p.sorting.stop != nil && now.Sub(p.sorting.began) > quiet:
		return s.Muted.Render("sorting… ")
	case (p.load.busy || p.load.reading) && now.Sub(p.load.since) > quiet:
		return s.Muted.Render("reading… ")
	case !p.load.at.IsZero() && age > p.stale():
		return s.Muted.Render(widget.Span(age) + " old ")
	}
	return ""
}

// viewEmpty is what stands where the rows would be.
func (p *Page) viewEmpty(width int) []string {
	s := p.ctx.Styles
	switch {
	case p.o.Registry == nil:
		out := []string{s.Strong.Render(eventsOnly), ""}
		for _, l := range widget.Wrap("To see and create devices start hubscope with the connection string of an IoT Hub, such as that of the policy iothubowner.", min(width, 70)) {
			out = append(out, s.Text.Render(l))
		}
		return append(out, "", s.Key.Render("3")+s.Text.Render(" shows the events"))
	case p.load.err != nil && p.load.at.IsZero():
		return p.viewFailure(width)
	case p.load.at.IsZero():
		return []string{s.Muted.Render("Reading the devices of " + safe.Line(p.ctx.Hub, max(10, width-22)) + " …")}
	case p.rows.loaded() > 0:
		out := []string{s.Text.Render("No device id has the letters of " + safe.Line("\""+p.filter.Value()+"\"", max(8, width-24)) + ".")}
		if p.rows.more {
			return append(out, "", s.Muted.Render("Reading on …"))
		}
		return append(out, "", s.Key.Render("esc")+s.Muted.Render(" clears the filter"))
	case p.queries.asked != "":
		return p.noAnswer()
	}
	out := []string{s.Strong.Render("No devices yet."), ""}
	if why := p.ctx.Denied(page.ChangeRegistry); why != "" {
		return append(out, s.Muted.Render("None can be created here: "+why+"."))
	}
	for _, l := range [][2]string{
		{"n", "creates a device identity"},
		{"s", "then starts its simulated device"},
	} {
		out = append(out, s.Key.Render(widget.Fit(l[0], 3))+s.Text.Render(l[1]))
	}
	return append(out, "", s.Muted.Render("Its telemetry appears under Events as it arrives."))
}

func (p *Page) viewFailure(width int) []string {
	s := p.ctx.Styles
	sentence, next := hub.Explain(p.load.err)
	var out []string
	for i, l := range widget.Wrap(safe.Inline(sentence), width-2) {
		sign := "  "
		if i == 0 {
			sign = "✗ "
		}
		out = append(out, s.Danger.Render(sign+l))
	}
	if next != "" {
		out = append(out, "")
		for _, l := range widget.Wrap(safe.Inline(next), width) {
			out = append(out, s.Text.Render(l))
		}
	}
	return append(out, "", s.Key.Render("r")+s.Text.Render(" tries again"))
}

// Cursor implements page.Cursorer: that of the filter, or of the detail pane.
func (p *Page) Cursor() *tea.Cursor {
	if p.queries.bar.Opened() {
		return p.queries.bar.Cursor()
	}
	if !p.filter.Focused() {
		return p.detailCursor()
	}
	c := p.filter.Cursor()
	if c != nil {
		c.X += ansi.StringWidth(p.viewWhat(p.listWidth())) + 3
	}
	return c
}

func (p *Page) detailCursor() *tea.Cursor {
	if p.pane != detailPane {
		return nil
	}
	c := p.o.Detail.Cursor()
	if c != nil && p.beside() {
		c.X += p.listWidth() + 1
	}
	return c
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	own := []page.Command{
		{Name: "new", Desc: "create a device identity", Run: p.askNew},
		{Name: "new many", Desc: "create many devices, by a pattern or from a file", Run: p.askMany},
		{Name: "delete", Desc: "delete the device under the cursor, or the marked ones", Run: p.askDelete},
		{Name: "start", Desc: "start or stop its simulated device", Run: p.startStop},
		{Name: "stop all", Desc: "stop all simulated devices", Run: p.stopAll},
		{Name: "columns", Desc: "choose the columns of the list", Run: p.askColumns},
		{Name: "reload", Desc: "read the list of devices again", Run: p.reload},
	}
	own = append(own, p.queryCommands()...)
	if c, ok := p.o.Detail.(page.Commander); ok && p.table.Key() != "" {
		for _, command := range c.Commands() {
			run := command.Run
			command.Run = func() tea.Cmd { return tea.Batch(p.open(), run()) }
			own = append(own, command)
		}
	}
	return own
}
