//go:build unix

package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/ui/uitest"
	"hubscope/ui/uitest/picture"
)

var pictures = flag.Bool("picture", false, "make the README's pictures from the running program")

// TestPictures makes the README's pictures: the program itself, on its local
// hub, with devices that send.
func TestPictures(t *testing.T) {
	if !*pictures {
		t.Skip("makes the README's pictures; run with -picture")
	}
	screen := newUser(t).opens(120, 32, "--theme", "dark")
	screen.See("No devices yet")
	for i, id := range []string{"old-gateway", "pump-7", "wind-1", "wind-2"} {
		screen.Press("n").See("New device")
		for range len("device-99") {
			screen.Press("backspace")
		}
		screen.Type(id).See("Device id     " + id)
		screen.Press("enter").NotSee("New device").See("▸ "+id, fmt.Sprintf("%d of %d", i+1, i+1))
	}
	screen.Press("s").See("Property=PropMsg_1")
	screen.Press("k").See("▸ wind-1").Press("s").See("2/s")
	screen.Wait("a while of events", func(text string) bool { return strings.Contains(text, "Property=PropMsg_12") })
	save(t, screen, "devices.png")
	screen.Press("3").See("PROPERTIES").Press("enter").See("Body")
	save(t, screen, "monitor.png")
	screen.Press("esc").NotSee("Latency").Press("2").See("ACKED")
	screen.Wait("some round trips", func(text string) bool { return strings.Contains(text, "PropMsg_20") })
	save(t, screen, "simulator.png")
	screen.Press("P").See("Profiles", "Next messages of").Press("j", "j").See("pressure").Press("e").See("3 kinds of messages")
	save(t, screen, "profile.png")
	screen.Press("ctrl+c")
	screen.Ended()
}

func save(t *testing.T, screen *uitest.Terminal, name string) {
	t.Helper()
	time.Sleep(300 * time.Millisecond) // a frame that is not half way to the next one
	path := filepath.Join("..", "..", ".docs", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := picture.Write(file, screen.Frame(), picture.Options{Columns: 120, Rows: 32}); err != nil {
		t.Fatal(err)
	}
}
