package monitor

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// detailsMsg asks for the details.
type detailsMsg struct{}

// details is the dialog that tells all about the stream, one line a partition. It draws what is so at each moment.
type details struct {
	page *Page
	top  int
}

// showDetails opens it.
func (p *Page) showDetails() tea.Cmd {
	return p.ctx.Send(page.OpenDialog{Dialog: &details{page: p}})
}

// Title implements page.Dialog.
func (d *details) Title() string { return "Event stream" }

// Cursor implements page.Dialog.
func (d *details) Cursor() *tea.Cursor { return nil }

// ShortHelp implements page.Dialog.
func (d *details) ShortHelp() []key.Binding {
	k := &d.page.keys
	help := []key.Binding{k.Down, k.restart, k.group}
	if d.page.blocked() {
		help = append(help, k.way)
	}
	return append(help, k.close)
}

// Update implements page.Dialog.
func (d *details) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	press, isKey := msg.(tea.KeyPressMsg)
	if !isKey {
		return nil, false
	}
	k := &d.page.keys
	switch {
	case key.Matches(press, k.Cancel, k.Quit, k.details, k.Confirm):
		return nil, true
	case key.Matches(press, k.Up):
		d.top = max(0, d.top-1)
	case key.Matches(press, k.Down):
		d.top = min(d.top+1, max(0, len(d.page.parts.all())-1))
	case key.Matches(press, k.restart):
		return d.page.resume(), false
	case key.Matches(press, k.way):
		return d.page.otherWay(), false
	case key.Matches(press, k.group):
		return d.page.groupMenu(), true
	}
	return nil, false
}

const detailsWidth = 92

// View implements page.Dialog.
func (d *details) View(maxWidth, maxHeight int) string {
	width := min(maxWidth, detailsWidth)
	head, foot := d.head(width), d.foot(width)
	parts := d.partitions(width)
	if room := max(1, maxHeight-len(head)-len(foot)); len(parts) > room {
		top := min(d.top, len(parts)-room)
		parts = parts[top : top+room]
	}
	return strings.Join(append(append(head, parts...), foot...), "\n")
}

func (d *details) head(width int) []string {
	p, s := d.page, d.page.ctx.Styles
	way := "AMQP on port 5671"
	if p.reads.webSocket {
		way = "AMQP by WebSocket on port 443"
	}
	return []string{
		widget.Fit(s.Text.Render(safe.Line(p.reads.text(), width/2))+s.Muted.Render("   "+p.start.words+"   "+way), width),
		"",
		s.Heading.Render(widget.Fit("PART", idWidth) + widget.Fit("STATE", stateWidth(width)) +
			figuresLine(width, "LAST", "ENQUEUED", "RATE", "BEHIND") + widget.FitRight("ERRORS", errorsWidth)),
	}
}

const (
	idWidth     = 5
	ageWidth    = 11
	rateWidth   = 8
	behindWidth = 8
	errorsWidth = 8
)

// lastWidth has room for as many digits as the width allows.
func lastWidth(width int) int { return max(9, min(20, width-63)) }

// stateWidth is the room that the others leave to what a partition does.
func stateWidth(width int) int {
	return max(8, width-idWidth-lastWidth(width)-ageWidth-rateWidth-behindWidth-errorsWidth)
}

func figuresLine(width int, last, age, rate, behind string) string {
	return widget.FitRight(last, lastWidth(width)) + widget.FitRight(age, ageWidth) + widget.FitRight(rate, rateWidth) +
		widget.FitRight(behind, behindWidth)
}

