package core

import (
	"hash/fnv"
	"sync"
)

// sessions are the live ones, one an identity.
type sessions struct {
	mu     sync.Mutex
	live   map[ID]*Session
	device int64 // how many of them are of devices, not modules
	// changed is told, with mu held, of an identity that is connected or no longer.
	changed func(id ID, connected bool)
	closed  bool
}

// add makes s the session of its identity, and ends an older one.
func (l *sessions) add(s *Session) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return NewError(CodeUnavailable, "The hub is shutting down.")
	}
	if l.live == nil {
		l.live = make(map[ID]*Session)
	}
	older := l.live[s.info.ID]
	l.live[s.info.ID] = s
	if older == nil {
		l.count(s.info.ID, 1)
	}
	l.mu.Unlock()
	if older != nil {
		older.end(NewError(CodeTakenOver, "A new connection of '%s' was made, this one is closed.", s.info.ID))
	}
	return nil
}

// remove tells whether s was the session of its identity until now.
func (l *sessions) remove(s *Session) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live[s.info.ID] != s {
		return false
	}
	delete(l.live, s.info.ID)
	l.count(s.info.ID, -1)
	return true
}

// count is called with mu held, when an identity comes (1) or goes (-1).
func (l *sessions) count(id ID, n int64) {
	if id.Module == "" {
		l.device += n
	}
	if l.changed != nil {
		l.changed(id, n > 0)
	}
}

func (l *sessions) get(id ID) *Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live[id]
}

func (l *sessions) devices() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.device
}

// end ends the session of id, if there is one.
func (l *sessions) end(id ID, reason *Error) {
	if s := l.get(id); s != nil {
		s.end(reason)
	}
}

// endModules ends the sessions of a device's modules.
func (l *sessions) endModules(device string, reason *Error) {
	l.each(func(s *Session) {
		if s.info.ID.Device == device && s.info.ID.Module != "" {
			s.end(reason)
		}
	})
}

// each calls visit for all sessions of now.
func (l *sessions) each(visit func(*Session)) {
	l.mu.Lock()
	all := make([]*Session, 0, len(l.live))
	for _, s := range l.live {
		all = append(all, s)
	}
	l.mu.Unlock()
	for _, s := range all {
		visit(s)
	}
}

// close ends all sessions and lets no new ones start.
func (l *sessions) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.each(func(s *Session) { s.end(NewError(CodeUnavailable, "The hub is shutting down.")) })
}

// endOutdated ends a session that its identity no longer allows.
func (h *Hub) endOutdated(id ID, before, after *identity) {
	s := h.sessions.get(id)
	switch {
	case s == nil:
	case after.Disabled:
		s.end(disabledError(id))
	case s.info.Principal.Policy == "" && !after.sameCredentials(before):
		s.end(credentialsChanged(id))
	}
}

// partitionOf spreads devices over partitions; a device stays in its own, so
// that its events keep their order.
func partitionOf(deviceID string, partitions int) int {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(deviceID))
	// FNV's low bits alone are not well mixed.
	sum := hash.Sum32()
	return int((uint64(sum) * 0x9E3779B97F4A7C15 >> 33) % uint64(partitions))
}
