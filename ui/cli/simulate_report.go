package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"hubscope/device/pattern"
	"hubscope/device/sim"
	"hubscope/hub/provision"
	"hubscope/ui/safe"
)

// reporter says how a simulation goes: a status line a second on a terminal, lines of text or JSON otherwise.
type reporter struct {
	out, errOut io.Writer
	json        bool
	width       int // of the terminal; 0: none, and the status is a line like others
	status      bool
	began, told time.Time
	err         error // of the first write that failed
}

func newReporter(out, errOut io.Writer, output string) *reporter {
	p := &reporter{out: out, errOut: errOut, began: time.Now(), told: time.Now()}
	file, _ := out.(*os.File)
	onTerminal := file != nil && term.IsTerminal(file.Fd())
	p.json = output == "json" || output == "" && !onTerminal
	if onTerminal && !p.json {
		p.width = 80
		if w, _, err := term.GetSize(file.Fd()); err == nil && w > 0 {
			p.width = w
		}
	}
	return p
}

// line writes a line that stays, above the status.
func (p *reporter) line(text string) { p.write(p.clear() + text + "\n") }

// show writes the status: over the one before on a terminal.
func (p *reporter) show(text string) {
	if p.width == 0 {
		p.line(text)
		return
	}
	p.write(p.clear() + ansi.Truncate(text, p.width-1, "…"))
	p.status = true
}

func (p *reporter) clear() string {
	if !p.status {
		return ""
	}
	p.status = false
	return "\r" + ansi.EraseLineRight
}

func (p *reporter) write(text string) {
	if _, err := io.WriteString(p.out, text); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *reporter) document(kind string, members map[string]any) {
	members["type"], members["time"] = kind, time.Now().UTC().Format(time.RFC3339Nano)
	text, err := json.Marshal(members)
	if err != nil {
		p.err = err
		return
	}
	p.write(string(text) + "\n")
}

// note says something on the side.
func (p *reporter) note(text string) {
	if p.json {
		p.document("note", map[string]any{"text": text})
		return
	}
	p.line(safe.Inline(text))
}

// provisioning is a provision.Options.Progress. It speaks once a second, and of each wait.
func (p *reporter) provisioning(progress provision.Progress) {
	waiting := !progress.Until.IsZero()
	if !waiting && time.Since(p.told) < time.Second {
		return
	}
	p.told = time.Now()
	text := fmt.Sprintf("looking for %d devices: %v", progress.Total, progress.Counts)
	if waiting {
		text += fmt.Sprintf("; the hub asks to wait, next try in %s", time.Until(progress.Until).Round(time.Second))
	}
	if p.json {
		p.document("provisioning", map[string]any{"text": text, "total": progress.Total, "done": progress.Done()})
		return
	}
	p.show(text)
}

func (p *reporter) provisioned(r provision.Result) {
	if p.json {
		p.document("provisioned", map[string]any{
			"total": r.Total, "found": r.Found, "created": r.Created, "would_create": r.WouldCreate, "missing": r.Missing, "failed": r.Failed, "not_tried": r.Untried,
		})
	} else {
		p.line(fmt.Sprintf("%d devices: %v", r.Total, r.Counts))
	}
	said := 0
	for _, item := range r.Items {
		if item.Err == nil || said >= worstShown {
			continue
		}
		said++
		p.note(fmt.Sprintf("%s: %v", item.DeviceID, item.Err))
	}
}

func (p *reporter) begin(devices int, part pattern.Shard) {
	p.began = time.Now()
	text := fmt.Sprintf("starting %d devices", devices)
	if !part.IsWhole() {
		text += ", shard " + part.String()
	}
	p.note(text)
}

func (p *reporter) refused(list []sim.Refusal) {
	for i, r := range list {
		if i == worstShown {
			p.note(fmt.Sprintf("and %d more were not started", len(list)-i))
			return
		}
		if p.json {
			p.document("refused", map[string]any{"device": r.DeviceID, "error": r.Err.Error()})
			continue
		}
		text := r.Error()
		if errors.Is(r.Err, sim.ErrConnected) {
			text += " (--force starts it all the same)"
		}
		p.note(text)
	}
}

