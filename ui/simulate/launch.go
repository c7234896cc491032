package simulate

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/pattern"
	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Registry finds and creates the identities of many devices: *hub.Client is one.
type Registry interface {
	provision.Registry
	provision.Querier
}

// launchLimit bounds the finding and creating; a ramp may take as long as it is asked to.
const launchLimit = 15 * time.Minute

type (
	progressMsg struct {
		provision.Progress
		more tea.Cmd
	}
	foundMsg struct {
		order  order
		result provision.Result
		err    error
	}
	launchedMsg struct {
		refused []sim.Refusal
		err     error
	}
)

// launch finds and creates the identities, tells how far it is, and then starts them.
func (p *Page) launch(o order) tea.Cmd {
	if len(o.marked) == 0 {
		p.many = o.devices
	}
	registry, base := p.o.Registry, p.Base()
	told := make(chan provision.Progress, 1)
	found := make(chan foundMsg, 1)
	ctx, cancel := context.WithTimeout(base, launchLimit)
	p.cancelLaunch = cancel
	run := func() tea.Msg {
		defer cancel()
		result, err := find(ctx, registry, o, told)
		found <- foundMsg{o, result, err}
		return nil
	}
	return tea.Batch(p.Act(run), p.await(told, found))
}

// leaveLaunch ends the finding and creating; what was created stays.
func (p *Page) leaveLaunch() {
	p.sheet = nil
	if p.cancelLaunch != nil {
		p.cancelLaunch()
	}
}

// await gives the next word of a launch: how far it is, or what it found.
func (p *Page) await(told <-chan provision.Progress, found <-chan foundMsg) tea.Cmd {
	return p.Act(func() tea.Msg {
		select {
		case progress := <-told:
			return progressMsg{progress, p.await(told, found)}
		case m := <-found:
			return m
		}
	})
}

// find is the work of a launch before the first start.
func find(ctx context.Context, registry Registry, o order, told chan provision.Progress) (provision.Result, error) {
	ids, err := idsOf(ctx, registry, o)
	if err != nil {
		return provision.Result{}, err
	}
	latest := func(progress provision.Progress) {
		select { // the newest word replaces one that nobody has read
		case <-told:
		default:
		}
		told <- progress
	}
	return provision.Run(ctx, registry, ids, provision.Options{Create: o.create, Progress: latest})
}

func idsOf(ctx context.Context, q provision.Querier, o order) ([]string, error) {
	switch {
	case len(o.marked) > 0:
		return o.marked, nil
	case isQuery(o.devices):
		return provision.IDs(ctx, q, o.devices)
	}
	all, err := pattern.Parse(o.devices)
	if err != nil {
		return nil, err
	}
	return all.IDs(), nil
}

func (p *Page) onProgress(m progressMsg) tea.Cmd {
	if p.sheet != nil {
		p.sheet.Say(progressWords(m.Progress, p.ctx.Time()))
	}
	return m.more
}

func progressWords(m provision.Progress, now time.Time) string {
	if !m.Until.IsZero() {
		return "the hub is throttled, next try in " + widget.Span(max(0, m.Until.Sub(now)))
	}
	return widget.Count(m.Done()) + " of " + widget.Count(m.Total) + " devices: " + m.Counts.String()
}

// onFound closes the form and starts what was found; or says in the form why nothing was.
func (p *Page) onFound(m foundMsg) tea.Cmd {
	list := m.result.ConnectionStrings(p.o.Service)
	if len(list) == 0 {
		return p.foundNone(m)
	}
	o, fleet, base := m.order, p.fleet, p.Base()
	now, connected := p.ctx.Time(), map[string]bool{}
	for _, item := range m.result.Items {
		connected[item.DeviceID] = item.Outcome == provision.Found && p.isOthers(item.Device, now)
	}
	fleet.SetRate(o.rate)
	start := p.Act(func() tea.Msg {
		refused, err := fleet.StartMany(base, list, sim.StartOptions{
			Ramp: o.ramp, Force: o.force, Settings: &o.settings,
			Connected: func(id string) bool { return connected[id] },
		})
		return launchedMsg{refused, err}
	})
	report := page.Report{Severity: page.Success, Text: widget.Plural(len(list), "device") + " to start: " + m.result.Counts.String(), Next: "S stops all"}
	if m.err != nil || m.result.Failed > 0 || m.result.Missing > 0 {
		report.Severity = page.Warning
		report.Detail = detailOf(m)
	}
	return tea.Batch(p.closeSheet(), page.Tell(report), start, changed)
}

func (p *Page) foundNone(m foundMsg) tea.Cmd {
	sentence, next := "no device was found", "choose \"create them\", or another pattern"
	if m.err != nil {
		sentence, next = explain(m.err)
	} else if first := firstError(m.result); first != nil {
		sentence, next = explain(first)
	}
	if p.sheet != nil {
		p.sheet.Fail(sentence, next)
	}
	failed := page.Failed("no devices started", sentence, next)
	failed.Detail, failed.Quiet = detailOf(m), p.sheet != nil
	return page.Tell(failed)
}

func firstError(r provision.Result) error {
	for _, item := range r.Items {
		if item.Err != nil {
			return item.Err
		}
	}
	return nil
}

// mostDetail is how many single failures the journal names.
const mostDetail = 20

func detailOf(m foundMsg) string {
	out := m.result.Counts.String()
	if m.err != nil {
		out += "; " + m.err.Error()
	}
	named := 0
	for _, item := range m.result.Items {
		if item.Err == nil || named == mostDetail {
			continue
		}
		named++
		out += fmt.Sprintf("; %s: %v", item.DeviceID, item.Err)
	}
	return safe.Inline(out)
}

func (p *Page) onLaunched(m launchedMsg) tea.Cmd {
	p.snapshot()
	switch {
	case m.err != nil:
		return tea.Batch(changed, failure.Tell("not all devices were started", m.err))
	case len(m.refused) > 0:
		first := m.refused[0]
		sentence, _ := explain(first)
		return tea.Batch(changed, page.Tell(page.Report{
			Severity: page.Warning, Text: widget.Plural(len(m.refused), "device") + " not started: " + sentence, Next: "J has the journal",
		}))
	}
	return changed
}

// isOthers tells whether somebody else seems to use a device. What this program has stopped was active by it.
func (p *Page) isOthers(d hub.Device, now time.Time) bool {
	st, known := p.fleet.One(d.DeviceID)
	if d.Connected() {
		return !known || !st.State.Running()
	}
	return !known && d.InUse(now)
}

func changed() tea.Msg { return page.DevicesChanged{} }

// closeSheet closes the form that is open, if one is.
func (p *Page) closeSheet() tea.Cmd {
	sheet := p.sheet
	p.sheet = nil
	if sheet == nil {
		return nil
	}
	return p.ctx.Send(page.CloseDialog{Dialog: sheet})
}
