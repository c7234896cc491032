package uitest

import (
	"slices"
	"testing"
)

func TestWhatWasToldIsKept(t *testing.T) {
	s := newScreen()
	for _, frame := range []string{
		" one\n n new   q quit", " one\n \x1b[32m✓\x1b[0m gate-1 created   q quit", " one\n ✓ gate-1 created   q quit",
		" two\n ! it is late", " ✓ not told\n q quit", " two\n ",
	} {
		s.hear(frame)
		s.put(frame)
	}
	s.waitTold(t, []string{"two", "gate-1 created", "it is late"})
	if want := []string{"✓ gate-1 created   q quit", "! it is late"}; !slices.Equal(s.told, want) {
		t.Errorf("it was told %q, want %q", s.told, want)
	}
	if s.listen(); len(s.told) != 0 {
		t.Errorf("before the key it was told %q", s.told)
	}
}
