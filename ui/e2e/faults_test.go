//go:build unix

package e2e

import "testing"

// TestFaultsOnDemand: a fault that is ordered on one screen strikes, is seen on
// every page and on another screen, and goes.
func TestFaultsOnDemand(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	screen := u.opens(120, 36)
	screen.See("No devices yet").Press("n", "enter").See("1 of 1")
	screen.Press("s").See("● connected", "windSpeed").NotSee("⚡")

	screen.Press("!").See("No faults: everything passes.")
	screen.Press("n").See("New fault", "throttle", "10 %").Press("l", "l", "l").See("refuse", "Lets nobody connect")
	screen.Press("tab", "tab", "tab").Type("c").See("connect").Press("enter")
	screen.See("⚡ 1 fault", "refuse", "connect", "1 active")
	screen.Press("p").See("Add a fault").Press("3").See("drop", "1 ended")
	screen.Press("esc").See("1 of 1", "⚡ 1 fault").Press("2").See("retrying", "⚡ 1 fault")

	second := u.opens(100, 30)
	second.See("⚡ 1 fault").Press("!").See("refuse").Press("D").See("No faults: everything passes.").NotSee("⚡")
	screen.See("sending").NotSee("⚡")
	second.Press("ctrl+c")
	second.Ended()
}
