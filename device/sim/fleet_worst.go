package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Ailing is a device that does not do well.
type Ailing struct {
	Status
	// Reason says in words what is wrong.
	Reason string
}

// slow is the round trip, or the lateness of messages, from which on a device is called ailing.
const slow = time.Second

// Worst gives up to n devices that do not do well, the worst first: those that failed, that are not connected, that lost
// messages, that cannot make them, that wait for confirmations or are slow.
func (f *Fleet) Worst(n int) []Ailing {
	type graded struct {
		device *Simulated
		grade  grade
	}
	var bad []graded
	for _, d := range f.all() {
		if g := d.grade(); g.severity > 0 {
			bad = append(bad, graded{d, g})
		}
	}
	slices.SortFunc(bad, func(a, b graded) int {
		return cmp.Or(
			-cmp.Compare(a.grade.severity, b.grade.severity), -cmp.Compare(a.grade.amount, b.grade.amount),
			cmp.Compare(a.device.deviceID, b.device.deviceID),
		)
	})
	bad = bad[:min(max(n, 0), len(bad))]
	out := make([]Ailing, 0, len(bad))
	for _, b := range bad {
		out = append(out, Ailing{Status: b.device.Status(), Reason: b.grade.reason()})
	}
	return out
}

// grade is how bad a device is; severity 0 is well.
type grade struct {
	severity severity
	amount   uint64 // of what the severity says
	err      error
}

type severity uint8

const (
	well severity = iota
	sluggish
	late
	behind
	mute
	losing
	apart
	broken
)

func (s *Simulated) grade() grade {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.record
	switch state := r.shown(); {
	case state == Failed:
		return grade{broken, 0, r.err}
	case state == Silent:
		return grade{apart, 0, errEmpty}
	case state == Retrying, state == Starting && r.err != nil:
		return grade{apart, uint64(r.attempt), r.err}
	case r.failed > 0:
		return grade{losing, r.failed, nil}
	case r.trouble != nil:
		return grade{mute, r.unmade, r.trouble}
	case r.waiting() > 1:
		return grade{behind, uint64(r.waiting()), nil}
	}
	if p99 := r.late.quantile(0.99); p99 >= slow {
		return grade{late, uint64(p99), nil}
	}
	if p99 := r.rtt.quantile(0.99); p99 >= slow {
		return grade{sluggish, uint64(p99), nil}
	}
	return grade{}
}

func (g grade) reason() string {
	switch g.severity {
	case broken:
		return "stopped by itself: " + g.err.Error()
	case apart:
		return g.err.Error()
	case losing:
		return fmt.Sprintf("%d messages failed", g.amount)
	case mute:
		return g.err.Error()
	case behind:
		return fmt.Sprintf("%d messages wait for their confirmation", g.amount)
	case late:
		return fmt.Sprintf("one message in a hundred is %s late or more", words(time.Duration(g.amount)))
	case sluggish:
		return fmt.Sprintf("one confirmation in a hundred takes %s or more", words(time.Duration(g.amount)))
	default:
		return ""
	}
}
