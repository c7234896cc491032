package sim

import (
	"sync"
	"time"
)

// meterSeconds is over how many whole seconds a meter gives the rate.
const meterSeconds = 5

// meter tells how much comes in a second. The zero value is ready.
type meter struct {
	mu      sync.Mutex
	seconds [meterSeconds + 1]uint64 // guarded by mu: by second, in a ring
	current int64                    // guarded by mu
	began   int64                    // guarded by mu: the second of the first add
}

func (m *meter) add(n uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.advance(time.Now().Unix())
	if m.began == 0 {
		m.began = m.current
	}
	m.seconds[m.current%int64(len(m.seconds))] += n
}

// advance empties the seconds that have passed with nothing.
func (m *meter) advance(second int64) {
	for from := max(m.current, second-int64(len(m.seconds))); from < second; from++ {
		m.seconds[(from+1)%int64(len(m.seconds))] = 0
	}
	m.current = max(m.current, second)
}

// rate is that of the last whole seconds.
func (m *meter) rate() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.advance(time.Now().Unix())
	over := min(meterSeconds, m.current-m.began)
	if m.began == 0 || over == 0 {
		return 0
	}
	var sum uint64
	for i := range over {
		sum += m.seconds[(m.current-1-i)%int64(len(m.seconds))]
	}
	return float64(sum) / float64(over)
}
