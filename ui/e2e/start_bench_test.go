//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/uitest"
)

// bareEnv makes the test binary a Bubble Tea program with one line on its
// screen: the reference of BenchmarkStart.
const bareEnv = "E2E_BARE_SCREEN"

type bare struct{}

func (bare) Init() tea.Cmd { return nil }

func (m bare) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return m, tea.Quit
	}
	return m, nil
}

func (bare) View() tea.View { return tea.NewView("No devices yet") }

func playBareScreen() {
	_, _ = tea.NewProgram(bare{}).Run()
	os.Exit(0)
}

// BenchmarkStart times the start to the first full frame, local hub included,
// on a warm state folder: what the user waits for after pressing enter. The
// reference, in the same run, is a Bubble Tea program that draws one line.
func BenchmarkStart(b *testing.B) {
	u := newUser(b)
	firstFrame(b, u.command()) // makes keys and certificates: the cold start
	var ours, reference time.Duration
	for b.Loop() {
		ours += firstFrame(b, u.command())
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), bareEnv+"=1")
		reference += firstFrame(b, cmd)
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/start")
	b.ReportMetric(float64(reference.Milliseconds())/float64(b.N), "ms/bare-screen")
	b.ReportMetric(float64(ours)/float64(reference), "x-bare-screen")
}

// firstFrame starts a program in a terminal, gives the time until its screen is
// there, and ends it.
func firstFrame(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	began := time.Now()
	screen := uitest.Run(b, cmd, 120, 36)
	screen.See("No devices yet")
	took := time.Since(began)
	screen.Press("ctrl+c").Ended()
	return took
}
