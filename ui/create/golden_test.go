package create

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/provision/list"
	"hubscope/hub/selfsigned"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// running begins a run that the hub does not answer, and tells it that it has come so far.
func running(s *stage, now progress, stopping bool) {
	s.store.hold = make(chan struct{})
	s.Press("N").See("New devices, many")
	s.do(func() { s.stack[0].(*many).Set(resultsLine, "") })
	s.Press("enter").See("esc stop")
	s.do(func() {
		r := s.stack[0].(*many).run
		r.stopping = stopping
		r.speed.add(s.ctx.Time().Add(-2*time.Second), now.Done()-4680)
		r.onProgress(&now)
	})
}

func outcomeOf(counts provision.Counts) manyOutcome {
	o := manyOutcome{counts: counts, first: hub.Device{DeviceID: "pump-0001"}, last: "pump-8000", results: "/srv/hubscope/new-261122-140321.jsonl", took: 4210 * time.Millisecond}
	for i := range counts.Failed {
		o.failed.add(fmt.Sprintf("pump-%04d", i*7+13), hub.BulkError{Name: "ArgumentInvalid", Message: "The device could not be made: the hub does not like it."})
	}
	return o
}

func ended(s *stage, o manyOutcome, dry, stopping bool) {
	s.Press("N").See("New devices, many")
	s.do(func() {
		r := &manyRun{many: s.stack[0].(*many), job: job{dry: dry}, stopping: stopping, cancel: func() {}, halt: func() {}}
		r.onDone(o)
	})
}

var frames = []frame{
	{"one", func(s *stage) { s.Press("n") }, "device-2"},
	{"one-mistake", func(s *stage) { s.Press("n").See("device-2").Press("tab", "right", "tab").Type("c2VjcmV0") }, "✗ a key is base64"},
	{"one-missing", func(s *stage) {
		s.Press("n").See("device-2").Press("tab", "right", "right").See("Secondary").Press("enter")
	}, "✗ a thumbprint is 40"},
	{"one-certificate", func(s *stage) {
		s.Press("n").See("device-2").Press("tab", "right", "right", "right", "tab").See("Folder")
	}, "Two PEM files"},
	{"one-whole", func(s *stage) {
		s.Press("n").See("device-2").Press("tab", "tab", "right").See("Reason").Press("tab")
		s.fill("sent back by the customer").Press("right", "tab").Type("gate-1").Press("tab").Type(`{"site":"north","floor":2}`)
	}, `"floor":2}`},
	{"one-taken", func(s *stage) {
		s.Press("n").See("device-2")
		s.fill("wind-9").Press("enter")
	}, "exists already"},
	{"one-may-be-there", func(s *stage) {
		s.store.fail(errors.New("connection reset by peer"))
		s.Press("n").See("device-2").Press("enter")
	}, "may have been"},
	{"one-denied-tags", func(s *stage) {
		s.do(func() { s.ctx.Rights.Deny(page.ChangeTwins, "the policy registryReadWrite cannot write twins") })
		s.Press("n").See("device-2").Press("shift+tab")
	}, "cannot write twins"},
	{"certificate", func(s *stage) {
		s.do(func() {
			s.ctx.Send(page.OpenDialog{Dialog: s.dialogs.certificateNote("cam-1", keptCertificate{files: selfsigned.FilesOf("/srv/hubscope/certificates", "cam-1")})})
		})
	}, "Private key"},
	{"many", func(s *stage) { s.Press("N").See("device-{001..100}").Press("tab") }, "100 devices"},
	{"many-mistake", func(s *stage) {
		s.Press("N").See("New devices, many").Press("tab", "ctrl+u").Type("pump-{1..")
	}, "✗ column"},
	{"many-file", func(s *stage) { s.Press("N").See("New devices, many").Press("right", "tab").Type("~/devices.csv") }, "names the columns"},
	{"many-keys", func(s *stage) {
		s.Press("N").See("New devices, many").Press("shift+tab", "shift+tab", "right")
	}, "Careful"},
	{"many-running", func(s *stage) {
		running(s, progress{Progress: provision.Progress{Counts: provision.Counts{Total: 10_000, Created: 6020, Found: 12, Failed: 3, Untried: 3965}}}, false)
	}, "2,340/s"},
	{"many-throttled", func(s *stage) {
		running(s, progress{Progress: provision.Progress{Counts: provision.Counts{Total: 10_000, Created: 6000, Untried: 4000}, Until: s.ctx.Time().Add(8 * time.Second)}}, false)
	}, "next try in 8 s"},
	{"many-stopping", func(s *stage) {
		running(s, progress{Progress: provision.Progress{Counts: provision.Counts{Total: 10_000, Created: 6000, Untried: 4000}}}, true)
	}, "do not wait"},
	{"many-stopped", func(s *stage) {
		o := outcomeOf(provision.Counts{Total: 10_000, Created: 7900, Untried: 2100})
		o.err = context.Canceled
		ended(s, o, false, true)
	}, "not tried"},
	{"many-failed", func(s *stage) {
		ended(s, outcomeOf(provision.Counts{Total: 8000, Created: 7950, Found: 10, Failed: 40}), false, false)
	}, "and 39 more"},
	{"many-dry", func(s *stage) {
		o := outcomeOf(provision.Counts{Total: 8000, WouldCreate: 7990, Found: 10})
		o.results = ""
		ended(s, o, true, false)
	}, "would be created"},
	{"many-mistakes", func(s *stage) {
		o := manyOutcome{summary: list.Summary{Entries: 240, More: 12}}
		for i := range 30 {
			o.summary.Mistakes = append(o.summary.Mistakes, &list.Mistake{Line: 3 + 8*i, Column: 14, Reason: `status: "on" is neither enabled nor disabled`})
		}
		ended(s, o, false, false)
	}, "line 3, column 14"},
}

