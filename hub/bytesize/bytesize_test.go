package bytesize

import "testing"

func TestParse(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "7B": 7, "2 kib": 2048, "3MB": 3e6, "1GiB": 1 << 30} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, wrong := range []string{"", "much", "-1", "0", "1.5GB", "9999999999TiB"} {
		if got, err := Parse(wrong); err == nil {
			t.Errorf("%q was taken for %d", wrong, got)
		}
	}
}
