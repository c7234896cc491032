// Package memory keeps the program small while little happens, and quick while much does.
//
// A full history of events is some 75 MB that live. Go lets as much garbage again come together before it collects,
// which is memory that nobody has any use for while a few thousand events a second come; but collecting more often costs
// processor time by the rate of what comes, which is missed while a long backlog is read.
package memory

import (
	"os"
	"runtime/debug"
	"sync/atomic"
)

const (
	// busy is the rate of events a second from which on time counts more than memory.
	busy = 10_000
	// sparing and usual are how much garbage may come together, in percent of what lives.
	sparing, usual = 30, 100
)

var current atomic.Int64

// Suit makes the collector suit a rate of events a second. It does nothing where the environment has GOGC: then somebody
// has chosen. It may be called often, by any goroutine.
func Suit(rate float64) {
	percent := int64(sparing)
	if rate >= busy {
		percent = usual
	}
	if current.Swap(percent) != percent && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(int(percent))
	}
}
