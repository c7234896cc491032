// Package series keeps a number of each device over time: for the last minute finely, for the last days coarsely, always
// in the same memory.
package series

import (
	"math"
	"time"
)

// perLevel is how many stretches of time a level has: more than a wide screen has dots.
const perLevel = 480

// widths are the stretches of the levels: a minute, 5, 15, then an hour, 4 hours, 16 and 64.
var widths = [...]time.Duration{
	time.Minute / perLevel, 5 * time.Minute / perLevel, 15 * time.Minute / perLevel,
	time.Hour / perLevel, 4 * time.Hour / perLevel, 16 * time.Hour / perLevel, 64 * time.Hour / perLevel,
}

// Stretch is what came in a stretch of time.
type Stretch struct {
	Start                 time.Time
	N                     int
	Min, Max, First, Last float64
}

type bucket struct {
	at                    int64 // number of the stretch since 1970
	n                     uint32
	min, max, first, last float64
}

// Line is one number over time.
type Line struct {
	Name   string
	N      uint64
	Last   float64
	LastAt time.Time
	since  time.Time
	levels [len(widths)][]bucket
	newest bucket // of the finest level: what has not gone to the levels yet
}

// Add takes a value. What is not a finite number cannot be drawn and is left out; what is older than a level reaches
// is left out of that level.
func (l *Line) Add(at time.Time, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if l.N == 0 || at.Before(l.since) {
		l.since = at
	}
	if !at.Before(l.LastAt) {
		l.Last, l.LastAt = v, at
	}
	l.N++
	number := at.UnixNano() / int64(widths[0])
	if l.newest.n > 0 && l.newest.at != number {
		l.settle()
	}
	l.newest.add(bucket{number, 1, v, v, v, v})
}

// settle takes the newest values to all levels. The stretches of each are made of whole ones of the finest.
func (l *Line) settle() {
	b := l.newest
	if b.n == 0 {
		return
	}
	nanos := b.at * int64(widths[0])
	for i := range l.levels {
		if l.levels[i] == nil {
			l.levels[i] = make([]bucket, perLevel)
		}
		b.at = nanos / int64(widths[i])
		l.levels[i][uint64(b.at)%perLevel].add(b)
	}
	l.newest = bucket{}
}

// add takes the values of another bucket in; a later one takes the place of an earlier one.
func (b *bucket) add(o bucket) {
	switch {
	case b.n == 0 || b.at < o.at:
		*b = o
	case b.at == o.at:
		b.n += o.n
		b.min, b.max, b.last = min(b.min, o.min), max(b.max, o.max), o.last
	}
}

// level is the finest that reaches over a span.
func level(span time.Duration) int {
	for i, w := range widths {
		if span <= w*perLevel {
			return i
		}
	}
	return len(widths) - 1
}

// Between gives what came from one time to another, oldest first, as finely as it is known over that span.
func (l *Line) Between(from, to time.Time) []Stretch {
	l.settle()
	at := level(to.Sub(from))
	buckets, width := l.levels[at], int64(widths[at])
	if buckets == nil {
		return nil
	}
	last := to.UnixNano() / width
	first := max(from.UnixNano()/width, last-perLevel+1)
	var found []Stretch
	for number := first; number <= last; number++ {
		b := &buckets[uint64(number)%perLevel]
		if b.n > 0 && b.at == number {
			found = append(found, Stretch{time.Unix(0, number*width), int(b.n), b.min, b.max, b.first, b.last})
		}
	}
	return found
}
