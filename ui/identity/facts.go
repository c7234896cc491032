package identity

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

func (p *Page) text(label, value string) widget.Fact {
	return widget.Fact{Label: label, Value: cmp.Or(safe.Inline(value), "-"), Style: p.ctx.Styles.Text}
}

// facts are the fields of the registry, what one looks for first at the top.
func (p *Page) facts() []widget.Fact {
	d := p.device
	facts := append(p.status(), p.connection()...)
	if f, ok := p.simulator(); ok {
		facts = append(facts, f)
	}
	facts = append(facts, p.text("Authentication", credential.Words(d.Auth.Type)))
	facts = append(facts, p.credentials()...)
	facts = append(facts, p.text("Last activity", p.when(d.LastActivity)), p.text("C2D queued", strconv.Itoa(d.C2DCount)))
	facts = append(facts, p.registered()...)
	return append(facts, p.twinFacts()...)
}

// registered is what the registry keeps for itself and its programs.
func (p *Page) registered() []widget.Fact {
	d := p.device
	facts := []widget.Fact{p.text("ETag", d.ETag), p.text("Generation", d.GenerationID), p.text("Capabilities", capabilities(d))}
	scope, parents := p.text("Scope", d.Scope), p.text("Parent scopes", strings.Join(d.ParentScopes, " "))
	scope.Wrapped, parents.Wrapped = true, true
	return append(facts, scope, parents)
}

func capabilities(d hub.Device) string {
	if d.IoTEdge {
		return "IoT Edge"
	}
	return "none"
}

// status says whether the device may connect, since when, and why not.
func (p *Page) status() []widget.Fact {
	s, d := p.ctx.Styles, p.device
	f := widget.Fact{Label: "Status", Value: cmp.Or(string(d.Status), string(hub.Enabled)), Style: s.Text, Prose: true}
	if d.Status == hub.Disabled {
		f.Style = s.Disabled
	}
	if !d.StatusUpdated.IsZero() {
		f.Value += " since " + p.when(d.StatusUpdated)
	}
	if d.StatusReason == "" {
		return []widget.Fact{f}
	}
	reason := p.text("Reason", d.StatusReason)
	reason.Prose = true
	return []widget.Fact{f, reason}
}

// connection says how the service sees the device, when it was asked, and that it is
// late: it may take minutes to notice that a device is gone.
func (p *Page) connection() []widget.Fact {
	s, d := p.ctx.Styles, p.device
	f := widget.Fact{Label: "Connection", Value: "○ offline", Style: s.Offline, Prose: true}
	if d.Connected() {
		f.Value, f.Style = "● connected", s.Online
	}
	now, since := p.ctx.Time(), d.ConnectionStateUpdated
	note := ""
	if !since.IsZero() {
		f.Value += " since " + p.clock(since)
		note = "for " + widget.Span(max(0, now.Sub(since))) + ", "
	}
	if p.at.IsZero() {
		return []widget.Fact{f}
	}
	facts := []widget.Fact{f, {Value: note + p.asTold(now), Style: s.Muted}}
	if !p.ctx.Local {
		facts = append(facts, widget.Fact{Value: "the hub may lag by minutes", Style: s.Muted})
	}
	return facts
}

// asTold says how old what is shown is. It must be short: a line that now and then
// becomes two would move all that stands below it.
func (p *Page) asTold(now time.Time) string {
	if now.Sub(p.at) < time.Second {
		return "told now"
	}
	return "told " + widget.Ago(now, p.at)
}

// simulator says how the simulated device of this identity stands.
func (p *Page) simulator() (widget.Fact, bool) {
	if p.o.Simulated == nil {
		return widget.Fact{}, false
	}
	st, ok := p.o.Simulated(p.device.DeviceID)
	if !ok {
		return widget.Fact{}, false
	}
	s := p.ctx.Styles
	f := widget.Fact{Label: "Simulated", Style: s.Text, Prose: true}
	switch st.State {
	case sim.Sending:
		f.Value, f.Style = fmt.Sprintf("● sending every %s, %s acked", widget.Interval(st.Interval), widget.Count(st.Confirmed)), s.Online
	case sim.Starting:
		f.Value, f.Style = "… starting", s.Waiting
	case sim.Retrying:
		f.Value, f.Style = "↻ next try in "+widget.Span(st.RetryIn), s.Waiting
	case sim.Stopping:
		f.Value, f.Style = "… stopping", s.Waiting
	case sim.Failed:
		sentence, _ := hub.Explain(st.Err)
		if p.device.Status == hub.Disabled {
			sentence = "refused: the device identity is disabled"
		}
		f.Value, f.Style = "✗ "+safe.Inline(sentence), s.Danger
	default:
		f.Value, f.Style = fmt.Sprintf("○ stopped, %s acked", widget.Count(st.Confirmed)), s.Muted
	}
	return f, true
}

// twinFacts is what the twin tells of the identity.
func (p *Page) twinFacts() []widget.Fact {
	s, d := p.ctx.Styles, p.row
	switch {
	case p.twinOK:
		t := p.twin
		version := fmt.Sprintf("version %d, desired %d, reported %d", t.Version, t.DesiredVersion, t.ReportedVersion)
		return []widget.Fact{p.text("Model id", t.ModelID), {Label: "Twin", Value: version, Style: s.Text, Prose: true}, p.text("Twin ETag", t.ETag)}
	case p.ctx.Denied(page.ReadTwins) != "":
		return []widget.Fact{{Label: "Twin", Value: p.ctx.Denied(page.ReadTwins), Style: s.Muted, Prose: true}}
	}
	version := "-"
	if d.TwinVersion > 0 {
		version = fmt.Sprintf("version %d", d.TwinVersion)
	}
	facts := []widget.Fact{p.text("Model id", d.ModelID), p.text("Twin", version)}
	if p.twinNo != nil {
		sentence, _ := hub.Explain(p.twinNo)
		facts = append(facts, widget.Fact{Value: "✗ " + safe.Inline(sentence), Style: s.Danger, Prose: true})
	}
	return facts
}
