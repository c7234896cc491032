package uitest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// screen keeps the last frame and tells those who wait of each new one.
type screen struct {
	mu      sync.Mutex
	frame   string   // guarded by mu, like all below
	told    []string // reports since the last key
	drawn   int
	changed chan struct{} // closed and replaced at each frame
	ended   bool
}

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) put(frame string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame = frame
	s.drawn++
	s.wake()
}

// end says that no frame follows, so that nobody waits for one.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.wake()
}

func (s *screen) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *screen) state() (frame string, drawn int, ended bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frame, s.drawn, s.ended, s.changed
}

// wait looks at each new frame until one satisfies. It fails the test after Patience, or at once when the program has
// ended, and shows the last frame.
func (s *screen) wait(t testing.TB, what string, satisfied func(text string) bool) {
	t.Helper()
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	for {
		frame, _, ended, changed := s.state()
		text := ansi.Strip(frame)
		if satisfied(text) {
			return
		}
		if ended {
			t.Fatalf("the program ended before there was %s; its last frame:\n%s", what, text)
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("after %v there is not %s; the last frame:\n%s", Patience, what, text)
		}
	}
}

func holdsAll(parts []string) func(string) bool {
	return func(text string) bool {
		for _, part := range parts {
			if !strings.Contains(text, part) {
				return false
			}
		}
		return true
	}
}

func holdsNone(parts []string) func(string) bool {
	return func(text string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return false
			}
		}
		return true
	}
}

func quoted(parts []string) string { return `"` + strings.Join(parts, `" and "`) + `"` }
