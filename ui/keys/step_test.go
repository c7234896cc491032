package keys_test

import (
	"testing"

	"hubscope/ui/keys"
	"hubscope/ui/uitest"
)

func TestStep(t *testing.T) {
	m := keys.Default()
	for name, want := range map[string]int{
		"up": -1, "j": 1, "pgup": -9, "pgdown": 9, "ctrl+u": -4, "ctrl+d": 4, "g": -keys.End, "end": keys.End,
	} {
		if n, ok := m.Step(uitest.Key(name), 10); n != want || !ok {
			t.Errorf("%s moves by %d, %v; want %d", name, n, ok, want)
		}
	}
	if n, ok := m.Step(uitest.Key("x"), 10); n != 0 || ok {
		t.Errorf("x moves by %d, %v", n, ok)
	}
	if n, _ := m.Step(uitest.Key("pgdown"), 0); n != 1 {
		t.Errorf("a page of nothing moves by %d: it would stand still", n)
	}
}
