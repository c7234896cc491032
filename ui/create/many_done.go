package create

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/provision"
	"hubscope/hub/selfsigned"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// wordsOf says counts in words.
func wordsOf(c provision.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{
		{c.Created, "created"},
		{c.WouldCreate, "would be created"},
		{c.Found, "exist already"},
		{c.Failed, "failed"},
		{c.Untried, "not tried"},
	} {
		if p.n > 0 {
			parts = append(parts, widget.Count(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// onDone ends the form when all went well; else the form stays, and a note over it says what did not.
func (r *manyRun) onDone(o manyOutcome) tea.Cmd {
	m := r.many
	m.run = nil
	if o.err != nil {
		failure.Learn(m.d.ctx, page.ChangeRegistry, o.err, "create, change or delete identities")
	}
	report := r.report(o)
	if o.whole() && !r.job.dry {
		return tea.Batch(r.made(o), m.d.ctx.Send(page.CloseDialog{Dialog: m}), page.Tell(report))
	}
	report.Quiet = true // the form says it
	m.Fail(r.verdict(o))
	m.proposeResults()
	cmds := []tea.Cmd{r.made(o), page.Tell(report)}
	if len(o.summary.Mistakes) > 0 || o.begun() {
		cmds = append(cmds, m.d.ctx.Send(page.OpenDialog{Dialog: r.note(o)}))
	}
	return tea.Batch(cmds...)
}

// made tells the list of what is new.
func (r *manyRun) made(o manyOutcome) tea.Cmd {
	if o.counts.Created == 0 {
		return nil
	}
	return r.many.d.made(o.first, o.counts.Created, selfsigned.Files{})
}

// whole says that all is there now, and nothing has to be told but that.
func (o manyOutcome) whole() bool {
	return o.err == nil && len(o.summary.Mistakes) == 0 && o.counts.Total > 0 && o.counts.Failed+o.counts.Untried+o.warned.n == 0
}

// begun says that the hub has said something about single devices, and not only no to all.
func (o manyOutcome) begun() bool {
	return o.counts.Done() > o.counts.Failed || o.counts.Failed > 0 && o.err == nil
}

// stopped says that the user ended it.
func (r *manyRun) stopped(o manyOutcome) bool {
	return r.stopping && errors.Is(o.err, context.Canceled)
}

// verdict is what the form says at the end of a run that leaves it open.
func (r *manyRun) verdict(o manyOutcome) (sentence, next string) {
	begun := o.begun()
	switch {
	case len(o.summary.Mistakes) > 0:
		return widget.Plural(len(o.summary.Mistakes)+o.summary.More, "mistake") + " in the list: nothing was made", "mend the file, then enter"
	case r.stopped(o) && !begun:
		return "stopped before anything was made", "enter begins anew"
	case o.err != nil && !begun:
		return failure.Words(o.err)
	case r.job.dry:
		return "", ""
	case o.counts.Total == 0:
		return "there is no device in the list", "choose another"
	case o.counts.Failed+o.counts.Untried == 0:
		return wordsOf(o.counts), ""
	}
	return wordsOf(o.counts), "enter goes on with what is left"
}

// report is for the journal, and for the status line when the form is gone.
func (r *manyRun) report(o manyOutcome) page.Report {
	if !o.begun() && len(o.summary.Mistakes) == 0 && o.err != nil && !r.stopped(o) {
		return failure.Of("no devices created", o.err)
	}
	report := page.Report{Severity: page.Success, Text: "new devices: " + wordsOf(o.counts)}
	if r.job.dry {
		report.Text = "dry run: " + wordsOf(o.counts)
	}
	if !o.whole() {
		report.Severity = page.Warning
	}
	var details []string
	if len(o.summary.Mistakes) > 0 {
		report.Text = "no devices created: " + widget.Plural(len(o.summary.Mistakes)+o.summary.More, "mistake") + " in the list"
		details = append(details, o.summary.Mistakes[0].Error())
	}
	if o.results != "" {
		details = append(details, "results in "+o.results)
	}
	if o.err != nil && !r.stopped(o) {
		of := failure.Of("", o.err)
		details, report.TrackingID = append(details, of.Detail), of.TrackingID
	}
	details = append(append(details, o.failed.sentences(mostTold)...), o.warned.sentences(mostTold)...)
	report.Detail = safe.Inline(strings.Join(details, "; "))
	return report
}

// mostTold is how many single failures the journal names.
const mostTold = 20
