//go:build unix

package e2e

import (
	"encoding/base64"
	"strings"
	"testing"

	"hubscope/ui/uitest"
)

// TestTheMainJob is the first minute of the README, and a second visit.
func TestTheMainJob(t *testing.T) {
	u := newUser(t)

	screen := u.opens(120, 36)
	screen.See("hubscope", "local hub", "No devices yet", "creates a device identity")
	screen.Press("n").See("New device", "device-1")
	screen.Press("backspace").Type("wind").See("device-wind")
	screen.Press("enter").See("device-wind", "1 of 1", "offline")
	screen.Press("s").See("● connected", "windSpeed", "Property=PropMsg_", "4/4 live")

	screen.See("••••").Press("K").NotSee("••••")
	key := fieldOf(screen, "Primary key")
	screen.Press("K").See("••••").NotSee(key)

	screen.Press("y").See("Copy of device-wind", "Connection string")
	screen.Press("c").Wait("a connection string in the clipboard", func(string) bool { return len(screen.Clipboard()) > 0 })
	copied := clip(t, screen)
	if !strings.HasPrefix(copied, "HostName=localhost;DeviceId=device-wind;SharedAccessKey="+key) {
		t.Errorf("copied %q, want the connection string with the key that was shown", copied)
	}
	screen.Press("y").See("SAS token").Press("T").See("1 hour").Press("h").Wait("a token in the clipboard", func(string) bool { return len(screen.Clipboard()) > 1 })
	if token := clip(t, screen); !strings.HasPrefix(token, "SharedAccessSignature sr=localhost%2Fdevices%2Fdevice-wind&sig=") {
		t.Errorf("copied %q, want a SAS token of the device", token)
	}
	if strings.Contains(screen.Text(), key) {
		t.Errorf("copying shows the key on the screen")
	}

	screen.Press("2").See("Simulator", "sending", "wind", "acked")
	screen.Press("3").See("Monitor", "following", "PROPERTIES", "PropMsg_1")
	screen.Press("1").Press("s").See("offline")
	screen.Press("q")
	if code := screen.Ended(); code != 0 {
		t.Fatalf("quitting gave exit code %d", code)
	}

	again := u.opens(80, 24)
	again.See("device-wind", "1 of 1")
	again.Press("ctrl+c")
	if code := again.Ended(); code != 0 {
		t.Fatalf("ctrl+c gave exit code %d", code)
	}
}

// fieldOf is the value beside a label on the screen.
func fieldOf(screen *uitest.Terminal, label string) string {
	for line := range strings.Lines(screen.Text()) {
		if _, value, found := strings.Cut(line, label); found {
			return strings.TrimSuffix(strings.TrimSpace(value), "…")
		}
	}
	return ""
}

// clip decodes what was last written to the clipboard.
func clip(t *testing.T, screen *uitest.Terminal) string {
	t.Helper()
	all := screen.Clipboard()
	data := all[len(all)-1]
	text, err := base64.StdEncoding.DecodeString(data[strings.LastIndex(data, ";")+1:])
	if err != nil {
		t.Fatalf("clipboard %q: %v", data, err)
	}
	return string(text)
}

// TestASecondScreenJoins: two terminals, one hub, and what one makes the other
// sees.
func TestASecondScreenJoins(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	first := u.opens(120, 36)
	first.See("No devices yet")
	second := u.opens(100, 30)
	second.See("No devices yet", "joined the local hub of process")
	first.Press("n", "enter").See("1 of 1")
	second.See("device-1", "1 of 1")
	second.Press("s").See("● connected", "windSpeed")
	first.See("● connected", "windSpeed")
	second.Press("ctrl+c")
	if code := second.Ended(); code != 0 {
		t.Errorf("the second screen ended with %d", code)
	}
	first.See("○ offline")
}
