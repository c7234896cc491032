//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiltersAndSearch: two devices send, what is not wanted is hidden, kept under names, and there again the next day.
func TestFiltersAndSearch(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	screen := u.opens(140, 36)
	screen.See("No devices yet")
	screen.Press("n").See("New device", "device-1").Press("enter").See("1 of 1", "○ offline").Press("s").See("● connected")
	screen.Press("n").See("New device", "device-2").Press("enter").See("2 of 2", "○ offline").Press("s").NotSee("○ offline")
	screen.Press("3").See("Monitor", "PropMsg_3", "device-1  p", "device-2  p")

	// A mistake is marked as it is typed, and changes nothing.
	screen.Press("/").See("wind-*", "body.windSpeed > 14 and").Type(`windSpeed > 1 and device == "device-1"`)
	screen.See("^ unknown field windSpeed: do you mean body.windSpeed?", "device-2  p")
	screen.Press("ctrl+u").Type(`device == "device-1" and body.windSpeed > 1`).See("shown").NotSee("device-2  p", "^ ")
	screen.Press("enter").See(`/device == "device-1"`, "hidden", "kept")

	// With a name it is kept.
	screen.Press("/", "ctrl+s").See("New filter", "kept events through").Press("ctrl+u").Type("first").Press("enter")
	screen.See("[first]").NotSee(`/device == "device-1"`, "device-2  p")
	screen.Press("F").See("[x] first", "LETS PASS").Press("space").See("[ ] first")
	screen.Press("n").See("New filter").Press("ctrl+u").Type("not two").Press("tab").Type("device:*-2").Press("tab", "space").See("(•) hides these")
	screen.Press("enter").See("[x] not two", "hides").Press("esc").NotSee("LETS PASS")
	screen.See("[-not two]", "device-1  p").NotSee("[first]", "device-2  p")

	// Search hides nothing.
	screen.Press("ctrl+f").See("search").Type("propmsg_2").See("paused").Press("enter").See("search propmsg_2", " of ")
	screen.Press("n").See("search propmsg_2").Press("esc").NotSee("search propmsg_2").See("[-not two]")

	// Neither a reconnection nor another start position takes filters away.
	screen.Press("G", "r").See("4/4 live", "[-not two]").Press("t").See("Show events from").Press("b")
	screen.See("from the beginning", "[-not two]", "device-1  p", "hidden").NotSee("device-2  p")
	screen.Press("ctrl+c")
	if code := screen.Ended(); code != 0 {
		t.Fatalf("quitting gave exit code %d", code)
	}

	file := filepath.Join(u.home, ".config", "hubscope", "filters.toml")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "device:*-2") {
		t.Fatalf("the file of filters holds %q, %v", text, err)
	}
	again := u.opens(120, 30)
	again.See("2 of 2").Press("3").See("[-not two]").Press("F").See("[ ] first", "[x] not two")
	again.Press("ctrl+c")
	again.Ended()

	// What does not read is said and left alone.
	if err := os.WriteFile(file, []byte("[[filter]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := u.opens(120, 30)
	broken.See("filters.toml does not read and was left as it is").Press("3").NotSee("[-not two]")
	broken.Press("ctrl+c")
	broken.Ended()
	if text, err := os.ReadFile(file); err != nil || string(text) != "[[filter]\n" {
		t.Errorf("the file now holds %q, %v", text, err)
	}
}