func TestScreen(t *testing.T) {
	t.Setenv("HOME", "/home/sam")
	for _, f := range slices.Concat(frames, failedFrames()) {
		for _, size := range uitest.Sizes {
			for mode, name := range map[theme.Mode]string{theme.Dark: "dark", theme.Light: "light", theme.Mono: "mono"} {
				if mode != theme.Dark && size.Width != 120 {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%dx%d", f.name, name, size.Width, size.Height), func(t *testing.T) {
					s := start(t, mode, size, newMemory("wind-9"), "/srv/hubscope")
					f.play(s)
					s.says(f.see).settled()
					uitest.Golden(t, s.Frame(), size)
				})
			}
		}
	}
}

func TestSpeed(t *testing.T) {
	var s speed
	at := time.Unix(0, 0)
	if rate, left := s.of(100); rate != 0 || left != 0 {
		t.Errorf("nothing yet: %v, %v", rate, left)
	}
	for i := range 100 {
		done := i * 10
		if i > 50 { // faster: only the last ten seconds count
			done = 500 + (i-50)*1000
		}
		s.add(at.Add(time.Duration(i)*time.Second), done)
	}
	if rate, left := s.of(5000); rate != 1000 || left != 5*time.Second {
		t.Errorf("%v a second, %v left", rate, left)
	}
}

func TestFailuresOfOneReasonAreTogether(t *testing.T) {
	var f failures
	for i := range 1000 {
		f.add(fmt.Sprint("x", i), hub.BulkError{Name: "Busy", Message: "busy"})
	}
	for i := range 150 {
		f.add(fmt.Sprint("y", i), hub.BulkError{Name: "N", Message: strings.Repeat("i", i)})
	}
	if got := f.sentences(2); len(got) != 2 || got[0] != "x0 and 999 more: busy (Busy)" || f.n != 1150 || f.more != 51 {
		t.Errorf("%q, %d, %d more", got, f.n, f.more)
	}
}
