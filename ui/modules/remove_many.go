package modules

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// removeMsg begins to delete modules.
	removeMsg struct{ modules []hub.Module }
	// removedMsg is what became of the first of those that a job has to do.
	removedMsg struct {
		job *removal
		err error
	}
)

// removeMany deletes modules one after the other: a hub has no bulk call for them. A device
// has at most fifty (protocol 1.5.1).
func (p *List) removeMany(m removeMsg) tea.Cmd {
	job := &removal{styles: p.ctx.Styles, keys: p.ctx.Keys, device: m.modules[0].DeviceID, total: len(m.modules), todo: m.modules}
	return tea.Batch(p.ctx.Send(page.OpenDialog{Dialog: job}), p.removeNext(job))
}

// removeNext deletes what was seen: not what somebody else has changed since.
func (p *List) removeNext(job *removal) tea.Cmd {
	store, m := p.o.Store, job.todo[0]
	base, cut := context.WithCancel(p.Base())
	job.cut = cut
	return p.actIn(base, func(ctx context.Context) tea.Msg {
		defer cut()
		return removedMsg{job, store.DeleteModule(ctx, m.DeviceID, m.ModuleID, m.ETag)}
	})
}

func (p *List) onRemoved(m removedMsg) tea.Cmd {
	job := m.job
	if m.err != nil && endsAll(m.err) {
		return p.endRemoval(job, m.err)
	}
	done := job.todo[0]
	job.todo = job.todo[1:]
	var note tea.Cmd
	switch {
	case m.err == nil:
		job.deleted++
	case errors.Is(m.err, hub.ErrNotFound):
		job.missing++
	default:
		job.problems = append(job.problems, safe.Inline(done.ModuleID)+": "+whyNotDeleted(done, m.err))
		note = failure.Note("module "+done.ModuleID+" of "+done.DeviceID+" not deleted", m.err)
	}
	if note == nil && done.DeviceID == p.device.DeviceID {
		delete(p.rows.marks, done.ModuleID)
	}
	if len(job.todo) > 0 && !job.stopping {
		return tea.Batch(note, p.removeNext(job))
	}
	return tea.Batch(note, p.endRemoval(job, nil))
}

// endsAll tells a failure that the next module would meet too from one of this module alone.
func endsAll(err error) bool {
	var refused *hub.Error
	if !errors.As(err, &refused) {
		return true
	}
	switch refused.Status {
	case 401, 403, 429:
		return refused.Code != systemModuleCode
	}
	return refused.Status >= 500
}

// systemModuleCode is SystemModuleModifyUnauthorizedAccess.
const systemModuleCode = 401100

func whyNotDeleted(m hub.Module, err error) string {
	if errors.Is(err, hub.ErrPrecondition) {
		return "it was changed meanwhile, and is left as it is now"
	}
	sentence, _ := failure.Words(err)
	return strings.TrimPrefix(sentence, opOf("delete", m))
}

// endRemoval says what became of all. The box closes itself when there is nothing to read.
func (p *List) endRemoval(job *removal, err error) tea.Cmd {
	job.ended, job.err = true, err
	r := page.Report{Severity: page.Success, Text: job.words() + " of " + job.device}
	var closed tea.Cmd
	switch {
	case err != nil:
		failure.Learn(p.ctx, page.ChangeRegistry, err, "create, change or delete identities")
		r = failure.Of(r.Text, err)
		r.Next = "d goes on with those that are left"
		if errors.Is(err, context.Canceled) { // that was asked for
			r.Severity = page.Warning
		}
	case len(job.problems) > 0:
		r.Severity, r.Next = page.Warning, "d tries again those that are left"
	case len(job.todo) > 0:
		r.Severity, r.Next = page.Info, "d goes on with those that are left"
	default:
		closed = p.ctx.Send(page.CloseDialog{Dialog: job})
	}
	r.Quiet = err != nil || len(job.problems) > 0 || len(job.todo) > 0 // the box says it
	if len(job.todo) > 0 {
		r.Detail = strings.TrimSpace("left: " + strings.Join(idsOf(job.todo), ", ") + "\n" + r.Detail)
	}
	return tea.Batch(closed, page.Tell(r), p.again(job.device))
}
