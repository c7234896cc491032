package modules

import (
	"strings"

	"hubscope/ui/credential"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// View implements page.Page.
func (p *List) View() string {
	head := p.head()
	if p.rows.Len() == 0 {
		return widget.Box(append(head, p.viewEmpty()...), p.width, p.height)
	}
	body := p.table.View(p.ctx.Styles, p.focused)
	return widget.Box(append(head, strings.Split(body, "\n")...), p.width, p.height)
}

// head says why the modules could not be read, above those that were read before.
func (p *List) head() []string {
	return credential.Trouble{Ctx: p.ctx, Width: p.width, Err: p.err, Read: p.at}.Lines()
}

// layout gives the table the room that is left.
func (p *List) layout() { p.table.SetSize(p.width, max(2, p.height-len(p.head()))) }

func (p *List) viewEmpty() []string {
	s := p.ctx.Styles
	switch {
	case p.device.DeviceID == "" || p.err != nil:
		return nil
	case p.busy && p.at.IsZero():
		return []string{" " + s.Muted.Render("Reading …")}
	}
	out := []string{"", " " + s.Strong.Render("No modules."), ""}
	for _, l := range widget.Wrap("A module is an identity of its own on the device, with keys, a twin and methods, such as one for each program that runs on it.", max(8, p.width-2)) {
		out = append(out, " "+s.Muted.Render(l))
	}
	if why := p.ctx.Denied(page.ChangeRegistry); why != "" {
		return append(out, "", " "+s.Muted.Render(why))
	}
	return append(out, "", " "+s.Key.Render("n")+s.Text.Render(" creates one"))
}
