package mqtt

import (
	"context"
	"sync"

	"hubscope/hub/localhub/core"
)

// sessions keeps the stored sessions, one an identity: in memory for as long as the server lives, and their
// subscriptions in the hub.
type sessions struct {
	hub *core.Hub

	mu     sync.Mutex
	stored map[core.ID]*session
}

// open gives the session for a new connection: with clean an empty one that ends with the connection
// (what was stored is forgotten), else the stored one, and whether there was one [MQTT-3.2.2-2]. A
// session of another generation belonged to an identity of the same name that was deleted since.
func (s *sessions) open(ctx context.Context, id core.ID, generation string, clean bool) (*session, bool, error) {
	if clean {
		return &session{}, false, s.forget(ctx, id)
	}
	if old := s.get(id); old != nil && old.generation == generation {
		return old, true, nil
	}
	saved, found, err := s.hub.StoredSession(id)
	if err != nil {
		return nil, false, err
	}
	fresh := &session{generation: generation, keep: func(ctx context.Context, all []core.Subscription) error {
		return s.hub.StoreSession(ctx, id, all)
	}}
	fresh.restore(saved)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stored == nil {
		s.stored = make(map[core.ID]*session)
	}
	s.stored[id] = fresh
	return fresh, found, nil
}

func (s *sessions) get(id core.ID) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored[id]
}

func (s *sessions) forget(ctx context.Context, id core.ID) error {
	s.mu.Lock()
	delete(s.stored, id)
	s.mu.Unlock()
	_, found, err := s.hub.StoredSession(id)
	if err != nil || !found {
		return err
	}
	return s.hub.ForgetSession(ctx, id)
}
