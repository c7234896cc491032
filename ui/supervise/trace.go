package supervise

import (
	"bytes"
	"sync"
)

// mostKept bounds what is remembered of the child's standard error: enough for
// the trace of a program with many goroutines.
const mostKept = 1 << 20

// head remembers the first mostKept bytes written to it: a trace names its
// cause at the top. Safe for concurrent use.
type head struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

// Write never fails and always takes all of p.
func (t *head) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p[:min(len(p), mostKept-t.text.Len())])
	return len(p), nil
}

// Bytes gives a copy of what was kept.
func (t *head) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.text.Bytes())
}

// isTrace tells the Go runtime's last words from a sentence of our own.
func isTrace(text []byte) bool {
	return bytes.Contains(text, []byte("\ngoroutine ")) || bytes.HasPrefix(text, []byte("fatal error: "))
}