func (d *details) partitions(width int) []string {
	p, s := d.page, d.page.ctx.Styles
	all := p.parts.all()
	if len(all) == 0 {
		return []string{s.Waiting.Render(widget.Fit("○ connecting", width))}
	}
	lines := make([]string, 0, len(all))
	for _, part := range all {
		style, sign := p.phaseLook(part.Phase)
		f := p.flows.of[part.Partition]
		if f == nil {
			f = &flow{}
		}
		id := "hub"
		if part.Partition != "" {
			id = "p" + safe.Line(part.Partition, 4)
		}
		state := widget.Fit(sign+" "+p.phaseText(part), stateWidth(width))
		figures := figuresLine(width, sequenceText(f), ageText(p.ctx.Time(), f), rateText(f), behindText(part))
		errors := s.Muted
		if f.errors > 0 {
			errors = s.Warning
		}
		lines = append(lines, s.Text.Render(widget.Fit(id, idWidth))+style.Render(state)+s.Text.Render(figures)+
			errors.Render(widget.FitRight(errorsText(f), errorsWidth)))
	}
	return lines
}

// phaseText says what a partition does, in words.
func (p *Page) phaseText(part partition) string {
	text := part.Phase.String()
	switch part.Phase {
	case events.Retrying:
		text = p.retryText(part)
		if part.Attempt > 1 {
			text += fmt.Sprintf(", attempt %d", part.Attempt)
		}
	case events.CatchingUp:
		if part.BehindTime >= time.Second {
			text += ", " + widget.Span(part.BehindTime)
		}
	}
	return text
}

func sequenceText(f *flow) string {
	if f.total == 0 {
		return "-"
	}
	return fmt.Sprintf("#%d", f.sequence)
}

func ageText(now time.Time, f *flow) string {
	if f.enqueued.IsZero() {
		return "-"
	}
	return widget.Ago(now, f.enqueued)
}

func rateText(f *flow) string {
	if f.total == 0 {
		return "-"
	}
	if f.rate < 10 {
		return fmt.Sprintf("%.1f/s", f.rate)
	}
	return widget.Count(int(f.rate+0.5)) + "/s"
}

func behindText(part partition) string {
	if part.Phase != events.CatchingUp && part.Phase != events.Live {
		return "-"
	}
	return widget.Count(part.Behind)
}

func errorsText(f *flow) string { return widget.Count(f.errors) }

// foot tells what was last wrong, what is kept, and what has happened.
func (d *details) foot(width int) []string {
	p, s := d.page, d.page.ctx.Styles
	lines := []string{""}
	say := func(style interface{ Render(...string) string }, text string) {
		for _, line := range widget.Wrap(safe.Inline(text), width) {
			lines = append(lines, style.Render(line))
		}
	}
	kept := fmt.Sprintf("%s of %s events kept, %s of %s", widget.Count(p.history.Kept()), widget.Count(p.o.Keep.Items),
		inspect.SizeText(int(p.history.Bytes())), inspect.SizeText(int(p.o.Keep.Bytes)))
	if n := p.history.FellOut(); n > 0 {
		kept += fmt.Sprintf("; %s fell out", widget.Count(n))
	}
	if n := p.stats.dropped; n > 0 {
		kept += fmt.Sprintf("; %s came faster than they could be taken", widget.Count(n))
	}
	say(s.Muted, kept)
	for _, line := range p.queueLines() {
		say(s.Text, line)
	}
	if err := p.trouble(); err != nil {
		sentence, _ := hub.Explain(err)
		say(s.Danger, "✗ "+sentence)
		for _, r := range p.remedies(err) {
			say(s.Muted, strings.TrimSpace("  "+r.key+" "+r.text))
		}
	} else if f := p.flows.lastFailure(); f != nil {
		sentence, _ := hub.Explain(f.err)
		say(s.Muted, "last error "+widget.Ago(p.ctx.Time(), f.errAt)+": "+sentence)
	}
	const most = 3
	for _, n := range p.flows.notices[max(0, len(p.flows.notices)-most):] {
		say(s.Warning, p.ctx.Zoned(n.Time).Format("15:04:05")+" "+n.String())
	}
	return lines
}

// lastFailure is the flow with the newest error; nil when there was none.
func (f *flows) lastFailure() *flow {
	var last *flow
	for _, one := range f.of {
		if one.err != nil && (last == nil || one.errAt.After(last.errAt)) {
			last = one
		}
	}
	return last
}
