package modules

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// lookLimit is for looking again after a change that failed: somebody waits to be told.
const lookLimit = 5 * time.Second

// changedMsg is what became of new keys: the module as it is now, when that is known.
type changedMsg struct {
	before, after hub.Module
	rotation      credential.Rotation
	now           hub.Module
	known         bool
	err           error
}

func nameOf(m hub.Module) string { return m.DeviceID + "/" + m.ModuleID }

// rotate gives a module other keys, if nobody else has changed it since it was read.
func (p *One) rotate(before hub.Module, r credential.Rotation) tea.Cmd {
	after := before // with the ETag of what was seen
	after.Auth.Primary, after.Auth.Secondary = r.Keys(before.Auth.Primary, before.Auth.Secondary)
	p.doing[nameOf(after)], p.failed = r.Doing+" of "+after.ModuleID, nil
	store, base := p.o.Store, p.Base()
	return p.Act(func() tea.Msg {
		m := changedMsg{before: before, after: after, rotation: r}
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		m.now, m.err = store.UpdateModule(ctx, after)
		m.known = m.err == nil
		if m.err != nil {
			m.lookAgain(base, store)
		}
		return m
	})
}

// lookAgain reads what the module is after a call that failed: somebody else may have
// changed it, or only the answer was lost.
func (m *changedMsg) lookAgain(base context.Context, store Store) {
	ctx, cancel := context.WithTimeout(base, lookLimit)
	defer cancel()
	now, err := store.Module(ctx, m.after.DeviceID, m.after.ModuleID)
	if err != nil {
		return
	}
	m.now, m.known = now, true
	var refused *hub.Error
	if !errors.As(m.err, &refused) && len(credential.Differences(now.Auth, m.after.Auth)) == 0 {
		m.err = nil
	}
}

// changedMeanwhile says that somebody else has, and that it is known what the module is now.
func (m changedMsg) changedMeanwhile() bool { return m.known && errors.Is(m.err, hub.ErrPrecondition) }

func (p *One) onChanged(m changedMsg) tea.Cmd {
	name := nameOf(m.after)
	delete(p.doing, name)
	if m.known && name == p.name() {
		p.Renew() // what was read before is old
		p.serial++
		p.busy, p.tried = false, p.ctx.Time()
		p.take(m.now)
	}
	if m.err != nil {
		return p.onNotChanged(m)
	}
	return page.Tell(page.Report{Severity: page.Success, Text: m.after.ModuleID + m.rotation.Done})
}

// onNotChanged says why above the module, or in the status line once another one is shown.
func (p *One) onNotChanged(m changedMsg) tea.Cmd {
	failure.Learn(p.ctx, page.ChangeRegistry, m.err, "create, change or delete identities")
	not := m.after.ModuleID + m.rotation.Not
	sentence, next := whyNot(m)
	r := failure.Of(not, m.err)
	if m.changedMeanwhile() {
		r.Text, r.Next = not+": "+sentence, "look at what it is now, then e changes it"
	}
	if nameOf(m.after) == p.name() {
		p.failed = &credential.NotChanged{Sentence: safe.Inline(not) + ": " + sentence, Next: next, Err: m.err}
		p.top, r.Quiet = 0, true
	}
	return page.Tell(r)
}

// whyNot gives the reason of a change that failed, and what to do.
func whyNot(m changedMsg) (sentence, next string) {
	sentence, next = failure.Words(m.err)
	sentence = strings.TrimPrefix(sentence, opOf("update", m.after))
	switch {
	case m.changedMeanwhile():
		return "somebody else has changed it meanwhile: " + safe.Inline(difference(m.before, m.now)), ""
	case errors.Is(m.err, hub.ErrNotFound):
		return sentence, "it was deleted meanwhile"
	}
	return sentence, next
}

// opOf is how the sentence of a failure begins: what it stands beside names the module itself.
func opOf(verb string, m hub.Module) string {
	return "could not " + verb + " module " + strconv.Quote(safe.Inline(m.ModuleID)) + " of " + strconv.Quote(safe.Inline(m.DeviceID)) + ": "
}

// difference says in words what was changed from one state of a module to the next.
func difference(before, now hub.Module) string {
	if before.GenerationID != now.GenerationID {
		return "it was deleted and created anew"
	}
	all := credential.Differences(before.Auth, now.Auth)
	if before.ManagedBy != now.ManagedBy {
		all = append(all, "it is managed by another")
	}
	if len(all) == 0 {
		return "its version alone is another one"
	}
	return strings.Join(all, ", ")
}
