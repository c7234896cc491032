//go:build unix

package e2e

import "testing"

// TestFiguresOfTwoSimulatedDevices: what two simulated devices send to the local hub, as figures.
func TestFiguresOfTwoSimulatedDevices(t *testing.T) {
	t.Parallel()
	screen := newUser(t).opens(120, 36)
	screen.See("No devices yet")
	screen.Press("n", "enter").See("1 of 1").Press("s").See("● connected", "windSpeed")
	screen.Press("n", "enter").See("2 of 2", "▸ device-2").Press("s").See("device-2  p")
	screen.Press("3").See("Monitor", "following", "PropMsg_3")

	screen.Press("v").See("Devices  Partitions  Values", "hub to here p50", "DEVICE ▲", "device-1", "1.0/s")
	screen.Press("right").See("PARTITION ▲")
	screen.Press("right").See("last event of 2 devices", "windSpeed")
	screen.Press("right").See("by device   2 values")
	screen.Press("right").See("body.windSpeed   1 min", "● device-1", "▲ device-2", "VALUES")
	screen.Press("right").See("nothing missing, nothing twice, all in order")
	screen.Press("v").See("PROPERTIES").NotSee("MISSING")

	screen.Press("up", "up", "b", "up", "up", "b").See("▌▸", "between marks")
	screen.Press("]").See("from mark")
	screen.Press("ctrl+c")
	if code := screen.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
