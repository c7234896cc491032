package modules

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	"hubscope/ui/uitest/trouble"
)

// many are n modules with ETags of their own.
func many(n int) []hub.Module {
	out := make([]hub.Module, n)
	for i := range out {
		out[i] = camera()
		out[i].ModuleID, out[i].ETag = fmt.Sprintf("part-%02d", i+1), strconv.Itoa(i)
	}
	return out
}

// refusing refuses the deletion of one module.
type refusing struct {
	*store
	id   string
	why  error
	seen map[string]string // ETags by module id
}

func (s *refusing) DeleteModule(_ context.Context, _, moduleID, etag string) error {
	s.seen[moduleID] = etag
	if moduleID == s.id {
		return s.why
	}
	return nil
}

func deleteFailure(name, id string) error {
	return trouble.Of(name, func(ctx context.Context, c *hub.Client) error { return c.DeleteModule(ctx, "gate-1", id, "MQ==") })
}

// removeAll deletes modules, of which the second meets a failure, and gives the box and
// what the journal has.
func removeAll(t *testing.T, mode theme.Mode, n int, failure string) (*List, *removal, []page.Report, *refusing) {
	t.Helper()
	list := many(n)
	p := opened(t, mode, &store{modules: list})
	s := &refusing{store: &store{modules: list}, id: "part-02", seen: map[string]string{}}
	if failure != "" {
		s.why = deleteFailure(failure, "part-02")
	}
	p.o.Store = s
	for range n {
		p.Press(uitest.Key("space"))
	}
	job := &removal{styles: p.ctx.Styles, keys: p.ctx.Keys, device: "gate-1", total: n, todo: p.marked()}
	var told []page.Report
	for next := p.removeNext(job); !job.ended; {
		cmd := answer(t, p.Update, next)
		told = append(told, reports(cmd)...)
		if !job.ended {
			next = p.removeNext(job)
		}
	}
	return p, job, told, s
}

// reports are all that a command tells; other commands are not run.
func reports(cmd tea.Cmd) []page.Report {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case page.Report:
		return []page.Report{m}
	case tea.BatchMsg:
		var out []page.Report
		for _, c := range m {
			out = append(out, reports(c)...)
		}
		return out
	}
	return nil
}

// TestDeleteMany: with the ETags that were seen; the marks go with the modules.
func TestDeleteMany(t *testing.T) {
	p, job, told, s := removeAll(t, theme.Mono, 3, "")
	if job.deleted != 3 || len(p.rows.marks) != 0 || len(told) == 0 || told[len(told)-1].Text != "3 modules deleted of gate-1" || told[len(told)-1].Quiet {
		t.Errorf("deleted %d, marked %v, told %+v", job.deleted, p.rows.marks, told)
	}
	if s.seen["part-03"] != "2" {
		t.Errorf("asked with the ETags %v", s.seen)
	}
}

// TestDeleteManyFails: a failure of one module is named and the others go on; one that the
// next would meet too ends it, and those that are left stay marked.
func TestDeleteManyFails(t *testing.T) {
	for _, name := range trouble.Names {
		t.Run(name, func(t *testing.T) {
			p, job, told, _ := removeAll(t, theme.Mono, 4, name)
			got := strings.Join(strings.Fields(ansi.Strip(job.View(76, 20))), " ")
			switch name {
			case "404":
				if job.deleted != 3 || job.missing != 1 || len(p.rows.marks) != 0 {
					t.Error(got)
				}
			case "412":
				if job.deleted != 3 || !strings.Contains(got, "✗ part-02: it was changed meanwhile") || !p.rows.marks["part-02"] || len(p.rows.marks) != 1 {
					t.Errorf("marked %v: %s", p.rows.marks, got)
				}
			default:
				if job.deleted != 1 || len(p.rows.marks) != 3 || !strings.Contains(got, "✗ part-02: ") || !strings.Contains(got, "Left: part-02, part-03, part-04") {
					t.Errorf("marked %v: %s", p.rows.marks, got)
				}
			}
			refused := strings.Contains("412 429 401 403", name)
			if refused && (len(told) == 0 || told[0].TrackingID == "") {
				t.Errorf("the journal has %+v", told)
			}
		})
	}
}

// TestStopDeleting: nothing further is asked for once esc was pressed.
func TestStopDeleting(t *testing.T) {
	p := opened(t, theme.Mono, &store{modules: many(3)})
	job := &removal{styles: p.ctx.Styles, keys: p.ctx.Keys, device: "gate-1", total: 3, todo: many(3)}
	job.Update(uitest.Key("esc"))
	if !strings.Contains(ansi.Strip(job.View(76, 20)), "stopping after this call") {
		t.Error(job.View(76, 20))
	}
	answer(t, p.Update, p.removeNext(job))
	if _, closed := job.Update(uitest.Key("esc")); !job.ended || len(job.todo) != 2 || !closed {
		t.Errorf("ended %v, %d left", job.ended, len(job.todo))
	}
}

// TestStopDeletingAtOnce: esc a second time does not wait for a hub that hangs.
func TestStopDeletingAtOnce(t *testing.T) {
	p := opened(t, theme.Mono, &store{modules: many(3), hangs: true})
	job := &removal{styles: p.ctx.Styles, keys: p.ctx.Keys, device: "gate-1", total: 3, todo: many(3)}
	next := p.removeNext(job)
	job.Update(uitest.Key("esc"))
	job.Update(uitest.Key("esc"))
	answer(t, p.Update, next)
	view := ansi.Strip(job.View(76, 20))
	if !job.ended || len(job.todo) != 3 || !strings.Contains(view, "cancelled") || !strings.Contains(view, "may be that the one below was deleted") {
		t.Errorf("ended %v, %d left:\n%s", job.ended, len(job.todo), view)
	}
}

// TestMarks: space marks and goes on, esc takes the marks away, a module that is gone has
// none, and those of IoT Edge get none.
func TestMarks(t *testing.T) {
	s := &store{modules: append(many(2), agent())}
	p := opened(t, theme.Mono, s)
	if r, ok := reported(p.mark()); !ok || !strings.Contains(r.Text, "$edgeAgent not marked") {
		t.Errorf("told %+v", r)
	}
	p.Press(uitest.Key("space"))
	p.Press(uitest.Key("space"))
	if got := p.marked(); len(got) != 2 || got[0].ModuleID != "part-01" {
		t.Fatalf("marked %v", got)
	}
	s.modules = many(1)
	answer(t, p.Update, p.read())
	if len(p.rows.marks) != 1 {
		t.Errorf("marked %v", p.rows.marks)
	}
	if _, taken := p.Press(uitest.Key("esc")); !taken || len(p.rows.marks) != 0 {
		t.Errorf("marked %v", p.rows.marks)
	}
	if _, taken := p.Press(uitest.Key("esc")); taken {
		t.Error("esc is taken with nothing marked")
	}
}

// TestRemovalFrames: the box after each failure.
func TestRemovalFrames(t *testing.T) {
	for _, failure := range trouble.Names {
		if failure == "404" {
			continue // no failure: the box is gone
		}
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			t.Run(failure+"-"+[]string{"dark", "light", "mono"}[mode], func(t *testing.T) {
				_, job, _, _ := removeAll(t, mode, 12, failure)
				view := job.View(76, 20)
				uitest.Golden(t, view, uitest.Size{Width: ansi.StringWidth(strings.Split(view, "\n")[0]), Height: strings.Count(view, "\n") + 1})
			})
		}
	}
}
