package amqp

import (
	"context"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// link is what sender and receiver have in common.
type link struct {
	s       *session
	handle  uint32
	asked   *frame.Attach // never changed
	address address       // of the node
	node    node

	// release is set by the node: it is called once, without any lock, when
	// the link has ended, and must not block.
	release func()
	// need is set by authorize.
	need *need

	ctx    context.Context // ends with the link
	cancel context.CancelFunc

	active   bool         // something happened since the last look; guarded by c.mu
	quiet    int          // looks at which nothing had happened; guarded by c.mu
	attached bool         // the attach was answered; guarded by c.mu
	detached bool         // the link has ended; guarded by c.mu
	doomed   *frame.Error // why it ended before it was attached; guarded by c.mu
}

func (l *link) base() *link { return l }

// authorize checks that the peer's tokens allow rights on path, and has the
// link ended when they no longer do.
func (l *link) authorize(rights core.Rights, path string) error {
	c := l.s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	l.need = &need{rights, path}
	if c.claims.allow(*l.need) {
		return nil
	}
	return fault(condUnauthorized, "Unauthorized access. '%s' claim(s) are required to perform this operation. Resource: 'sb://%s/%s'.",
		claimName(rights), c.srv.o.Host, path)
}

// claimName is how Event Hubs calls a right (protocol 1.3).
func claimName(r core.Rights) string {
	if r == core.ServiceConnect {
		return "Listen"
	}
	return r.String()
}

// hasEnded tells whether the link has ended.
func (l *link) hasEnded() bool {
	l.s.c.mu.Lock()
	defer l.s.c.mu.Unlock()
	return l.detached
}

// property returns a link property that the peer gave.
func (l *link) property(name string) (any, bool) { return l.asked.Properties.Get(name) }

// fail ends the link with an error. It may be called from any goroutine, more
// than once, and before the link is attached.
func (l *link) fail(reason *frame.Error) {
	c := l.s.c
	c.mu.Lock()
	if l.detached || l.s.ending {
		c.mu.Unlock()
		return
	}
	if !l.attached {
		if l.doomed == nil {
			l.doomed = reason
		}
		c.mu.Unlock()
		return
	}
	release := l.detachLocked(reason)
	c.mu.Unlock()
	for _, f := range release {
		f()
	}
}

// detachLocked sends a detach; the handle stays taken until the peer answers.
func (l *link) detachLocked(reason *frame.Error) []func() {
	l.s.c.sendLocked(l.s.channel, &frame.Detach{Handle: l.handle, Closed: true, Error: reason})
	return l.dropLocked(l.s.links[l.handle])
}

// dropLocked marks the link as ended and returns what must be called without
// the mutex.
func (l *link) dropLocked(e endpoint) []func() {
	if l.detached {
		return nil
	}
	l.detached = true
	l.cancel()
	var release []func()
	if e != nil {
		release = e.dropLocked()
	}
	if l.release != nil {
		release = append(release, l.release)
	}
	return release
}

// onDetach answers the peer's detach, or takes it as the answer to ours. When
// both detach at once some clients send a second one: it does no harm.
func (s *session) onDetach(d *frame.Detach) {
	c := s.c
	c.mu.Lock()
	e, ok := s.links[d.Handle]
	if !ok {
		c.mu.Unlock()
		return
	}
	l := e.base()
	if !l.detached {
		c.sendLocked(s.channel, &frame.Detach{Handle: d.Handle, Closed: d.Closed})
	}
	release := l.dropLocked(e)
	delete(s.links, d.Handle)
	c.links--
	c.mu.Unlock()
	for _, f := range release {
		f()
	}
}
