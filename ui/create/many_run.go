package create

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/ui/widget"
)

// job is what a run is about.
type job struct {
	source   int
	list     string     // a pattern, or the path of a file
	like     hub.Change // of each device of a pattern
	parent   string     // of them: id or scope of an IoT Edge device
	results  string     // a path; "": none are written
	proposed bool       // nobody typed that path: another one does as well
	withKeys bool
	dry      bool
}

// progress is how far a run is: reading its list until there is a total.
type progress struct {
	provision.Progress
	read int // entries of the list, so far
}

// manyRun is a run under way, as the screen knows it.
type manyRun struct {
	many     *many
	job      job
	cancel   context.CancelFunc // of the calls
	halt     context.CancelFunc // of beginning more
	stopping bool

	told  chan progress
	done  chan manyOutcome
	now   progress
	speed speed
}

type (
	progressMsg struct {
		run *manyRun
		now *progress // nil: nothing new
	}
	manyMsg struct {
		run     *manyRun
		outcome manyOutcome
	}
)

// work runs the job; its outcome comes by await.
func (r *manyRun) work(ctx, stop context.Context) tea.Cmd {
	store := r.many.d.o.Store
	return r.many.d.box.Act(func() tea.Msg {
		defer r.cancel()
		r.done <- r.job.run(ctx, stop, store, r.tell)
		return nil
	})
}

// tell hands on how far it is; the newest word replaces one that nobody has read. It is called by one goroutine at a time.
func (r *manyRun) tell(p progress) {
	select {
	case <-r.told:
	default:
	}
	r.told <- p
}

// await gives the next word of the run: how far it is, that time goes by, or its end.
func (r *manyRun) await() tea.Cmd {
	return r.many.d.box.Act(func() tea.Msg {
		timer := time.NewTimer(tickEvery)
		defer timer.Stop()
		select {
		case o := <-r.done:
			return manyMsg{r, o}
		case <-timer.C:
		}
		select {
		case p := <-r.told:
			return progressMsg{r, &p}
		default:
			return progressMsg{r, nil}
		}
	})
}

func (r *manyRun) onProgress(now *progress) tea.Cmd {
	at := r.many.d.ctx.Time()
	if now != nil {
		r.now = *now
		r.speed.add(at, r.now.Done())
	}
	r.many.Say(r.words(at))
	return r.await()
}

// end stops the run, and when it is stopping already cuts its calls off.
func (r *manyRun) end() {
	if r.stopping {
		r.cancel()
	}
	r.stopping = true
	r.halt()
}

// words say how far the run is.
func (r *manyRun) words(at time.Time) string {
	p := r.now
	if p.Total == 0 && r.stopping {
		return "stopping"
	}
	if p.Total == 0 {
		return "reading the list: " + widget.Plural(p.read, "device")
	}
	text := widget.Count(p.Done()) + " of " + widget.Count(p.Total)
	if r.stopping {
		return text + "; stopping, when the hub has answered the last calls"
	}
	if counts := p.Counts; counts.Failed+counts.Found > 0 {
		counts.Untried = 0
		text += " (" + wordsOf(counts) + ")"
	}
	if !p.Until.IsZero() {
		return text + "; the hub asks for patience, next try in " + widget.Span(max(0, p.Until.Sub(at)).Round(time.Second))
	}
	perSecond, left := r.speed.of(p.Untried)
	if perSecond == 0 {
		return text
	}
	return text + ", " + widget.Count(int(perSecond)) + "/s, " + widget.Span(left.Round(time.Second)+time.Second) + " left"
}

// speed is how fast something was done lately.
type speed struct{ samples []sample }

type sample struct {
	at   time.Time
	done int
}

// lately is how many samples count: about ten seconds.
const lately = int(10 * time.Second / tickEvery)

func (s *speed) add(at time.Time, done int) {
	s.samples = append(s.samples, sample{at, done})
	if len(s.samples) > lately {
		s.samples = s.samples[1:]
	}
}

// of is how much is done in a second, and how long so much more takes; zeros when that is not known.
func (s *speed) of(left int) (perSecond float64, rest time.Duration) {
	if len(s.samples) < 2 {
		return 0, 0
	}
	first, last := s.samples[0], s.samples[len(s.samples)-1]
	span := last.at.Sub(first.at).Seconds()
	if span <= 0 || last.done <= first.done {
		return 0, 0
	}
	perSecond = float64(last.done-first.done) / span
	return perSecond, time.Duration(float64(left) / perSecond * float64(time.Second))
}
