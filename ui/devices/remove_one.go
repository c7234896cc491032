package devices

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

type (
	// removeOneMsg begins to delete the device of a question.
	removeOneMsg struct{ box *removeOne }
	deletedMsg   struct {
		box *removeOne
		err error
		now hub.Device // as it is, when it was changed meanwhile
	}
)

// removeOne asks about one device. The question stays while the device is deleted, and says what went wrong.
type removeOne struct {
	*widget.Confirm
	styles *theme.Styles
	now    func() time.Time
	device hub.Device // with the ETag of what was seen

	busy, left     bool // it is being deleted; the user has closed the question
	final          bool // no use in another try
	failed         time.Time
	sentence, next string
}

func (p *Page) askDeleteOne(d hub.Device) tea.Cmd {
	name := safe.Line(d.DeviceID, 128)
	detail := []string{"Its keys, twin and queued messages are lost. There is no way back."}
	if p.simulated.runs(d.DeviceID) {
		detail = append(detail, "Its simulated device is stopped first.")
	}
	box := &removeOne{styles: p.ctx.Styles, now: p.ctx.Time, device: d}
	begin := p.Act(func() tea.Msg { return removeOneMsg{box} })
	box.Confirm = widget.NewConfirm(p.ctx.Styles, "Delete device", "Delete the device identity "+name+"?", "delete", begin, detail...)
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}

// Update takes the answer. Leaving the question does not take back what was asked of the hub.
func (q *removeOne) Update(msg tea.Msg) (tea.Cmd, bool) {
	if !q.failed.IsZero() && q.now().Sub(q.failed) < q.Grace() {
		return nil, false // it was typed before the failure was seen
	}
	begin, done := q.Confirm.Update(msg)
	switch {
	case begin != nil && (q.busy || q.final):
		return nil, false
	case begin != nil:
		q.busy, q.failed, q.sentence, q.next = true, time.Time{}, "", ""
		return begin, false
	}
	q.left = q.left || done
	return nil, done
}

// ShortHelp lists the answers that there are.
func (q *removeOne) ShortHelp() []key.Binding {
	all := q.Confirm.ShortHelp()
	yes, no := all[0], all[1]
	yes.SetEnabled(!q.busy && !q.final)
	if q.sentence != "" {
		yes.SetHelp("y", "try again")
	}
	if q.busy || q.final {
		no.SetHelp("esc", "close")
	}
	return []key.Binding{yes, no}
}

// View draws the question, or how it goes in as many lines, or what went wrong above it.
func (q *removeOne) View(maxWidth, maxHeight int) string {
	s, width := q.styles, min(maxWidth, removalWidth)
	lines := strings.Split(q.Confirm.View(maxWidth, maxHeight), "\n")
	if q.busy {
		for i := range lines[1:] {
			lines[i+1] = ""
		}
		lines[len(lines)-1] = s.Waiting.Render("… deleting it")
	}
	if q.sentence == "" {
		return strings.Join(lines, "\n")
	}
	var trouble []string
	for _, l := range widget.Wrap("✗ "+q.sentence, width) {
		trouble = append(trouble, s.Danger.Render(l))
	}
	for _, l := range widget.Wrap(q.next, width) {
		trouble = append(trouble, s.Muted.Render(l))
	}
	lines = append(append(trouble, ""), lines...)
	return strings.Join(lines[:min(len(lines), max(0, maxHeight))], "\n")
}

func (q *removeOne) fail(sentence, next string, final bool) {
	q.busy, q.failed, q.final, q.sentence, q.next = false, q.now(), final, sentence, next
}

// removeOne deletes the device, unless it was changed since it was seen.
func (p *Page) removeOne(m removeOneMsg) tea.Cmd {
	registry, fleet, d := p.o.Registry, p.o.Fleet, m.box.device
	runs := p.simulated.runs(d.DeviceID)
	return p.act(func(ctx context.Context) tea.Msg {
		done := deletedMsg{box: m.box}
		if runs {
			if err := fleet.Stop(ctx, d.DeviceID); err != nil {
				done.err = fmt.Errorf("stop its simulated device: %w", err)
				return done
			}
		}
		done.err = registry.DeleteDevice(ctx, d.DeviceID, d.ETag)
		if errors.Is(done.err, hub.ErrPrecondition) {
			done.lookAgain(ctx, registry)
		}
		return done
	})
}

// lookAgain reads what the device is now, so that the next try is about that.
func (m *deletedMsg) lookAgain(ctx context.Context, registry Registry) {
	now, err := registry.Device(ctx, m.box.device.DeviceID)
	if errors.Is(err, hub.ErrNotFound) {
		m.err = err
	}
	if err == nil {
		m.now = now
	}
}

func (p *Page) onDeleted(m deletedMsg) tea.Cmd {
	id := m.box.device.DeviceID
	gone := errors.Is(m.err, hub.ErrNotFound)
	if m.err != nil && !gone {
		return p.onNotDeleted(m)
	}
	p.rows.remove(id)
	p.queries.removed(id)
	text := id + " deleted"
	if gone {
		text = id + " had been deleted already"
	}
	m.box.left = true
	closed := p.ctx.Send(page.CloseDialog{Dialog: m.box})
	return tea.Batch(closed, p.leave(id), p.changed(), p.tellChanged(id), page.Tell(page.Report{Severity: page.Success, Text: text}))
}

// onNotDeleted says why in the question, as long as that is open.
func (p *Page) onNotDeleted(m deletedMsg) tea.Cmd {
	failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
	p.updateKeys()
	r := failure.Of(m.box.device.DeviceID+" not deleted", m.err)
	sentence, next := failure.Words(m.err)
	sentence = "not deleted: " + strings.TrimPrefix(sentence, "could not delete device "+strconv.Quote(safe.Inline(m.box.device.DeviceID))+": ")
	if m.now.DeviceID != "" {
		m.box.device = m.now
		next = "y deletes it as it is now"
		r.Next = "look at it, then d deletes it as it is now"
	}
	m.box.fail(sentence, next, !p.ctx.May(page.ChangeRegistry))
	r.Quiet = !m.box.left
	return tea.Batch(page.Tell(r), p.poll())
}
