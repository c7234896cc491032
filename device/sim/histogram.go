package sim

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that grow with them: eight to each power of two of
// microseconds, so that a quantile is off by at most an eighth. It is 1 kB whatever it has seen.
type histogram struct {
	counts [buckets]uint32
	total  uint64
}

const (
	stepBits = 3
	steps    = 1 << stepBits
	powers   = 29 // 2^29 µs is nine minutes
	buckets  = (powers - stepBits + 1) * steps
)

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.total++
}

func bucketOf(d time.Duration) int {
	us := uint64(max(d.Microseconds(), 0))
	if us < steps {
		return int(us)
	}
	power := bits.Len64(us) - 1 - stepBits
	return min(power*steps+int(us>>power), buckets-1)
}

// quantile gives the middle of the bucket in which the q-th part (0 to 1) of what was added ends.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q * float64(h.total-1))
	var seen uint64
	for i, n := range h.counts {
		seen += uint64(n)
		if seen > rank {
			return middle(i)
		}
	}
	return middle(buckets - 1)
}

func middle(bucket int) time.Duration {
	if bucket < steps {
		return time.Duration(bucket)*time.Microsecond + time.Microsecond/2
	}
	power := bucket/steps - 1
	low := uint64(steps+bucket%steps) << power
	return time.Duration(low)*time.Microsecond + time.Microsecond<<power/2
}
