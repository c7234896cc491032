package monitor

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// exportPlan is what is to be written where.
type exportPlan struct {
	path    string
	all     bool // all that is kept, not only what is shown
	csv     bool
	columns []field.Path // of CSV, behind the fixed ones
}

// export is one that is under way. The history belongs to Update: it gives the events in slices, one for each write.
type export struct {
	plan   exportPlan
	shows  history.Test // nil: all
	first  uint64
	next   uint64 // the event that comes next
	end    uint64 // those from here on came after the start
	gone   uint64 // fell out of the history before they could be written
	count  int
	file   *exportFile
	cancel bool
	room   []history.Event // of the slice that is under way
}

// exportSlice is how many events are handed to one write.
const exportSlice = 2048

type (
	// startExportMsg begins; form is the dialog to be closed.
	startExportMsg struct{ plan exportPlan }
	// exportStepMsg says that what was handed over is written, or why not.
	exportStepMsg struct {
		x   *export
		err error
	}
	// exportEndedMsg says that the file is there, or why not.
	exportEndedMsg struct {
		x    *export
		size int64
		err  error
	}
	cancelExportMsg struct{}
)

// startExport begins to write what there is now.
func (p *Page) startExport(plan exportPlan) tea.Cmd {
	if p.export != nil {
		return nil
	}
	first, end := p.history.First(), p.history.End()
	x := &export{plan: plan, first: first, next: first, end: end, file: &exportFile{plan: plan}}
	if !plan.all {
		x.shows = p.shows
	}
	p.export = x
	return p.Act(func() tea.Msg { return exportStepMsg{x, x.file.create()} })
}

// onExportStep hands over the next slice.
func (p *Page) onExportStep(msg exportStepMsg) tea.Cmd {
	x := msg.x
	if x != p.export {
		return nil
	}
	if x.cancel || msg.err != nil {
		return p.Act(func() tea.Msg {
			x.file.discard()
			return exportEndedMsg{x: x, err: msg.err}
		})
	}
	slice := x.slice(p.history)
	if len(slice) == 0 && x.next >= x.end {
		return p.Act(func() tea.Msg {
			size, err := x.file.finish()
			return exportEndedMsg{x, size, err}
		})
	}
	x.count += len(slice)
	return p.Act(func() tea.Msg { return exportStepMsg{x, x.file.write(slice)} })
}

// slice copies the next events that are to be written, for about the time of a step.
func (x *export) slice(h *history.History) []history.Event {
	const atOnce = 64
	if x.room == nil {
		x.room = make([]history.Event, 0, exportSlice+atOnce)
	}
	slice := x.room[:0] // what was in it is written
	for start := time.Now(); x.next < x.end && len(slice) < exportSlice && time.Since(start) < scanStep; {
		if first := min(h.First(), x.end); x.next < first {
			x.gone += first - x.next
			x.next = first
		}
		for range atOnce {
			if x.next >= x.end {
				break
			}
			n := x.next
			x.next++
			if e := h.Look(n); e != nil && x.wants(h, n, e) {
				slice = append(slice, *h.Event(n))
			}
		}
	}
	return slice
}

// wants tells whether an event is to be written. What a body has to be unpacked for is as the list has it.
func (x *export) wants(h *history.History, n uint64, e *history.Event) bool {
	if x.shows == nil {
		return true
	}
	switch x.shows(e, nil) {
	case history.Passes:
		return true
	case history.Unread:
		return h.Shows(n)
	}
	return false
}

func (p *Page) onExportEnded(msg exportEndedMsg) tea.Cmd {
	x := msg.x
	if x != p.export {
		return nil
	}
	p.export = nil
	switch {
	case msg.err != nil:
		sentence, _ := hub.Explain(msg.err)
		return page.Tell(page.Report{Severity: page.Failure, Text: "nothing was exported: " + sentence, Next: "x exports to another file", Detail: msg.err.Error()})
	case x.cancel:
		return page.Tell(page.Report{Severity: page.Info, Text: "the export was cancelled, and no file written"})
	}
	r := page.Report{
		Severity: page.Success,
		Text:     fmt.Sprintf("%s exported to %s, %s", widget.Plural(x.count, "event"), x.plan.path, inspect.SizeText(int(msg.size))),
	}
	if x.gone > 0 {
		r.Severity = page.Warning
		r.Text += ", " + widget.Count(x.gone) + " had fallen out of the history before"
	}
	return page.Tell(r)
}

// exportText tells how far an export is.
func (p *Page) exportText() string {
	if p.export == nil {
		return ""
	}
	return p.ctx.Styles.Waiting.Render("exporting " + p.export.percent())
}

func (x *export) percent() string {
	return fmt.Sprintf("%d%%", (x.next-x.first)*100/max(1, x.end-x.first))
}

// finishExport ends an export when the page is closed; a file that is not whole goes.
func (p *Page) finishExport() {
	if p.export != nil {
		p.export.file.discard()
	}
}
