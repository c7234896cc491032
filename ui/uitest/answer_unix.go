//go:build unix

package uitest

import (
	"time"

	"github.com/charmbracelet/x/ansi"
)

// A question takes no answer in the instant in which it appears, a quarter of a second. A person would look first, and
// press again when nothing came of it.
const (
	lookFirst  = 300 * time.Millisecond
	pressAgain = 3 * time.Second
)

// Calm lets the instant go by in which what is on the screen takes no answer.
func (r *Terminal) Calm() *Terminal {
	time.Sleep(lookFirst)
	return r
}

// Answer presses a key at a question, until that is gone.
func (r *Terminal) Answer(key, question string) *Terminal {
	r.t.Helper()
	r.See(question)
	r.insist(func() { r.Press(key) }, holdsNone([]string{question}))
	return r.NotSee(question)
}

// AnswerWord types a word into a question until it is good, which good on the screen tells, and presses enter.
func (r *Terminal) AnswerWord(word, question, good string) *Terminal {
	r.t.Helper()
	r.See(question)
	r.insist(func() { r.Press("ctrl+u").Type(word) }, holdsAll([]string{good}))
	return r.See(good).Press("enter").NotSee(question)
}

// Until presses a key at what is on the screen until something is seen.
func (r *Terminal) Until(key, want string) *Terminal {
	r.t.Helper()
	seen := holdsAll([]string{want})
	r.insist(func() { r.Press(key) }, func(text string) bool { return seen(r.screen.withTold(text)) })
	return r.See(want)
}

// insist does something, and again when nothing came of it for a while.
func (r *Terminal) insist(do func(), done func(text string) bool) {
	r.Calm()
	for end := time.Now().Add(Patience); time.Now().Before(end); {
		do()
		if r.screen.within(pressAgain, done) {
			return
		}
	}
}

// within tells whether a frame satisfies in this time.
func (s *screen) within(limit time.Duration, satisfied func(text string) bool) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		frame, _, ended, changed := s.state()
		if satisfied(ansi.Strip(frame)) || ended {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}
