package profiles

import (
	"os"
	"path/filepath"
	"strings"

	"charm.land/lipgloss/v2"

	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// SetSize implements page.Page.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.layout()
	p.scroll(0)
}

func (p *Page) layout() {
	p.table.SetSize(p.listWidth(), max(0, p.height-1))
	if p.editing != nil {
		width, height := p.editorSize()
		p.editing.text.SetSize(width-editorX, height)
	}
}

// listWidth is the room of the list: enough for names, the rest is for what the profiles are.
func (p *Page) listWidth() int { return max(26, min(p.width*28/100, 46)) }

func (p *Page) rightWidth() int { return max(1, p.width-p.listWidth()-1) }

// Dividers implements page.Divided.
func (p *Page) Dividers() (top, bottom []int) {
	switch {
	case p.editing == nil:
		return []int{p.listWidth()}, []int{p.listWidth()}
	case p.beside():
		width, _ := p.editorSize()
		return []int{width}, []int{width}
	}
	return nil, nil
}

// View implements page.Page.
func (p *Page) View() string {
	if p.editing != nil {
		return p.viewEditing()
	}
	left := append([]string{p.viewHead()}, strings.Split(p.table.View(p.ctx.Styles, p.focused && p.pane == listPane), "\n")...)
	return widget.Beside(widget.Box(left, p.listWidth(), p.height), p.viewRight(), p.ctx.Styles.Rule)
}

func (p *Page) viewHead() string {
	s := p.ctx.Styles
	head := " " + s.Title.Render("Profiles")
	_, own, broken := p.rows.counts()
	switch {
	case p.err != nil:
		return head + "  " + s.Danger.Render("✗ not read")
	case broken > 0:
		return head + "  " + s.Danger.Render(widget.Count(broken)+" broken")
	case own > 0:
		return head + "  " + s.Muted.Render(widget.Count(own)+" yours")
	}
	return head
}

// viewRight is what the profile under the cursor is and does.
func (p *Page) viewRight() string {
	s := p.ctx.Styles
	e, has := p.rows.selected(p.table)
	if !has {
		return widget.Box([]string{"", " " + s.Muted.Render("Reading the profiles ...")}, p.rightWidth(), p.height)
	}
	title := s.Strong
	if p.focused && p.pane == rightPane {
		title = s.Accent.Bold(true)
	}
	all := p.rightLines()
	from := min(p.back, len(all))
	more := ""
	if len(all)-from > p.height-1 {
		more = s.Muted.Render("more below ")
	}
	if p.back > 0 {
		more = s.Muted.Render(widget.Plural(p.back, "line")+" above ") + more
	}
	head := widget.Ends(" "+title.Render(safe.Line(e.name, p.rightWidth()/2)), more, p.rightWidth())
	return widget.Box(append([]string{head}, all[from:]...), p.rightWidth(), p.height)
}

// rightLines are all lines of the right pane but its head.
func (p *Page) rightLines() []string {
	e, has := p.rows.selected(p.table)
	if !has {
		return nil
	}
	width := p.rightWidth()
	lines := p.describe(e, width)
	if e.profile == nil {
		return lines
	}
	s := p.ctx.Styles
	shown := p.glance
	if p.glanced != e.key() {
		shown = glance{device: p.deviceFor(e.name)}
	}
	lines = append(lines, "", widget.TitledRule("Next messages of "+safe.Line(shown.device, 40), width, s.Rule, s.Strong))
	return append(lines, p.viewMessages(shown, width, false)...)
}

// describe tells what a profile is.
func (p *Page) describe(e entry, width int) []string {
	s := p.ctx.Styles
	switch {
	case e.unsaved:
		return p.describeDraft(e, width)
	case e.profile == nil:
		return p.describeBroken(e, width)
	}
	var lines []string
	say := func(style lipgloss.Style, text string) {
		for _, l := range widget.Wrap(safe.Inline(text), max(10, width-2)) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	if e.profile.Description != "" {
		say(s.Text, e.profile.Description)
	}
	lines = append(lines, "")
	lines = append(lines, p.facts(e, width)...)
	return lines
}

const labelWidth = 10

// facts are the kinds of messages, the methods and the file, each with its label.
func (p *Page) facts(e entry, width int) []string {
	s := p.ctx.Styles
	var lines []string
	label := func(i int, text string) string {
		if i > 0 {
			text = ""
		}
		return " " + s.Muted.Render(widget.Fit(text, labelWidth))
	}
	names := 0
	for _, m := range e.profile.Messages {
		names = max(names, lipgloss.Width(safe.Line(m.Name, 20)))
	}
	for _, m := range e.profile.Methods {
		names = max(names, lipgloss.Width(safe.Line(m.Name, 20)))
	}
	room := max(4, width-labelWidth-names-4)
	for i, m := range e.profile.Messages {
		when := "every " + widget.Interval(m.Interval)
		if m.Conditional {
			when = "when its condition holds, looked at every " + widget.Interval(m.Interval)
		}
		if m.Jitter > 0 {
			when += ", up to " + widget.Interval(m.Jitter) + " late"
		}
		lines = append(lines, label(i, "Messages")+s.Text.Render(widget.Fit(safe.Line(m.Name, names), names+2))+s.Muted.Render(safe.Line(when, room)))
	}
	for i, m := range e.profile.Methods {
		lines = append(lines, label(i, "Methods")+s.Text.Render(widget.Fit(safe.Line(m.Name, names), names+2))+s.Muted.Render(safe.Line(m.Description, room)))
	}
	if e.path != "" {
		lines = append(lines, label(0, "File")+s.Muted.Render(safe.Line(home(e.path), width-labelWidth-2)))
	}
	return lines
}

func (p *Page) describeBroken(e entry, width int) []string {
	s := p.ctx.Styles
	lines := []string{" " + s.Muted.Render(safe.Line(home(e.path), width-2)), ""}
	for _, m := range mistakesOf(e.problem) {
		for i, l := range widget.Wrap(m.String(), max(10, width-4)) {
			sign := "   "
			if i == 0 {
				sign = " ✗ "
			}
			lines = append(lines, s.Danger.Render(sign+l))
		}
	}
	return append(lines, "", " "+s.Key.Render("e")+s.Text.Render(" edits it: ")+s.Key.Render("ctrl+g")+s.Text.Render(" there goes to the mistake."))
}

// describeDraft tells of a profile that was never saved.
func (p *Page) describeDraft(e entry, width int) []string {
	s := p.ctx.Styles
	lines := []string{" " + s.Muted.Render(safe.Line(home(e.path), width-2)), ""}
	for _, l := range widget.Wrap("It was typed and never saved; a draft of it was kept.", max(10, width-2)) {
		lines = append(lines, " "+s.Warning.Render(l))
	}
	return append(lines, "",
		" "+s.Key.Render("e")+s.Text.Render(" goes on with it, ")+s.Key.Render("d")+s.Text.Render(" discards it."))
}

// home writes the folder of the user as ~.
func home(path string) string {
	dir, err := os.UserHomeDir()
	if err != nil || dir == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, dir+string(filepath.Separator)); ok {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
