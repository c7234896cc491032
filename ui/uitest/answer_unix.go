//go:build unix

package uitest

import (
	"strings"
	"time"
)

// Answer presses a key until a question is gone. A question takes no answer in the instant in which it appears, so that
// the first key may count for nothing: a person would look, and press again.
func (r *Terminal) Answer(key, question string) *Terminal {
	r.t.Helper()
	r.See(question)
	again := time.NewTicker(400 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(Patience); time.Now().Before(end) && strings.Contains(r.Text(), question); <-again.C {
		r.Press(key)
	}
	return r.NotSee(question)
}

// AnswerWord types a word into a question until it is good, which good on the screen tells, and presses enter. What is
// typed in the instant in which the question appears may count for nothing.
func (r *Terminal) AnswerWord(word, question, good string) *Terminal {
	r.t.Helper()
	r.See(question)
	again := time.NewTicker(400 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(Patience); time.Now().Before(end) && !strings.Contains(r.Text(), good); <-again.C {
		r.Press("ctrl+u").Type(word)
	}
	return r.See(good).Press("enter").NotSee(question)
}
