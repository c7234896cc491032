// Package uitest drives the screens of hubscope in tests, as a user would: see, press, see.
//
// [Start] runs a model without a terminal and keeps the last whole frame that its View gave, since what a program
// writes to a terminal is a difference of cells and not a picture. [Run] runs the real program in a pseudo-terminal
// and reads what it wrote off a virtual screen. Both press keys and wait for what should be seen with a time limit;
// nothing sleeps. [Golden] compares a frame with the one kept under testdata, and -pictures draws it.
//
//	app := uitest.Start(t, model, 120, 36)
//	app.See("No devices yet")
//	app.Press("n").Type("wind-1").Press("enter")
//	app.See("wind-1")
package uitest

import "time"

// Size is that of a terminal in cells.
type Size struct{ Width, Height int }

// Sizes are those that every screen is drawn in by its golden tests: the least one, a usual one, a large one.
var Sizes = []Size{{80, 24}, {120, 40}, {200, 60}}

// Patience is how long See and its like wait before they fail the test. It is long because it only costs time when a
// test fails, and machines that test are busy.
const Patience = 40 * time.Second
