package widget

import "testing"

func TestNamesThatHaveRoom(t *testing.T) {
	for room, want := range map[int]string{100: "a-1, b-2, c-3", 10: "a-1, b-2 and 1 more", 5: "a-1 and 2 more"} {
		if got := Names([]string{"a-1", "b-2", "c-3"}, room); got != want {
			t.Errorf("in %d: %q", room, got)
		}
	}
}
