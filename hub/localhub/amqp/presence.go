package amqp

import (
	"errors"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// presence is a device or module on a connection: the session that all of its
// links there share. It begins with the first link and ends with the last one,
// or when the hub ends the session. One connection may carry many (protocol 5.1).
type presence struct {
	c       *conn
	id      core.ID
	session *core.Session // set before a link can find the presence

	c2d, methods, twin seat
	calls              calls

	links map[*link]struct{} // guarded by c.mu
	ended *frame.Error       // why the hub ended the session; guarded by c.mu
}

// maxDeviceLinks bounds the links of a device on a connection, and with them what
// it can have under way. The SDKs use six.
const maxDeviceLinks = 32

const (
	protocolName    = "amqp"
	modelIDProperty = "com.microsoft:model-id"
)

// enter makes a link one of the identity in its address, and starts the session
// with the first. Only the goroutine that reads the connection enters links.
func (l *link) enter() (*presence, error) {
	id, ok := l.address.identity()
	if !ok {
		return nil, entityNotFound(l.address.text)
	}
	l.need = &need{core.DeviceConnect, id.Path()}
	if d, err := l.s.c.joinPresence(id, l); d != nil || err != nil {
		return d, err
	}
	principal, err := l.proof(id)
	if err != nil {
		return nil, err
	}
	return l.s.c.newPresence(l, core.SessionInfo{
		ID: id, Principal: principal, Protocol: protocolName, Remote: l.s.c.nc.RemoteAddr().String(), ModelID: l.text(modelIDProperty),
	})
}

// text is a link property that is text, or "".
func (l *link) text(property string) string {
	v, _ := l.property(property)
	s, _ := frame.Text(v)
	return s
}

// joinPresence adds a link to the presence of an identity, if it is there and
// the peer may still speak for it.
func (c *conn) joinPresence(id core.ID, l *link) (*presence, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.devices[id]
	if d == nil || !c.claims.allow(*l.need) {
		return nil, nil
	}
	if len(d.links) >= maxDeviceLinks {
		return nil, fault(condLimit, "More than %d links of '%s'.", maxDeviceLinks, id)
	}
	d.links[l] = struct{}{}
	l.release = func() { d.leave(l) }
	return d, nil
}

func (c *conn) newPresence(l *link, info core.SessionInfo) (*presence, error) {
	d := &presence{c: c, id: info.ID, links: map[*link]struct{}{l: {}}}
	session, err := c.srv.hub.Connect(c.ctx, info, d.kicked)
	if err != nil {
		return nil, deviceFault(err)
	}
	d.session = session
	c.mu.Lock()
	ended := d.ended
	if ended == nil {
		c.devices[d.id] = d
	}
	c.mu.Unlock()
	if ended != nil {
		session.Close()
		return nil, ended
	}
	l.release = func() { d.leave(l) }
	return d, nil
}

// leave takes a link out; the session ends with the last one.
func (d *presence) leave(l *link) {
	d.c.mu.Lock()
	delete(d.links, l)
	last := len(d.links) == 0
	if last && d.c.devices[d.id] == d {
		delete(d.c.devices, d.id)
	}
	d.c.mu.Unlock()
	if last {
		d.session.Close()
	}
}

// kicked ends the links when the hub ended the session: the peer may carry other
// devices on the connection. One that was opened with the device's own password
// ends as a whole.
func (d *presence) kicked(reason error) {
	why := deviceFault(reason)
	c := d.c
	c.mu.Lock()
	d.ended = why
	if c.devices[d.id] == d {
		delete(c.devices, d.id)
	}
	links := make([]*link, 0, len(d.links))
	for l := range d.links {
		links = append(links, l)
	}
	dropped := errors.Is(reason, errDropped) && len(c.devices) == 0
	own := c.claims.whole != nil && c.claims.whole.ID == d.id
	c.mu.Unlock()
	if dropped {
		_ = c.nc.Close() // without a word, as a fault wants it
	}
	for _, l := range links {
		l.fail(why)
	}
	if own {
		c.closeWith(why)
	}
}

// errDropped is the end of a session by a fault on demand.
var errDropped = &core.Error{Code: core.CodeDropped}

// deviceFault words why a device is refused or thrown out. Of the codes without
// an AMQP condition in the service's table, take-over is the stealing of a link,
// and a disabled device is unauthorized, as a device learns it on $cbs.
func deviceFault(err error) *frame.Error {
	f := asFault(err)
	switch {
	case errors.Is(err, &core.Error{Code: core.CodeTakenOver}):
		f.Condition = condStolen
	case errors.Is(err, errDropped):
		f.Condition = condDetachForced
	case errors.Is(err, &core.Error{Code: core.CodeDeviceDisabled}):
		f.Condition = condUnauthorized
	}
	return f
}

// proof is who the peer is when it speaks for an identity. Tokens are looked at
// again: keys may have changed since they came. Without one the certificate of
// the TLS connection counts.
func (l *link) proof(id core.ID) (core.Principal, error) {
	c := l.s.c
	c.mu.Lock()
	have, ok := c.claims.find(*l.need)
	c.mu.Unlock()
	switch {
	case ok && !have.token.IsZero():
		p, err := c.srv.hub.Authenticate(have.token.Reveal())
		if err != nil {
			return p, deviceFault(err)
		}
		return p, nil
	case ok && have.Policy != "":
		return have.Principal, nil
	}
	return l.proofByCertificate(id)
}

func (l *link) proofByCertificate(id core.ID) (core.Principal, error) {
	c := l.s.c
	chain := c.certificates()
	if len(chain) == 0 {
		return core.Principal{}, l.authorize(core.DeviceConnect, id.Path())
	}
	p, err := c.srv.hub.AuthenticateCertificate(chain, id)
	if err != nil {
		return p, deviceFault(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.claims.put("certificate "+id.Path(), "", p, c.srv.o.Now()) {
		return p, fault(condLimit, "More than %d identities on a connection.", maxClaims)
	}
	return p, nil
}

// renewSessions gives the sessions that a new token speaks for its end
// (protocol 10).
func (c *conn) renewSessions(p core.Principal) {
	var renewed []*core.Session
	c.mu.Lock()
	for id, d := range c.devices {
		if p.Allows(core.DeviceConnect, id.Path()) {
			renewed = append(renewed, d.session)
		}
	}
	c.mu.Unlock()
	for _, s := range renewed {
		s.Renew(p)
	}
}
