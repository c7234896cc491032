package core

import (
	"time"

	"hubscope/hub/sas"
)

// Renew gives the session a new end, after a token was renewed on a living
// connection (protocol 10).
func (s *Session) Renew(p Principal) { s.startExpiry(p.Expiry) }

// startExpiry ends the session when its token ends. A token that is accepted
// within the allowed skew lasts until the end of it.
func (s *Session) startExpiry(expiry time.Time) {
	left, ends := s.left(expiry)
	if !ends {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kick == nil {
		return
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	s.expiry = time.AfterFunc(left, func() {
		s.end(NewError(CodeUnauthorized, "The token of '%s' expired; renew it and reconnect.", s.info.ID))
	})
}

// left is how long the session may last; ends is false for one without end.
func (s *Session) left(expiry time.Time) (left time.Duration, ends bool) {
	if !expiry.IsZero() {
		left, ends = expiry.Sub(s.hub.o.Now()), true
		if left <= 0 {
			left += sas.Skew
		}
	}
	if s.hub.o.Gate == nil {
		return left, ends
	}
	if short := s.hub.o.Gate.Lifetime(s.info.act(OpConnect, 0)); short > 0 && (!ends || short < left) {
		return short, true
	}
	return left, ends
}

func credentialsChanged(id ID) *Error {
	return NewError(CodeUnauthorized, "The keys of '%s' were changed; reconnect with a new one.", id)
}
