package amqp

import (
	"strings"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// claim is a principal and when what it was granted ends.
type claim struct {
	core.Principal
	ends  time.Time   // zero = never
	token secret.Text // zero for the key of a policy and for a certificate
}

func (c claim) over(now time.Time) bool { return !c.ends.IsZero() && !now.Before(c.ends) }

// claims are what the peer of a connection may do. A new token for an audience
// replaces the old one (protocol 10). Guarded by the connection's mutex.
type claims struct {
	whole      *claim // by SASL PLAIN, for all of the connection
	byAudience map[string]claim
	next       time.Time // when to look for claims that have ended; zero = never
}

// need is what a link was allowed by; it is asked again when a token expires.
type need struct {
	rights core.Rights
	path   string
}

// put stores the principal of a token, or of a certificate when that is empty;
// false when there are too many (403005).
func (c *claims) put(audience, token string, p core.Principal, now time.Time) bool {
	key := strings.ToLower(audience)
	if _, renewed := c.byAudience[key]; !renewed && len(c.byAudience) >= maxClaims {
		return false
	}
	if c.byAudience == nil {
		c.byAudience = map[string]claim{}
	}
	taken := newClaim(p, token, now)
	c.byAudience[key] = taken
	c.note(taken.ends)
	return true
}

// putWhole stores the principal of a password: a token, or a key when that is
// empty.
func (c *claims) putWhole(token string, p core.Principal, now time.Time) {
	taken := newClaim(p, token, now)
	c.whole = &taken
	c.note(taken.ends)
}

func newClaim(p core.Principal, token string, now time.Time) claim {
	c := claim{Principal: p, ends: endOf(p, now)}
	if token != "" {
		c.token = secret.New(token)
	}
	return c
}

// endOf is when a token ends: one that came in time when it says, one that was
// taken by the allowed skew of clocks at the end of that (protocol 1.2).
func endOf(p core.Principal, now time.Time) time.Time {
	if p.Expiry.IsZero() || p.Expiry.After(now) {
		return p.Expiry
	}
	return p.Expiry.Add(sas.Skew)
}

func (c *claims) allow(n need) bool {
	_, ok := c.find(n)
	return ok
}

// find returns the claim that allows what a link needs.
func (c *claims) find(n need) (claim, bool) {
	if c.whole != nil && c.whole.Allows(n.rights, n.path) {
		return *c.whole, true
	}
	for _, p := range c.byAudience {
		if p.Allows(n.rights, n.path) {
			return p, true
		}
	}
	return claim{}, false
}

// nextExpiry is how long until a claim may end; 0 = none does.
func (c *claims) nextExpiry(now time.Time) time.Duration {
	if c.next.IsZero() {
		return 0
	}
	return max(c.next.Sub(now), time.Millisecond)
}

// note brings the next look at the claims forward to t.
func (c *claims) note(t time.Time) {
	if !t.IsZero() && (c.next.IsZero() || t.Before(c.next)) {
		c.next = t
	}
}

// expire drops what has ended by now, and tells whether it was the claim of
// the whole connection.
func (c *claims) expire(now time.Time) (whole bool) {
	c.next = time.Time{}
	for key, p := range c.byAudience {
		if p.over(now) {
			delete(c.byAudience, key)
			continue
		}
		c.note(p.ends)
	}
	if c.whole == nil {
		return false
	}
	if c.whole.over(now) {
		c.whole = nil
		return true
	}
	c.note(c.whole.ends)
	return false
}

// expireClaims ends what expired tokens had allowed: the connection of a
// password, the links of a token that was not renewed (protocol 6.1).
func (c *conn) expireClaims() {
	c.mu.Lock()
	whole := c.claims.expire(c.srv.o.Now())
	var lost []*link
	for _, s := range c.sessions {
		lost = append(lost, s.lostLocked()...)
	}
	c.mu.Unlock()
	if whole {
		c.closeWith(fault(condUnauthorized, "The token of the connection has expired."))
		return
	}
	for _, l := range lost {
		l.fail(fault(condUnauthorized, "The token that allowed the link to '%s' has expired.", l.address.text))
	}
}
