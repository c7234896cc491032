package tally

import (
	"math/bits"
	"time"
)

// Latencies tells how late events were over the last 30 to 60 seconds. The zero value is empty. Quantiles are right to
// about an eighth, from a quarter of a millisecond to an hour.
type Latencies struct {
	now, before *histogram // nil: empty
}

// Each power of two has four classes; those below the least latency are one.
const (
	classes     = 4 * octaves
	octaves     = 24
	resolution  = 8 // bits of a microsecond that are not told apart
	latencyTerm = 30 * time.Second
)

type histogram struct {
	n       uint32
	buckets [classes]uint32
}

func classOf(d time.Duration) int {
	units := uint64(max(0, d.Microseconds())) >> resolution
	if units < 4 {
		return int(units)
	}
	octave := bits.Len64(units) - 3
	return min(4*(octave+1)+int(units>>octave)&3, classes-1)
}

// middle is the latency that stands for a class.
func middle(class int) time.Duration {
	least, width := float64(class), 1.0
	if class >= 4 {
		octave := class/4 - 1
		width = float64(uint64(1) << octave)
		least = float64(4+class%4) * width
	}
	return time.Duration((least+width/2)*float64(uint64(1)<<resolution)) * time.Microsecond
}

func (l *Latencies) add(d time.Duration) {
	if l.now == nil {
		l.now = &histogram{}
	}
	l.now.n++
	l.now.buckets[classOf(d)]++
}

// turn ends a term: what is older than two is forgotten.
func (l *Latencies) turn() { l.now, l.before = nil, l.now }

// Any tells whether there was anything to measure of late.
func (l *Latencies) Any() bool { return l.now != nil || l.before != nil }

// Quantile gives the latency that a part q of the events did not exceed; 0 when there is none.
func (l *Latencies) Quantile(q float64) time.Duration {
	var n uint32
	both := [2]*histogram{l.now, l.before}
	for _, h := range both {
		if h != nil {
			n += h.n
		}
	}
	if n == 0 {
		return 0
	}
	wanted := max(1, uint32(q*float64(n)+0.5))
	for class, sum := 0, uint32(0); class < classes; class++ {
		for _, h := range both {
			if h != nil {
				sum += h.buckets[class]
			}
		}
		if sum >= wanted {
			return middle(class)
		}
	}
	return middle(classes - 1)
}
