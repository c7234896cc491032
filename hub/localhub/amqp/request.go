package amqp

import (
	"strings"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
)

// readMessage decodes the sections of a delivery, after a look at its nesting
// and sizes, which go-amqp does not limit.
func readMessage(payload []byte) (*goamqp.Message, error) {
	if err := frame.CheckMessage(payload); err != nil {
		return nil, err
	}
	m := new(goamqp.Message)
	if err := m.UnmarshalBinary(payload); err != nil {
		return nil, fault(condDecode, "The message could not be decoded.")
	}
	return m, nil
}

// request is a message to $cbs or $management.
type request struct {
	*goamqp.Message
}

func (r request) text(name string) string {
	s, _ := r.ApplicationProperties[name].(string)
	return s
}

func (r request) replyTo() string {
	if r.Properties == nil || r.Properties.ReplyTo == nil {
		return ""
	}
	return *r.Properties.ReplyTo
}

// response is what $cbs and $management answer. Clients want the status as an
// AMQP int, and the correlation-id in the type of the message-id (6.2, 7.4).
type response struct {
	status      int32
	description string
	condition   string // of an error, else ""
	body        any
}

func (r request) respond(a response) ([]byte, error) {
	m := &goamqp.Message{
		Properties: &goamqp.MessageProperties{},
		ApplicationProperties: map[string]any{
			"status-code":        a.status,
			"status-description": a.description,
		},
		Value: a.body,
	}
	if m.Value == nil {
		m.Value = goamqp.Null{}
	}
	if a.condition != "" {
		m.ApplicationProperties["error-condition"] = a.condition
	}
	if to := r.replyTo(); to != "" {
		m.Properties.To = &to
	}
	if r.Properties != nil {
		m.Properties.CorrelationID = r.Properties.MessageID
	}
	return m.MarshalBinary()
}

// answerRequest handles a request and sends the response to the session's
// reply link from the same node: the reply-to may be a bare constant (6.2).
func answerRequest(d *delivery, handle func(request) response) {
	m, err := readMessage(d.payload)
	if err != nil {
		d.reject(err)
		return
	}
	r := request{m}
	payload, err := r.respond(handle(r))
	if err != nil {
		d.reject(err)
		return
	}
	d.accept()
	if s := d.r.replyLink(r.replyTo()); s != nil {
		s.reply(payload)
	}
}

// replyLink finds the link on which the peer takes answers from the node that
// this link sends to: of those on the same session the one that reply-to
// names, else the latest.
func (r *receiver) replyLink(replyTo string) *sender {
	r.s.c.mu.Lock()
	defer r.s.c.mu.Unlock()
	var latest *sender
	for _, e := range r.s.links {
		s, ok := e.(*sender)
		if !ok || s.detached || s.node != r.node {
			continue
		}
		if replyTo != "" && s.answersTo(replyTo) {
			return s
		}
		if latest == nil || s.handle > latest.handle {
			latest = s
		}
	}
	return latest
}

func (s *sender) answersTo(name string) bool {
	return s.asked.Name == name || s.asked.Target != nil && strings.EqualFold(s.asked.Target.Address, name)
}