// report says how it goes now. The error is that nobody reads.
func (p *reporter) report(s sim.Summary) error {
	if p.json {
		p.document("report", p.figures(s))
		return p.err
	}
	p.show(p.words(s))
	return p.err
}

func (p *reporter) stopping(interrupted bool) {
	if interrupted {
		p.note("stopping; a second interrupt does not wait for what is on its way")
	}
}

// words are the status line.
func (p *reporter) words(s sim.Summary) string {
	parts := []string{fmt.Sprintf("%d sending", s.States[sim.Sending])}
	for _, state := range []sim.State{sim.Starting, sim.Retrying, sim.Silent, sim.Stopping, sim.Stopped, sim.Failed} {
		if n := s.States[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if s.Planned > 0 {
		parts = append(parts, fmt.Sprintf("%d to start", s.Planned))
	}
	text := fmt.Sprintf("%s  %s  %.0f/s  sent %d  confirmed %d  failed %d  waiting %d", time.Since(p.began).Round(time.Second),
		strings.Join(parts, " "), s.Rate, s.Accepted, s.Confirmed, s.Failed, s.Waiting)
	if s.RTTp50 > 0 {
		text += fmt.Sprintf("  rtt %s/%s  late %s/%s", short(s.RTTp50), short(s.RTTp99), short(s.ScheduleP50), short(s.ScheduleP99))
	}
	if !s.PatienceUntil.IsZero() {
		text += fmt.Sprintf("  the hub takes no connections now, next try in %s", time.Until(s.PatienceUntil).Round(time.Second))
	}
	if s.SlowedTo > 0 {
		text += fmt.Sprintf("  the hub takes fewer messages: slowed to %.0f/s", s.SlowedTo)
	}
	if s.QuotaOver {
		text += fmt.Sprintf("  daily quota of %d reached", s.Quota)
	}
	return text
}

func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1e3)
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

func (p *reporter) figures(s sim.Summary) map[string]any {
	states := make(map[string]int)
	for state, n := range s.States {
		if n > 0 {
			states[sim.State(state).String()] = n
		}
	}
	m := map[string]any{
		"elapsed_s": round(time.Since(p.began).Seconds()), "devices": s.Devices, "planned": s.Planned, "states": states,
		"sent": s.Accepted, "confirmed": s.Confirmed, "failed": s.Failed, "refused": s.Refused, "waiting": s.Waiting, "resent": s.Resent,
		"skipped": s.Skipped, "duplicated": s.Duplicated, "unmade": s.Unmade, "received": s.Received, "methods": s.Methods,
		"rate": round(s.Rate), "rtt_p50_ms": millis(s.RTTp50), "rtt_p99_ms": millis(s.RTTp99), "late_p50_ms": millis(s.ScheduleP50), "late_p99_ms": millis(s.ScheduleP99),
	}
	if s.Quota > 0 {
		m["quota"], m["quota_used"] = s.Quota, s.QuotaUsed
	}
	if s.SlowedTo > 0 {
		m["slowed_to"] = round(s.SlowedTo)
	}
	if !s.PatienceUntil.IsZero() {
		m["patience_s"] = round(time.Until(s.PatienceUntil).Seconds())
	}
	return m
}

func millis(d time.Duration) float64 { return round(float64(d) / float64(time.Millisecond)) }

func round(x float64) float64 { return float64(int64(x*1000+0.5)) / 1000 }

// summary is the last word.
func (p *reporter) summary(s sim.Summary, worst []sim.Ailing, refused []sim.Refusal, failures []string) {
	if p.json {
		m := p.figures(s)
		list := make([]map[string]any, len(worst))
		for i, w := range worst {
			list[i] = map[string]any{"device": w.DeviceID, "state": w.State.String(), "reason": w.Reason}
		}
		m["worst"], m["not_started"], m["failures"] = list, len(refused), append([]string{}, failures...)
		p.document("summary", m)
		return
	}
	p.line(p.words(s))
	for _, w := range worst {
		p.line("  " + safe.Inline(w.DeviceID+": "+w.Reason))
	}
	if len(failures) == 0 {
		p.line(fmt.Sprintf("%d messages sent, every one confirmed", s.Confirmed))
	}
}
