package simulate

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hubscope/device/sim"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
	p.scrollLog(0)
}

// layout gives the list its room, which depends on how many devices there are.
func (p *Page) layout() {
	list, _ := p.split()
	p.table.SetSize(p.width, max(0, list-1))
}

// split divides the page between the list, with its head, and the log, with the
// line above it.
func (p *Page) split() (list, log int) {
	list = max(4, min(p.height*55/100, p.rows.Len()+3))
	list = max(list, p.height*2/5)
	list = min(list, p.height)
	return list, p.height - list
}

// View implements page.Page.
func (p *Page) View() string {
	lines := []string{p.viewHead()}
	if len(p.rows.all) == 0 {
		lines = append(lines, "")
		for _, l := range p.viewEmpty() {
			lines = append(lines, "   "+l)
		}
		return widget.Box(lines, p.width, p.height)
	}
	list, log := p.split()
	table := p.table.View(p.ctx.Styles, p.focused && p.pane == listPane)
	lines = append(lines, strings.Split(table, "\n")...)
	lines = append(lines[:min(len(lines), list)], p.viewLog(log)...)
	return widget.Box(lines, p.width, p.height)
}

func (p *Page) viewEmpty() []string {
	s := p.ctx.Styles
	does := func(key, what string) string { return s.Key.Render(key+" ") + s.Text.Render(what) }
	if why := p.ctx.Denied(page.Simulate); why != "" {
		return []string{s.Strong.Render("No simulated devices."), "", s.Muted.Render("None can be started: " + why + ".")}
	}
	lines := []string{
		s.Strong.Render("No simulated devices yet."), "",
		does("1", "shows the devices: ") + does("s", "there starts the one under the cursor."),
	}
	if p.o.Registry != nil {
		lines = append(lines, does("n", "starts many at once, and creates those that are missing."))
	}
	lines = append(lines, "")
	for _, l := range widget.Wrap("A simulated device connects over MQTT with the device's own key, sends, and answers what the hub sends it.", max(10, p.width-6)) {
		lines = append(lines, s.Muted.Render(l))
	}
	return lines
}

// viewLog is the newest part of the log, or where it was scrolled to.
func (p *Page) viewLog(height int) []string {
	s := p.ctx.Styles
	if height <= 0 {
		return nil
	}
	rule, title := s.Rule, s.Strong
	if p.focused && p.pane == logPane {
		rule, title = s.RuleActive, s.Title
	}
	name := safe.Line(p.table.Key(), 60)
	if st, ok := p.rows.selected(p.table); ok {
		name += bothWays(st) + faultWords(st)
	}
	if p.back > 0 {
		name += "   " + widget.Count(p.back) + " newer below"
	}
	lines := []string{widget.TitledRule(name, p.width, rule, title)}
	end := len(p.log) - p.back
	start := max(0, end-(height-1))
	for _, e := range p.log[start:end] {
		lines = append(lines, p.viewEntry(e))
	}
	if len(p.log) == 0 {
		lines = append(lines, " "+s.Muted.Render("Nothing yet."))
	}
	return lines
}

// bothWays is what came from the hub, and how far the twin is.
func bothWays(st sim.Status) string {
	out := ""
	if st.Received > 0 {
		out += "   " + widget.Plural(st.Received, "message") + " received"
	}
	if st.Methods > 0 {
		out += "   " + widget.Plural(st.Methods, "method") + " called"
	}
	if st.DesiredVersion > 0 {
		out += fmt.Sprintf("   desired v%d", st.DesiredVersion)
	}
	if st.ReportedVersion > 0 {
		out += fmt.Sprintf("   reported v%d", st.ReportedVersion)
	}
	return out
}

// faultWords are the faults that the device has, with how often each has struck.
func faultWords(st sim.Status) string {
	out := ""
	for _, f := range st.Faults {
		out += "   ⚡ " + f.Kind.String()
		if f.Hits > 1 {
			out += " ×" + widget.Count(f.Hits)
		}
	}
	return out
}

// outcomeColumn is where the outcomes stand: behind the texts, in one column.
func (p *Page) outcomeColumn() int { return max(p.width*3/5, p.width-32) }

func (p *Page) viewEntry(e sim.Entry) string {
	s := p.ctx.Styles
	at := p.ctx.Zoned(e.Time).Format("15:04:05.000")
	text := safe.Line(e.Text, 400)
	line := " " + s.Muted.Render(at) + " " + s.Accent.Render(e.Direction.Sign()) + " " + s.Text.Render(text)
	if e.Outcome == "" {
		return ansi.Truncate(line, p.width, "…")
	}
	outcome := s.Muted
	if e.Err != nil {
		outcome = s.Danger
	}
	line = widget.Fit(line, p.outcomeColumn()) + "  " + outcome.Render(safe.Line(e.Outcome, 200))
	return ansi.Truncate(line, p.width, "…")
}
