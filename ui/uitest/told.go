package uitest

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// A report stands on the last line of the screen for some seconds at most, or until the next one takes its place: a busy
// test may look too late. So what was told there since the last key is kept.

// hear keeps the last line of a frame when it is a report: it begins with the sign of one.
func (s *screen) hear(frame string) {
	text := strings.TrimSpace(ansi.Strip(frame[strings.LastIndexByte(frame, '\n')+1:]))
	if sign, _, _ := strings.Cut(text, " "); sign == "" || !strings.Contains("✓!✗·", sign) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.told); n == 0 || s.told[n-1] != text {
		s.told = append(s.told, text)
	}
}

// listen forgets what was told so far.
func (s *screen) listen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = nil
}

// waitTold waits for parts each of which is on the screen, or was told there since the last key.
func (s *screen) waitTold(t testing.TB, parts []string) {
	t.Helper()
	holds := holdsAll(parts)
	s.wait(t, quoted(parts), func(text string) bool { return holds(s.withTold(text)) })
}

func (s *screen) withTold(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return text + "\n" + strings.Join(s.told, "\n")
}
