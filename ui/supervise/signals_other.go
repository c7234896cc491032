//go:build !unix

package supervise

import "os"

// passedOn are the signals that end the screen cleanly.
var passedOn = []os.Signal{os.Interrupt}
