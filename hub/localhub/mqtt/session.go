package mqtt

import (
	"slices"
	"sync"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// maxFilters is how many filters a device may subscribe to at a time: "five topics" says the
// documentation; what happens to the sixth is UNCONFIRMED in protocol 4.1, here it is not granted.
const maxFilters = 5

// grant is a subscription: a filter as it was written, taken apart, and its QoS.
type grant struct {
	text   string
	filter topic.Filter
	qos    byte
}

// session is what a device has subscribed to. With clean session 0 it outlives the connection. It is safe
// for concurrent use.
type session struct {
	generation string // of the identity; does not change

	mu     sync.Mutex
	grants []grant
}

// add grants a filter, in place of an equal one. It tells whether there was room.
func (s *session) add(g grant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(g.text); i >= 0 {
		s.grants[i] = g
		return true
	}
	if len(s.grants) >= maxFilters {
		return false
	}
	s.grants = append(s.grants, g)
	return true
}

func (s *session) remove(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(text); i >= 0 {
		s.grants = slices.Delete(s.grants, i, i+1)
	}
}

func (s *session) index(text string) int {
	return slices.IndexFunc(s.grants, func(g grant) bool { return g.text == text })
}

// has tells whether a filter of this kind is granted.
func (s *session) has(kind topic.FilterKind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.grants, func(g grant) bool { return g.filter.Kind == kind })
}

func (s *session) all() []grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.grants)
}

// sessions keeps the stored sessions, one an identity, for as long as the server lives.
type sessions struct {
	mu     sync.Mutex
	stored map[core.ID]*session
}

// open gives the session for a new connection: with clean an empty one that ends with the connection
// (what was stored is forgotten), else the stored one, and whether there was one [MQTT-3.2.2-2]. A
// session of another generation belonged to an identity of the same name that was deleted since.
func (s *sessions) open(id core.ID, generation string, clean bool) (*session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if clean {
		delete(s.stored, id)
		return &session{}, false
	}
	if old, ok := s.stored[id]; ok && old.generation == generation {
		return old, true
	}
	if s.stored == nil {
		s.stored = make(map[core.ID]*session)
	}
	fresh := &session{generation: generation}
	s.stored[id] = fresh
	return fresh, false
}
