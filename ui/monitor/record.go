package monitor

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/events/recording"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/stream"
	"hubscope/ui/widget"
)

// recordWindow is how long events are gathered for one write: what a crash can take.
const recordWindow = 500 * time.Millisecond

// toRecord bounds what may wait for a slow or full disk. Beyond it the oldest go, and are counted.
var toRecord = stream.Limit{Items: 250_000, Bytes: 64 << 20}

// recorder writes all that the page takes in to a file, whatever filters hide.
type recorder struct {
	run    *recordRun // nil: nothing is recorded
	failed error      // why run is held
	batch  []events.Event
}

// recordRun is one recording. Its writer belongs to the command that is under way; one is at a time.
type recordRun struct {
	w       *recording.Writer
	waiting *stream.Buffer[events.Event]
	pending []events.Event // taken and not written
	written atomic.Int64
	lost    atomic.Int64
	done    chan struct{} // closed when the command that is under way has ended
}

type (
	// recordOpenedMsg brings the file of a recording, or why there is none.
	recordOpenedMsg struct {
		form *widget.Form // nil: it was asked for by a flag
		path string
		w    *recording.Writer
		err  error
	}
	// recordEndedMsg says that writing has ended: by itself when there is an error.
	recordEndedMsg struct {
		run *recordRun
		err error
	}
)

// openRecord opens or goes on with a file.
func (p *Page) openRecord(path string, form *widget.Form) tea.Cmd {
	o := recording.Options{MaxBytes: p.o.RecordBytes, Files: p.o.RecordFiles}
	return p.Act(func() tea.Msg {
		w, err := recording.Open(path, o)
		return recordOpenedMsg{form, path, w, err}
	})
}

func (p *Page) onRecordOpened(msg recordOpenedMsg) tea.Cmd {
	switch {
	case msg.err != nil && msg.form != nil:
		sentence, _ := hub.Explain(msg.err)
		msg.form.Fail(sentence, "name another file")
		return nil
	case msg.err != nil:
		sentence, _ := hub.Explain(msg.err)
		return page.Tell(page.Report{Severity: page.Failure, Text: "nothing is recorded: " + sentence, Next: "R records to another file"})
	case p.record.run != nil: // asked for twice
		return p.Act(func() tea.Msg { _ = msg.w.Close(); return nil })
	}
	p.record = recorder{run: &recordRun{w: msg.w, waiting: stream.NewBuffer(toRecord, waitingMemory)}}
	cmds := []tea.Cmd{p.writeRecord(), page.Tell(page.Report{
		Severity: page.Success, Text: "recording to " + msg.path, Next: "R ends it", Quiet: msg.form == nil,
	})}
	if msg.form != nil {
		cmds = append(cmds, p.ctx.Send(page.CloseDialog{Dialog: msg.form}))
	}
	return tea.Batch(cmds...)
}

// recordFirst begins the recording that a flag asks for.
func (p *Page) recordFirst() tea.Cmd {
	if p.o.Record == "" {
		return nil
	}
	return p.openRecord(p.o.Record, nil)
}

// recordPatience is how long the end of the program waits for what is still to be written.
const recordPatience = 5 * time.Second

// writeRecord writes what comes until the recording is ended or that fails.
func (p *Page) writeRecord() tea.Cmd {
	run := p.record.run
	done := make(chan struct{})
	run.done = done
	p.record.failed = nil
	return p.Act(func() tea.Msg {
		defer close(done)
		return recordEndedMsg{run, run.write()}
	})
}

// write ends with nil when all is written that there will be.
func (r *recordRun) write() error {
	for {
		if len(r.pending) == 0 {
			// Not bound to the page: what is left when that is closed is written too.
			items, dropped, err := r.waiting.Next(context.Background(), recordWindow)
			r.lost.Add(int64(dropped))
			if errors.Is(err, stream.ErrClosed) {
				return r.w.Close()
			}
			r.pending = items
		}
		n, err := r.w.Write(r.pending)
		r.written.Add(int64(n))
		r.pending = r.pending[n:]
		if err != nil {
			return err
		}
	}
}

