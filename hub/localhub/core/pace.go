package core

import (
	"sync"
	"time"
)

// pace lets batches of feedback go when they are full, else one in a while.
type pace struct {
	mu     sync.Mutex
	last   time.Time // of the last batch
	timer  *time.Timer
	closed bool
}

// claim tells whether a batch may go now. If not, later is called when the next
// one may.
func (p *pace) claim(now time.Time, full bool, later func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := feedbackInterval - now.Sub(p.last)
	switch {
	case p.closed:
		return false
	case full || p.last.IsZero() || left <= 0:
		p.last = now
		return true
	case p.timer == nil:
		p.timer = time.AfterFunc(left, func() {
			p.mu.Lock()
			p.timer = nil
			p.mu.Unlock()
			later()
		})
	}
	return false
}

func (p *pace) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
}

// listeners are functions to be told of something.
type listeners struct {
	mu   sync.Mutex
	last int
	all  map[int]func()
}

// add tells fn at once, and then until stop is called.
func (l *listeners) add(fn func()) (stop func()) {
	l.mu.Lock()
	if l.all == nil {
		l.all = make(map[int]func())
	}
	l.last++
	n := l.last
	l.all[n] = fn
	l.mu.Unlock()
	fn()
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, n)
	}
}

func (l *listeners) tell() {
	l.mu.Lock()
	all := make([]func(), 0, len(l.all))
	for _, fn := range l.all {
		all = append(all, fn)
	}
	l.mu.Unlock()
	for _, fn := range all {
		fn()
	}
}
