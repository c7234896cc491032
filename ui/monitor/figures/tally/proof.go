package tally

// Proof tells what became of the messages of a device that numbers them.
type Proof struct {
	Run     string // the newest one
	Runs    int    // that were seen
	Last    uint64 // number of the newest message of that run
	Seen    uint64 // different messages
	Missing uint64 // between those that were seen
	Twice   uint64
	Late    uint64 // that came after one with a higher number
	Old     uint64 // that came so late that it cannot be told whether they came twice
	Delay   Latencies

	runs []*run
	past counts // of runs that are no longer followed
}

type counts struct{ seen, missing, twice, late, old uint64 }

const (
	// window is how many numbers of a run are remembered one by one.
	window = 4096
	// maxRuns is how many runs of a device are followed at once: the last messages of one can come after the first of
	// the next.
	maxRuns = 3
)

// run is one run of a device: its numbers as a window that slides.
type run struct {
	counts
	id        string
	base, top uint64
	bits      [window / 64]uint64
}

func (p *Proof) add(id string, number uint64) {
	r := p.follow(id)
	r.add(number)
	p.Run, p.Last = r.id, r.top
	p.sum()
}

// follow finds a run, or begins one; the one that has been silent longest gives way.
func (p *Proof) follow(id string) *run {
	last := len(p.runs) - 1
	for i := last; i >= 0; i-- {
		if r := p.runs[i]; r.id == id {
			if i != last {
				copy(p.runs[i:], p.runs[i+1:])
				p.runs[last] = r
			}
			return r
		}
	}
	if len(p.runs) >= maxRuns {
		p.past.take(&p.runs[0].counts)
		p.runs = append(p.runs[:0], p.runs[1:]...)
	}
	r := &run{id: id}
	p.runs = append(p.runs, r)
	p.Runs++
	return r
}

// sum brings the figures up to date.
func (p *Proof) sum() {
	all := p.past
	for _, r := range p.runs {
		all.take(&r.counts)
	}
	p.Seen, p.Missing, p.Twice, p.Late, p.Old = all.seen, all.missing, all.twice, all.late, all.old
}

func (c *counts) take(o *counts) {
	c.seen += o.seen
	c.missing += o.missing
	c.twice += o.twice
	c.late += o.late
	c.old += o.old
}

func (r *run) add(n uint64) {
	switch {
	case r.seen == 0:
		r.base, r.top = n, n
	case n > r.top:
		r.advance(n)
	case r.top-n >= window:
		r.old++
		return
	case r.has(n):
		r.twice++
		return
	default:
		r.late++
		r.base = min(r.base, n)
	}
	r.bits[n%window/64] |= 1 << (n % 64)
	r.seen++
	r.missing = r.top - r.base + 1 - r.seen
}

func (r *run) has(n uint64) bool { return r.bits[n%window/64]&(1<<(n%64)) != 0 }

// advance makes n the top: the numbers between have not been seen.
func (r *run) advance(n uint64) {
	if n-r.top >= window {
		clear(r.bits[:])
	} else {
		for m := r.top + 1; m <= n; m++ {
			r.bits[m%window/64] &^= 1 << (m % 64)
		}
	}
	r.top = n
}
