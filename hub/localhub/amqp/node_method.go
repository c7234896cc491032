package amqp

import (
	"strconv"
	"sync"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// methodNode is devices/{id}[/modules/{mid}]/methods/devicebound: calls of
// direct methods as a source, the answers as a target (protocol 5.1). The
// channel-correlation-id needs no look: a device has one pair of links.
type methodNode struct{ srv *Server }

// The application properties of a call and of an answer.
const (
	keyMethodName   = "IoThub-methodname"
	keyMethodStatus = "IoThub-status"
)

// source makes the device online for methods.
func (n *methodNode) source(s *sender) error {
	d, err := s.enter()
	if err != nil {
		return err
	}
	d.methods.take(s)
	leave := s.release
	s.release = func() {
		d.methods.leave(s, func() { d.session.OnMethod(nil) })
		leave()
	}
	d.methods.with(s, func() { d.session.OnMethod(func(call core.MethodRequest) { n.call(d, s, call) }) })
	return nil
}

func (n *methodNode) call(d *presence, s *sender, call core.MethodRequest) {
	payload, err := (&goamqp.Message{
		Properties:            &goamqp.MessageProperties{CorrelationID: d.calls.add(call.RequestID)},
		ApplicationProperties: map[string]any{keyMethodName: call.Name},
		Data:                  [][]byte{call.Payload},
	}).MarshalBinary()
	if err != nil {
		s.s.c.log.Debug("AMQP method call not sent", "method", call.Name, "reason", err.Error())
		return
	}
	s.reply(payload)
}

func (n *methodNode) target(r *receiver) error {
	d, err := r.enter()
	if err != nil {
		return err
	}
	r.limit, r.lenient = answerLimit, true
	r.message = func(m *delivery) { m.settleWith(n.answer(d, m)) }
	return nil
}

// answerLimit is the 128 KB of an answer with room for its other sections.
const answerLimit = 192 << 10

// answer takes the answer to a call. One that nobody waits for any more is taken
// and forgotten (protocol 4.3).
func (n *methodNode) answer(d *presence, m *delivery) error {
	message, err := readMessage(m.payload)
	if err != nil {
		return err
	}
	status, err := strconv.Atoi(valueText(message.ApplicationProperties[keyMethodStatus]))
	if err != nil {
		return core.NewError(core.CodeArgumentInvalid, "The application property %s is not a number.", keyMethodStatus)
	}
	body, err := bodyOf(message)
	if err != nil {
		return err
	}
	if message.Properties == nil {
		return core.NewError(core.CodeArgumentInvalid, "The answer has no correlation-id.")
	}
	requestID, ok := d.calls.take(idText(message.Properties.CorrelationID))
	if !ok {
		return nil
	}
	d.session.Touch()
	if err := d.session.AnswerMethod(requestID, status, body); err != nil {
		m.r.s.c.log.Debug("AMQP method answer not taken", "reason", err.Error())
	}
	return nil
}

// calls gives the hub's request ids, which are short, the uuids that the SDKs
// want as correlation-id: the C# SDK fails on anything else. The zero value is
// ready.
type calls struct {
	mu        sync.Mutex
	requestID map[string]string // by the uuid's text; guarded by mu
	order     []string          // uuids, oldest first; guarded by mu
}

// maxCalls is how many calls without an answer are remembered.
const maxCalls = 1024

func (c *calls) add(requestID string) goamqp.UUID {
	uuid := newUUID()
	text := idText(uuid)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requestID == nil {
		c.requestID = map[string]string{}
	}
	c.requestID[text] = requestID
	c.order = append(c.order, text)
	if len(c.order) > maxCalls {
		delete(c.requestID, c.order[0]) // most often it was answered long ago
		c.order = c.order[1:]           // append moves it to new memory in time
	}
	return uuid
}

// take returns the request of an answer, once.
func (c *calls) take(uuid string) (requestID string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	requestID, ok = c.requestID[uuid]
	delete(c.requestID, uuid)
	return requestID, ok
}
