package modules

import (
	"strings"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// View implements page.Page.
func (p *List) View() string {
	s := p.ctx.Styles
	if p.rows.Len() == 0 {
		return widget.Box(indent(p.viewEmpty(max(8, p.width-2))), p.width, p.height)
	}
	body := p.table.View(s, p.focused)
	if p.err == nil {
		return body
	}
	lines := strings.Split(body, "\n")
	old := " " + s.Danger.Render("✗ "+widget.Span(p.ctx.Time().Sub(p.at))+" old") + " " + s.Key.Render("r") + s.Muted.Render(" reload")
	lines[len(lines)-1] = widget.Fit(old, p.width)
	return strings.Join(lines, "\n")
}

func (p *List) viewEmpty(width int) []string {
	s := p.ctx.Styles
	switch {
	case p.device.DeviceID == "":
		return nil
	case p.err != nil:
		return append(trouble(s, p.err, width), "", s.Key.Render("r")+s.Text.Render(" tries again"))
	case p.busy && p.at.IsZero():
		return []string{s.Muted.Render("Reading …")}
	}
	out := []string{"", s.Strong.Render("No modules."), ""}
	for _, l := range widget.Wrap("A module is an identity of its own on the device, with keys, a twin and methods, such as one for each program that runs on it.", width) {
		out = append(out, s.Muted.Render(l))
	}
	if why := p.ctx.Denied(page.ChangeRegistry); why != "" {
		return append(out, "", s.Muted.Render(why))
	}
	return append(out, "", s.Key.Render("n")+s.Text.Render(" creates one"))
}

// trouble is a failure in words.
func trouble(s *theme.Styles, err error, width int) []string {
	sentence, next := failure.Words(err)
	out := []string{""}
	for i, l := range widget.Wrap(sentence, width-2) {
		sign := "  "
		if i == 0 {
			sign = "✗ "
		}
		out = append(out, s.Danger.Render(sign+l))
	}
	for _, l := range widget.Wrap(next, width-2) {
		out = append(out, s.Muted.Render("  "+l))
	}
	return out
}

func indent(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = " " + l
	}
	return out
}
