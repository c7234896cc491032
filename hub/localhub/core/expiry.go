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
	if expiry.IsZero() {
		return
	}
	left := expiry.Sub(s.hub.o.Now())
	if left <= 0 {
		left += sas.Skew
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

func credentialsChanged(id ID) *Error {
	return NewError(CodeUnauthorized, "The keys of '%s' were changed; reconnect with a new one.", id)
}
