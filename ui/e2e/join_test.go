//go:build unix

package e2e

import (
	"fmt"
	"maps"
	"strings"
	"syscall"
	"testing"

	"hubscope/ui/uitest"
)

// TestASecondHubStandsInForTheFirst: scripts that start the hub and wait for
// "# ready" work, whoever was first.
func TestASecondHubStandsInForTheFirst(t *testing.T) {
	u := newUser(t)
	first := hub(t, u)
	second := hub(t, u)
	if !maps.Equal(first.env, second.env) {
		t.Errorf("the second one prints other variables than the first")
	}
	if want := fmt.Sprintf("joined the local hub of process %d", first.cmd.Process.Pid); !strings.Contains(second.said, want) {
		t.Errorf("it says %q, want %q", second.said, want)
	}
	second.stop() // cleanly, and the first one stays
	third := hub(t, u)
	first.stop()
	if err := third.cmd.Wait(); err == nil {
		t.Error("the hub that was joined has ended, and the exit code is 0")
	}
	checkSentence(t, strings.TrimSpace(third.stderr.String()), []string{"has ended", "start hubscope hub again"})
}

// TestASecondHubThatWantsSomethingElse: the flags are named.
func TestASecondHubThatWantsSomethingElse(t *testing.T) {
	u := newUser(t)
	first := hubWith(t, u, append(anyPorts, "--consumer-group", "charts", "--tier", "S1")...)
	for _, c := range []struct {
		args []string
		want []string // none: it joins
	}{
		{[]string{"--consumer-group", "charts"}, nil},
		{[]string{"--tier", "S1"}, nil},
		{[]string{"--tier", "S2"}, []string{"--tier S2"}},
		{[]string{"--partitions", "32", "--consumer-group", "other"}, []string{"--partitions 32", "--consumer-group other"}},
		{[]string{"--https-port", "1"}, []string{"--https-port 1"}},
		{[]string{"--fault", "kind=throttle"}, []string{"--fault kind=throttle"}},
	} {
		args := append([]string{"hub"}, c.args...)
		if c.want == nil {
			hubWith(t, u, args...).stop()
			continue
		}
		said, code := u.runs(nil, args...)
		checkSentence(t, said, append(c.want, u.stateDir(), fmt.Sprint(first.cmd.Process.Pid)))
		if code != 2 {
			t.Errorf("%v: exit code %d, want 2", c.args, code)
		}
	}
}

// TestAScreenTakesOver: the hub that two screens have joined is killed; one of
// them runs it from then on, and both go on with their devices and events.
func TestAScreenTakesOver(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	killed := hub(t, u)
	one := u.opens(140, 36)
	one.See("No devices yet", "joined the local hub")
	one.Press("n", "enter").See("1 of 1").Press("s").See("● connected", "PropMsg_1")
	two := u.opens(140, 36)
	two.See("device-1", "joined the local hub")

	if err := killed.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = killed.cmd.Wait()
	ended := fmt.Sprintf("the local hub of process %d has ended", killed.cmd.Process.Pid)
	for _, screen := range []*uitest.Terminal{one, two} { // its journal: what went wrong meanwhile may stand over it
		screen.Press("J").See("Journal", ended).Press("esc").NotSee("Journal")
	}
	two.Press("n", "enter").See("2 of 2", "device-2")
	one.See("2 of 2", "● connected")
	two.Press("3").See("Monitor", "following", "PropMsg_")

	after := hub(t, u)
	for name, value := range killed.env {
		if after.env[name] != value {
			t.Errorf("%s was changed by the new hub", name)
		}
	}
	after.stop()
	one.Press("ctrl+c")
	if code := one.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	two.Press("1").See("2 of 2", "● live")
}
