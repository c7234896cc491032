package devices

import (
	"path/filepath"
	"testing"

	"hubscope/ui/userfile"
)

// TestTheNewestChoiceIsKept: writings that overtake each other do not bring an older one back.
func TestTheNewestChoiceIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.toml")
	var k keeper
	for _, serial := range []int{2, 1, 3, 2} {
		if err := k.save(serial, path, choice{Sort: string(rune('a' + serial))}); err != nil {
			t.Fatal(err)
		}
	}
	var got choice
	if err := userfile.Load(path, 1<<20, &got); err != nil || got.Sort != "d" {
		t.Errorf("kept %+v, %v", got, err)
	}
}
