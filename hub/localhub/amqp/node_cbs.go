package amqp

import (
	"errors"
	"net/http"

	"hubscope/hub/localhub/core"
)

// cbsNode is $cbs: it takes tokens and grants what they allow to the whole
// connection (protocol 6.2).
type cbsNode struct{ srv *Server }

func (n *cbsNode) source(*sender) error { return nil }

func (n *cbsNode) target(r *receiver) error {
	r.message = func(d *delivery) {
		answerRequest(d, func(q request) response { return n.putToken(r.s.c, q) })
	}
	return nil
}

// putToken answers with exactly 200 when the token is taken: the Node SDKs
// refuse any other success (fact 6).
func (n *cbsNode) putToken(c *conn, q request) response {
	if op := q.text("operation"); op != "put-token" {
		return response{status: http.StatusBadRequest, description: "The operation is not supported."}
	}
	token, ok := q.Value.(string)
	if !ok {
		return response{status: http.StatusBadRequest, description: "The body is not a token."}
	}
	p, err := n.srv.hub.Authenticate(token)
	if err != nil {
		return n.refused(c, q, err)
	}
	p = c.shorten(p)
	c.mu.Lock()
	taken := c.claims.put(q.text("name"), token, p, n.srv.o.Now())
	c.mu.Unlock()
	if !taken {
		return n.refused(c, q, core.NewError(403005, "More than %d tokens on a connection.", maxClaims))
	}
	c.wakeWriter() // it keeps the time of the claims
	c.renewSessions(p)
	return response{status: http.StatusOK, description: "OK"}
}

func (n *cbsNode) refused(c *conn, q request, err error) response {
	c.log.Info("AMQP token refused", "audience", q.text("name"), "reason", err.Error())
	a := response{status: http.StatusUnauthorized, description: "Unauthorized.", condition: condUnauthorized}
	var ce *core.Error
	if !errors.As(err, &ce) {
		return a
	}
	a.description, a.condition = ce.Message, ce.Condition
	if ce.Status == http.StatusNotFound {
		a.status = http.StatusNotFound
	}
	return a
}
