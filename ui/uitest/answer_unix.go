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