// add takes an event for the recording, hand gives what was taken to it.
func (r *recorder) add(e *events.Event) {
	if r.run != nil {
		r.batch = append(r.batch, *e)
	}
}

func (r *recorder) hand() {
	if r.run == nil || len(r.batch) == 0 {
		return
	}
	r.run.waiting.Put(r.batch)
	clear(r.batch)
	r.batch = r.batch[:0]
}

// toggleRecord asks for a file, ends the recording, or goes on with one that is held.
func (p *Page) toggleRecord() tea.Cmd {
	switch {
	case p.offline.on():
		return page.Tell(page.Report{Severity: page.Info, Text: "this is a recording already", Next: "x exports what is shown"})
	case p.record.run == nil:
		return p.recordForm()
	case p.record.failed != nil:
		return p.writeRecord()
	}
	return p.endRecord()
}

// endRecord lets what waits be written; the answer of the command tells that it is.
func (p *Page) endRecord() tea.Cmd {
	run := p.record.run
	if run == nil {
		return nil
	}
	run.waiting.Close()
	if p.record.failed == nil {
		return nil
	}
	p.record.run = nil
	left := len(run.pending)
	return p.Act(func() tea.Msg {
		err := run.w.Close()
		return page.Report{
			Severity: page.Warning, Text: "recording ended: " + widget.Plural(run.written.Load(), "event") + " in " + run.w.Path(),
			Next: "what came after the failure is not in it", Detail: errors.Join(err, errLeft(left)).Error(),
		}
	})
}

func errLeft(n int) error {
	return errors.New(widget.Plural(n, "event") + " and what came after them were not written")
}

func (p *Page) onRecordEnded(msg recordEndedMsg) tea.Cmd {
	run := msg.run
	if run != p.record.run {
		return nil
	}
	written := widget.Plural(run.written.Load(), "event")
	if msg.err != nil && !run.ended() {
		p.record.failed = msg.err
		sentence, _ := hub.Explain(msg.err)
		return page.Tell(page.Report{
			Severity: page.Failure, Text: "recording is held at " + written + ": " + sentence,
			Next: "R on the Monitor tab goes on; what comes meanwhile waits", Detail: msg.err.Error(),
		})
	}
	p.record = recorder{}
	r := page.Report{Severity: page.Success, Text: written + " recorded in " + filepath.Base(run.w.Path())}
	if n := run.lost.Load(); n > 0 {
		r.Severity, r.Text = page.Warning, r.Text+", "+widget.Count(n)+" could not be"
	}
	if msg.err != nil {
		r.Severity, r.Text = page.Failure, "recording ended with a failure: "+msg.err.Error()
	}
	return page.Tell(r)
}

// ended tells whether no more events can come.
func (r *recordRun) ended() bool { return r.waiting.Closed() }

// finish writes what is left when the page is closed, and waits for that.
func (r *recorder) finish(patience time.Duration) {
	if r.run == nil {
		return
	}
	r.hand()
	r.run.waiting.Close()
	if r.failed != nil { // perhaps there is room by now
		if r.run.write() != nil {
			_ = r.run.w.Close()
		}
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-r.run.done:
	case <-timer.C:
	}
}

// Unsaved implements page.Unsaved: what a recording that is held has taken and could not write.
func (p *Page) Unsaved() string {
	run := p.record.run
	if run == nil || p.record.failed == nil {
		return ""
	}
	return widget.Plural(len(run.pending), "event") + " and what came after them are not in the recording " +
		safe.Line(filepath.Base(run.w.Path()), 40) + ", which is held"
}

// recordText is the state of the recording for the head line.
func (p *Page) recordText() string {
	s, run := p.ctx.Styles, p.record.run
	if run == nil {
		return ""
	}
	count := widget.Count(run.written.Load())
	if p.record.failed != nil {
		return s.Stopped.Render("✗ rec held at " + count)
	}
	text := s.Danger.Render("●") + s.Text.Render(" rec "+count)
	if n := run.lost.Load(); n > 0 {
		text += s.Warning.Render("  " + widget.Count(n) + " not recorded")
	}
	return text
}
