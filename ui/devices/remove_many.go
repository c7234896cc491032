package devices

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

type (
	// removeMsg begins to delete devices.
	removeMsg struct{ devices []hub.Device }
	// removedMsg is what became of some of them.
	removedMsg struct {
		job    *removal
		part   []hub.Device
		result hub.BulkResult
		err    error
		stuck  map[string]error // whose simulated devices did not stop, and why
	}
)

// mostNoted is how many single failures of a job the journal has.
const mostNoted = 100

// removeMany deletes devices in calls of a hundred, one after the other.
func (p *Page) removeMany(m removeMsg) tea.Cmd {
	job := &removal{styles: p.ctx.Styles, keys: p.ctx.Keys, now: p.ctx.Time, total: len(m.devices), todo: m.devices}
	job.hurry = p.Act(func() tea.Msg { return removeAgainMsg{job} })
	p.removal = job
	return tea.Batch(p.ctx.Send(page.OpenDialog{Dialog: job}), p.removeNext(job))
}

func (p *Page) removeNext(job *removal) tea.Cmd {
	part := job.todo[:min(hub.MaxBulk, len(job.todo))]
	registry, fleet := p.o.Registry, p.o.Fleet
	var running []string
	for _, d := range part {
		if p.simulated.runs(d.DeviceID) {
			running = append(running, d.DeviceID)
		}
	}
	base, cut := context.WithCancel(p.Base())
	job.cut = cut
	return p.actIn(base, func(ctx context.Context) tea.Msg {
		defer cut()
		ctx = hub.TryOnce(ctx) // the box tells of the waits
		m := removedMsg{job: job, part: part, stuck: stopEach(ctx, fleet, running)}
		var changes []hub.Change
		for _, d := range part {
			if m.stuck[d.DeviceID] == nil {
				changes = append(changes, deletion(d))
			}
		}
		if len(changes) > 0 {
			m.result, m.err = registry.Bulk(ctx, changes)
		}
		return m
	})
}

// deletion deletes what was seen, when it is known what that was.
func deletion(d hub.Device) hub.Change {
	if d.ETag == "" {
		return hub.Change{Mode: hub.BulkDelete, Device: d}
	}
	return hub.Change{Mode: hub.BulkDeleteIfMatchETag, Device: d}
}

// stopEach stops simulated devices at the same time, and gives those that did not stop.
func stopEach(ctx context.Context, fleet Fleet, ids []string) map[string]error {
	var mu sync.Mutex
	var all sync.WaitGroup
	stuck := map[string]error{}
	for _, id := range ids {
		all.Go(func() {
			if err := fleet.Stop(ctx, id); err != nil {
				mu.Lock()
				defer mu.Unlock()
				stuck[id] = fmt.Errorf("stop its simulated device: %w", err)
			}
		})
	}
	all.Wait()
	return stuck
}

func (p *Page) onRemoved(m removedMsg) tea.Cmd {
	job := m.job
	if m.err != nil {
		return p.onRefused(job, m.err)
	}
	job.pauses = pauses{}
	job.todo = job.todo[len(m.part):]
	refused := map[string]hub.BulkError{}
	for _, e := range m.result.Errors {
		refused[e.DeviceID] = e
	}
	var gone []string
	var notes []tea.Cmd
	for _, d := range m.part {
		e, no := refused[d.DeviceID]
		switch stuck := m.stuck[d.DeviceID]; {
		case stuck != nil:
			notes = append(notes, p.note(job, d.DeviceID, stuck.Error()))
		case no && isMissing(e):
			job.missing++
			gone = append(gone, d.DeviceID)
		case no:
			notes = append(notes, p.note(job, d.DeviceID, refusalWords(e)))
		default:
			job.deleted++
			gone = append(gone, d.DeviceID)
		}
	}
	p.rows.removeAll(gone)
	p.queries.removed(gone...)
	return tea.Batch(append(notes, p.leave(gone...), p.changed(), p.goOn(job))...)
}

func (p *Page) goOn(job *removal) tea.Cmd {
	if len(job.todo) > 0 && !job.stopping {
		return p.removeNext(job)
	}
	return p.endRemoval(job, nil)
}

// onRefused waits when that is what the hub asks for. A throttled call has deleted nothing.
func (p *Page) onRefused(job *removal, err error) tea.Cmd {
	switch {
	case job.stopping && errors.Is(err, hub.ErrThrottled):
		return p.endRemoval(job, nil)
	case job.stopping || !isPatience(err):
		return p.endRemoval(job, err)
	}
	if again, ok := p.pause(job, err); ok {
		return again
	}
	return p.endRemoval(job, err)
}

func isMissing(e hub.BulkError) bool {
	return strings.Contains(e.Name, "NotFound") || e.Name == "404001"
}

func refusalWords(e hub.BulkError) string {
	if e.Name == "PreconditionFailed" || e.Name == "412001" {
		return "it was changed meanwhile, and is left as it is now"
	}
	return e.Message + " (" + e.Name + ")"
}

// note counts a device that was not deleted, for the box and for the journal.
func (p *Page) note(job *removal, id, why string) tea.Cmd {
	job.failed++
	text := id + ": " + why
	if len(job.problems) < mostProblems {
		job.problems = append(job.problems, safe.Inline(text))
	}
	if job.failed > mostNoted {
		return nil
	}
	return page.Tell(page.Report{Severity: page.Failure, Text: id + " not deleted: " + why, Quiet: true})
}

// endRemoval says what became of all. The box closes itself when there is nothing to read.
func (p *Page) endRemoval(job *removal, err error) tea.Cmd {
	job.ended, job.err, job.pauses = true, err, pauses{}
	p.removal = nil
	p.updateKeys()
	r := page.Report{Severity: page.Success, Text: job.words()}
	var closed tea.Cmd
	switch {
	case err != nil:
		failure.Learn(p.ctx, page.ChangeRegistry, err, "create, change or delete identities")
		r = failure.Of(job.words(), err)
		r.Next = "d goes on with those that are left"
		if errors.Is(err, context.Canceled) { // that was asked for
			r.Severity = page.Warning
		}
	case job.failed > 0:
		r.Severity, r.Next = page.Warning, "J has those that are left"
	case len(job.todo) > 0:
		r.Severity, r.Next = page.Info, "d goes on with those that are left"
	default:
		closed = p.ctx.Send(page.CloseDialog{Dialog: job})
	}
	r.Quiet = err != nil || job.failed > 0 || len(job.todo) > 0 // the box says it
	if len(job.todo) > 0 {
		r.Detail = strings.TrimSpace("left: " + widget.Names(job.left(), roomToKeep) + "\n" + r.Detail)
	}
	return tea.Batch(closed, page.Tell(r), p.tellChanged(""))
}

// removeAll takes devices out of the list.
func (r *rows) removeAll(ids []string) {
	for _, id := range ids {
		delete(r.marks, id) // also of one that is not in the list
	}
	slots := r.slotsOf(ids)
	if len(slots) == 0 {
		return
	}
	r.drop(slots)
	r.arrange()
}

// words are the counts of a job in a sentence.
func (j *removal) words() string {
	text := widget.Plural(j.deleted, "device") + " deleted"
	if j.missing > 0 {
		text += ", " + widget.Count(j.missing) + " had been deleted already"
	}
	if j.failed > 0 {
		text += ", " + widget.Count(j.failed) + " not deleted"
	}
	if left := len(j.todo); j.ended && left > 0 {
		text += ", " + widget.Count(left) + " left"
	}
	return text
}
