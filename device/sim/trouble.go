package sim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// troubles are the faults of one device and where each stands. Simulated.mu guards it.
type troubles struct {
	list   []*trouble
	chance *rand.Rand // of its own, so that faults do not change what the profile makes
}

type trouble struct {
	Fault
	begins       time.Time // when it next does; zero: by chance, or not again
	first        time.Time // from when on chance decides
	on           bool
	since, until time.Time // until zero: until cleared, or until it has hit a message
	hits         uint64
}

// add takes a fault in, counted from now.
func (t *troubles) add(f Fault, now time.Time, seed uint64, deviceID string) {
	f = f.withDefaults()
	if f.Probability > 0 && t.chance == nil {
		t.chance = newRandom(seed, "faults of "+deviceID)
	}
	one := &trouble{Fault: f, first: now.Add(f.After)}
	if f.Probability == 0 {
		one.begins = one.first
	}
	t.list = append(t.list, one)
}

// clear takes away the faults of a kind; 0 is all. It tells whether there were any.
func (t *troubles) clear(kind FaultKind) bool {
	before := len(t.list)
	t.list = slices.DeleteFunc(t.list, func(one *trouble) bool { return kind == 0 || one.Kind == kind })
	return len(t.list) < before
}

// advance begins and ends what is due, and calls told for each that did.
func (t *troubles) advance(now time.Time, told func(one *trouble)) {
	for _, one := range t.list {
		if one.on && !one.until.IsZero() && !now.Before(one.until) {
			one.on = false
			told(one)
		}
		if !one.on && !one.begins.IsZero() && !now.Before(one.begins) {
			one.begin(now)
			one.begins = one.after(now)
			told(one)
		}
	}
	t.list = slices.DeleteFunc(t.list, (*trouble).isOver)
}

func (one *trouble) begin(now time.Time) {
	one.on, one.since, one.until = true, now, time.Time{}
	if one.For > 0 {
		one.until = now.Add(one.For)
	}
	if !one.Kind.ofMessages() {
		one.hits++
	}
}

// after is when a fault that has just begun begins again. Times that were missed are passed over.
func (one *trouble) after(now time.Time) time.Time {
	if one.Every == 0 {
		return time.Time{}
	}
	missed := now.Sub(one.begins) / one.Every
	return one.begins.Add((missed + 1) * one.Every)
}

// isOver tells whether nothing more can come of the fault.
func (one *trouble) isOver() bool { return !one.on && one.begins.IsZero() && one.Probability == 0 }

// due is when advance has something to do next; zero: not by itself.
func (t *troubles) due(now time.Time) time.Time {
	var at time.Time
	for _, one := range t.list {
		if !one.on {
			at = earlier(at, one.begins)
			continue
		}
		at = earlier(at, one.until)
		if empty := one.since.Add(one.Amount); one.Kind == Battery && empty.After(now) {
			at = earlier(at, empty)
		}
	}
	return at
}

// gamble lets chance decide, at a message, which faults begin. It calls told for each that does.
func (t *troubles) gamble(now time.Time, told func(one *trouble)) {
	for _, one := range t.list {
		if one.Probability == 0 || one.on || now.Before(one.first) || t.chance.Float64() >= one.Probability {
			continue
		}
		one.begin(now)
		if !one.Kind.ofMessages() {
			told(one)
		}
	}
}

// verdict is what happens to a message.
type verdict struct {
	skip, duplicate, reorder bool
	delay                    time.Duration
}

// judge tells what happens to a message, and ends the faults that hit only one.
func (t *troubles) judge() verdict {
	var v verdict
	for _, one := range t.list {
		if !one.on || !one.Kind.ofMessages() {
			continue
		}
		one.hits++
		if one.For == 0 {
			one.on = false
		}
		switch one.Kind {
		case Skip:
			v.skip = true
		case Duplicate:
			v.duplicate = true
		case Delay:
			v.delay = max(v.delay, one.Amount)
		case Reorder:
			v.reorder = true
		}
	}
	t.list = slices.DeleteFunc(t.list, (*trouble).isOver)
	return v
}

// condition is the state that faults put the device in.
type condition struct {
	offline  time.Time // no network until then; zero: there is one
	wrongKey bool
	skew     time.Duration
	charge   float64 // of the battery, from 1 to 0
}

func (c condition) empty() bool { return c.charge <= 0 }

// stretch is how much longer the intervals are than they should be.
func (c condition) stretch() float64 { return 1 / max(c.charge, leastCharge) }

// leastCharge is the charge below which the intervals grow no further.
const leastCharge = 0.1

func (t *troubles) condition(now time.Time) condition {
	c := condition{charge: 1}
	for _, one := range t.list {
		if !one.on {
			continue
		}
		switch one.Kind {
		case Disconnect:
			if one.until.After(c.offline) {
				c.offline = one.until
			}
		case WrongKey:
			c.wrongKey = true
		case Skew:
			c.skew += one.Amount
		case Battery:
			c.charge = min(c.charge, max(0, 1-float64(now.Sub(one.since))/float64(one.Amount)))
		}
	}
	return c
}

// heals tells whether a wrong key is one that the device will have right again by itself.
func (t *troubles) heals() bool {
	for _, one := range t.list {
		if one.Kind == WrongKey && one.on && !one.until.IsZero() {
			return true
		}
	}
	return false
}

// active is what Status shows.
func (t *troubles) active() []ActiveFault {
	if len(t.list) == 0 {
		return nil
	}
	out := make([]ActiveFault, len(t.list))
	for i, one := range t.list {
		out[i] = ActiveFault{Fault: one.Fault, On: one.on, Hits: one.hits}
		if one.on {
			out[i].Since, out[i].Until = one.since, one.until
		}
	}
	return out
}
