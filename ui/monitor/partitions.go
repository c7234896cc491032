package monitor

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"hubscope/hub/events"
)

// partitions is what the stream says about itself.
type partitions struct {
	states []partition // in order of their ids
	whole  *partition  // about the hub, while its partitions are not known
	total  int
	some   bool // not all partitions of the hub are read
	ended  bool // the stream has ended by itself
	err    error
}

type partition struct {
	events.PartitionState
	retryAt time.Time
}

// put takes the new state of a partition.
func (p *partitions) put(s events.PartitionState, now time.Time) {
	if s.Total > 0 {
		p.total = s.Total
	}
	next := partition{s, now.Add(s.RetryIn)}
	if s.Partition == "" {
		p.whole = &next
		return
	}
	p.whole = nil
	at, found := slices.BinarySearchFunc(p.states, s.Partition, func(q partition, id string) int { return compareIDs(q.Partition, id) })
	if !found {
		p.states = slices.Insert(p.states, at, next)
		return
	}
	p.states[at] = next
}

// compareIDs puts partition 2 before partition 10.
func compareIDs(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// all gives every state known, that of the hub as a whole when there are no others.
func (p *partitions) all() []partition {
	if p.whole != nil && len(p.states) == 0 {
		return []partition{*p.whole}
	}
	return p.states
}

// count tells how many partitions are in a phase.
func (p *partitions) count(phase events.Phase) (n int) {
	for _, s := range p.states {
		if s.Phase == phase {
			n++
		}
	}
	return n
}

// size is how many partitions are read, 0 while that is not known.
func (p *partitions) size() int {
	if p.some {
		return len(p.states)
	}
	return max(p.total, len(p.states))
}

// has tells whether the hub has a partition, as far as is known: they are numbered from 0. protocol 7.4
func (p *partitions) has(id string) bool {
	n, err := strconv.Atoi(id)
	return p.total == 0 || err == nil && n >= 0 && n < p.total
}

// ids are those of the partitions of the hub, as far as they are known.
func (p *partitions) ids() []string {
	all := make([]string, 0, p.size())
	for n := range p.total {
		all = append(all, strconv.Itoa(n))
	}
	for _, s := range p.states {
		if !slices.Contains(all, s.Partition) {
			all = append(all, s.Partition)
		}
	}
	return all
}

// phaseOf says what a partition does; "" for one that is not read.
func (p *partitions) phaseOf(id string) string {
	for _, s := range p.states {
		if s.Partition == id {
			return s.Phase.String()
		}
	}
	return ""
}

// span names the partitions of the hub.
func (p *partitions) span() string {
	if p.total <= 1 {
		return "one, p0"
	}
	return "p0 to p" + strconv.Itoa(p.total-1)
}

// behind is how many events wait to be read, and the longest time that they span.
func (p *partitions) behind() (n int64, span time.Duration) {
	for _, s := range p.states {
		if s.Phase == events.CatchingUp {
			n += s.Behind
			span = max(span, s.BehindTime)
		}
	}
	return n, span
}

// worst gives the partition with the most pressing news: stopped, retrying, connecting, catching up; nil when all
// are live.
func (p *partitions) worst() *partition {
	var worst *partition
	states := p.all()
	for i := range states {
		if rank(states[i].Phase) > 0 && (worst == nil || rank(states[i].Phase) > rank(worst.Phase)) {
			worst = &states[i]
		}
	}
	return worst
}

func rank(phase events.Phase) int {
	switch phase {
	case events.Stopped:
		return 4
	case events.Retrying:
		return 3
	case events.Connecting:
		return 2
	case events.CatchingUp:
		return 1
	}
	return 0
}

// flowing tells whether events can come from any partition.
func (p *partitions) flowing() bool {
	return p.count(events.Live)+p.count(events.CatchingUp) > 0
}
