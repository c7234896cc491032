package sim

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that grow with them: eight to each power of two of
// microseconds, so that a quantile is off by at most an eighth. It holds only the buckets between the least and the
// greatest that it has seen: some hundred bytes for round trips, 1 kB at most.
type histogram struct {
	counts []uint32 // from bucket first on
	first  int
	total  uint64
}

const (
	stepBits = 3
	steps    = 1 << stepBits
	powers   = 29 // 2^29 µs is nine minutes
	buckets  = (powers - stepBits + 1) * steps
)

func (h *histogram) add(d time.Duration) {
	b := bucketOf(d)
	h.cover(b, b)
	h.counts[b-h.first]++
	h.total++
}

// merge adds all that another one has counted.
func (h *histogram) merge(o *histogram) {
	if o.total == 0 {
		return
	}
	h.cover(o.first, o.first+len(o.counts)-1)
	for i, n := range o.counts {
		h.counts[o.first+i-h.first] += n
	}
	h.total += o.total
}

// cover makes room for the buckets from low to high, whole powers of two at a time.
func (h *histogram) cover(low, high int) {
	end := h.first + len(h.counts)
	if len(h.counts) > 0 && low >= h.first && high < end {
		return
	}
	low, high = low/steps*steps, high/steps*steps+steps
	if len(h.counts) > 0 {
		low, high = min(low, h.first), max(high, end)
	}
	counts := make([]uint32, high-low)
	if len(h.counts) > 0 {
		copy(counts[h.first-low:], h.counts)
	}
	h.counts, h.first = counts, low
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
			return middle(h.first + i)
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
