package amqp

import (
	"time"

	"hubscope/hub/localhub/core"
)

// looks is how many times an idle link is looked at before it is detached.
const looks = 6

// mayIdle tells whether the link ends when nothing happens on it. The reference
// knows this of services (protocol 7.7). $cbs is spared: the Node SDK renews its
// token each 45 minutes.
func (l *link) mayIdle() bool { return l.need != nil && l.need.rights == core.ServiceConnect }

// expectIdleLocked has the writer look at the links from time to time.
func (l *link) expectIdleLocked() {
	l.active = true
	if c := l.s.c; l.mayIdle() && c.nextLook.IsZero() {
		c.nextLook = time.Now().Add(c.srv.o.LinkIdle / looks)
		c.wakeWriter()
	}
}

// untilLookLocked is how long until the next look; 0 = there is none.
func (c *conn) untilLookLocked() time.Duration {
	if c.nextLook.IsZero() {
		return 0
	}
	return max(time.Until(c.nextLook), time.Millisecond)
}

// endIdleLinks detaches the links on which nothing has happened for too long.
func (c *conn) endIdleLinks() {
	c.mu.Lock()
	c.nextLook = time.Time{}
	var idle []*link
	for _, s := range c.sessions {
		for _, e := range s.links {
			l := e.base()
			if l.detached || !l.mayIdle() {
				continue
			}
			c.nextLook = time.Now().Add(c.srv.o.LinkIdle / looks)
			if l.quietLocked(e) {
				idle = append(idle, l)
			}
		}
	}
	c.mu.Unlock()
	for _, l := range idle {
		l.fail(fault(condDetachForced, "The link '%s' is force detached by the broker because it was idle for %s.", l.asked.Name, c.srv.o.LinkIdle))
	}
}

// quietLocked counts a look at a link, and tells whether it was the last. A peer
// that has granted credit is waiting, not idle.
func (l *link) quietLocked(e endpoint) bool {
	if s, ok := e.(*sender); ok && s.credit > 0 {
		l.active = true
	}
	if l.active {
		l.active, l.quiet = false, 0
		return false
	}
	l.quiet++
	return l.quiet >= looks
}
