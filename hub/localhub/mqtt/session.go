package mqtt

import (
	"context"
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

// session is what a device has subscribed to and not acknowledged. With clean session 0 it outlives the
// connection; its subscriptions outlive the server as well. It is safe for concurrent use.
type session struct {
	generation string  // of the identity; does not change
	keep       keeping // nil with clean session 1; does not change
	saving     sync.Mutex

	mu       sync.Mutex
	grants   []grant
	unacked  map[uint16]unacked // by packet identifier
	packetID uint16             // the last one given
}

// keeping makes the subscriptions of one session durable.
type keeping func(context.Context, []core.Subscription) error

// save makes the subscriptions of a stored session durable.
func (s *session) save(ctx context.Context) error {
	if s.keep == nil {
		return nil
	}
	s.saving.Lock() // the newest is written last
	defer s.saving.Unlock()
	var all []core.Subscription
	for _, g := range s.all() {
		all = append(all, core.Subscription{Filter: g.text, QoS: g.qos})
	}
	return s.keep(ctx, all)
}

// restore takes subscriptions as they were saved.
func (s *session) restore(saved []core.Subscription) {
	for _, sub := range saved {
		if filter, err := topic.ParseFilter(sub.Filter); err == nil {
			s.add(grant{sub.Filter, filter, sub.QoS})
		}
	}
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

// remove takes a filter back, if it was granted.
func (s *session) remove(text string) (grant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(text)
	if i < 0 {
		return grant{}, false
	}
	g := s.grants[i]
	s.grants = slices.Delete(s.grants, i, i+1)
	return g, true
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

// names are those that the granted filters of this kind let pass: none when one of
// them lets all pass, or when there is no such filter.
func (s *session) names(kind topic.FilterKind) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, g := range s.grants {
		switch {
		case g.filter.Kind != kind:
		case g.filter.Name == "":
			return nil
		default:
			names = append(names, g.filter.Name)
		}
	}
	return names
}

// forMessages is a granted filter for messages from the cloud.
func (s *session) forMessages() (grant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		switch g.filter.Kind {
		case topic.DeviceBoundFilter, topic.ModuleInputFilter, topic.EverythingBoundToModule:
			return g, true
		}
	}
	return grant{}, false
}

func (s *session) all() []grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.grants)
}
