//go:build unix

package uitest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestRunDrivesAProgramInATerminal(t *testing.T) {
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), asProgram+"=1")
	term := Run(t, program, 80, 24)
	term.See("80x24", "dark=true")
	term.Press("a", "up", "ctrl+d", "enter").Type("xz")
	term.See("[a up ctrl+d enter x z]")
	term.Resize(100, 30).See("100x30").NotSee("80x24")
	if !strings.Contains(term.Frame(), "\x1b[1m") {
		t.Errorf("the frame has lost its styles: %q", term.Frame())
	}
	term.Press("y").Press("b").See("z b]")
	if clips := term.Clipboard(); len(clips) != 1 || !strings.Contains(clips[0], "Y29waWVk") {
		t.Errorf("clipboard %q, want the base64 of what was copied", clips)
	}
	term.Press("q")
	if code := term.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestRunGivesTheExitCode(t *testing.T) {
	term := Run(t, exec.Command("sh", "-c", "echo gone; exit 3"), 80, 24)
	if code := term.Ended(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	term.See("gone")
}
