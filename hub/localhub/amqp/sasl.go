package amqp

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"strings"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// The mechanisms of protocol 6.1. MSSBCBS is uAMQP's way to say that a token
// follows on $cbs.
const (
	mechCBS       = "MSSBCBS"
	mechPlain     = "PLAIN"
	mechAnonymous = "ANONYMOUS"
	mechExternal  = "EXTERNAL"
)

// sasl does the SASL exchange, until the outcome was sent.
func (c *conn) sasl() error {
	c.sendSASL(&frame.Mechanisms{Names: []frame.Symbol{mechCBS, mechPlain, mechAnonymous, mechExternal}})
	f, err := c.in.Next()
	if err != nil {
		return err
	}
	if f.Kind != frame.KindSASL {
		return &frame.MalformedError{Reason: "AMQP frame in the SASL exchange"}
	}
	p, _, err := frame.Decode(f.Body)
	if err != nil {
		return err
	}
	init, ok := p.(*frame.Init)
	if !ok {
		return &frame.MalformedError{Reason: "SASL frame that is not sasl-init"}
	}
	if err := c.authenticate(init); err != nil {
		c.log.Info("AMQP connection refused", "mechanism", init.Mechanism, "reason", err.Error())
		c.sendSASL(&frame.Outcome{Code: frame.SASLAuth})
		return asFault(err)
	}
	c.sendSASL(&frame.Outcome{Code: frame.SASLOK})
	return nil
}

func (c *conn) sendSASL(p frame.Performative) {
	c.sendRaw(frame.Append(nil, frame.KindSASL, 0, p, nil))
}

// authenticate decides on a sasl-init. ANONYMOUS and MSSBCBS grant nothing;
// what the initial response of ANONYMOUS says does not matter (7.2, 7.3).
func (c *conn) authenticate(init *frame.Init) error {
	switch init.Mechanism {
	case mechAnonymous, mechCBS:
		return nil
	case mechPlain:
		return c.plain(init.Response)
	case mechExternal:
		return c.external()
	}
	return core.NewError(core.CodeUnauthorized, "The SASL mechanism is not supported.")
}

// external takes a connection with a client certificate. Whom it speaks for is
// decided by the device links; it grants nothing to a service.
func (c *conn) external() error {
	if len(c.certificates()) > 0 {
		return nil
	}
	return core.NewError(core.CodeUnauthorized, "The connection has no client certificate.")
}

// certificates is what the client showed in the TLS handshake, which is done
// when the first bytes have come; empty when it showed nothing.
func (c *conn) certificates() []*x509.Certificate {
	if t, ok := c.nc.(interface{ ConnectionState() tls.ConnectionState }); ok {
		return t.ConnectionState().PeerCertificates
	}
	return nil
}

// plain checks a user and its password: a policy or an identity with a SAS
// token, or a policy with its key (protocol 5.1, 6.1, 6.6).
func (c *conn) plain(response []byte) error {
	parts := bytes.Split(response, []byte{0})
	if len(parts) != 3 {
		return core.NewError(core.CodeUnauthorized, "The SASL PLAIN response is not of the form authzid, user, password.")
	}
	user, password := string(parts[1]), string(parts[2])
	p, err := c.checkPassword(user, password)
	if err != nil {
		return err
	}
	token := password
	if !strings.HasPrefix(password, tokenPrefix) {
		token = "" // a key
	}
	p = c.shorten(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claims.putWhole(token, p, c.srv.o.Now())
	return nil
}

const tokenPrefix = "SharedAccessSignature "

func (c *conn) checkPassword(user, password string) (core.Principal, error) {
	hub := c.srv.hub
	if !strings.HasPrefix(password, tokenPrefix) {
		policy, _, _ := strings.Cut(user, "@sas.")
		return hub.PolicyKeyCheck(policy, password)
	}
	p, err := hub.Authenticate(password)
	if err != nil {
		return core.Principal{}, err
	}
	if !speaksFor(p, user, hub) {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "The user name does not belong to the token.")
	}
	return p, nil
}

// speaksFor tells whether user is a name of p: {policy}@sas.root.{hub},
// {device}@sas.{hub}, {device}/{module}@sas.{hub}, or the policy alone. An id
// may hold an "@".
func speaksFor(p core.Principal, user string, hub backend) bool {
	name, host := user, ""
	if i := strings.LastIndex(user, "@sas."); i >= 0 {
		name, host = user[:i], user[i+len("@sas."):]
	}
	host, root := strings.CutPrefix(host, "root.")
	if host != "" && !isHubName(hub, host) {
		return false
	}
	if root || host == "" || p.Policy != "" && p.ID.Device == "" && strings.EqualFold(name, p.Policy) {
		return strings.EqualFold(name, p.Policy)
	}
	identity := p.ID.Device
	if p.ID.Module != "" {
		identity += "/" + p.ID.Module
	}
	return name == identity || p.Policy != "" && p.Allows(core.DeviceConnect, "devices/"+strings.ReplaceAll(name, "/", "/modules/"))
}

// isHubName tells whether name is one of the hub's names, or its first label.
func isHubName(hub backend, name string) bool {
	if hub.HasName(name) {
		return true
	}
	for _, full := range hub.Names() {
		if label, _, _ := strings.Cut(full, "."); strings.EqualFold(label, name) {
			return true
		}
	}
	return false
}
