package device

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// MethodRequest is a call of a direct method.
type MethodRequest struct {
	Name string
	// RequestID is the hub's; it ties the answer to the call.
	RequestID string
	// Payload is JSON as the service gave it; nil when there was none.
	Payload json.RawMessage
}

// MethodResponse is the answer to a direct method.
type MethodResponse struct {
	// Status is the device's own number; by custom as in HTTP.
	Status int
	// Payload is JSON, at most 128 KB; nil for none.
	Payload json.RawMessage
}

const (
	// maxCalls is how many methods of a device run at once, and maxCallsWaiting how many more may wait for one to end.
	maxCalls        = 8
	maxCallsWaiting = 32
	// maxMethodPayload bounds the answer (protocol 9).
	maxMethodPayload = 128 << 10
)

// takeCall runs a method, or answers that there is no room.
func (c *Client) takeCall(l *link, d topic.Delivery, p *packets.PublishPacket) {
	if c.o.OnMethod == nil {
		return
	}
	r := MethodRequest{Name: d.Name, RequestID: d.RequestID}
	if len(p.Payload) > 0 {
		r.Payload = p.Payload
	}
	taken := c.down.enqueue(&c.down.calls, maxCalls+maxCallsWaiting, func() {
		c.answer(l, r, c.o.OnMethod(c.down.ctx, r))
	})
	c.down.count(func(n *Counts) { n.Calls++ })
	if taken || c.down.ctx.Err() != nil {
		return
	}
	c.answer(l, r, MethodResponse{Status: 429, Payload: json.RawMessage(`{"error":"too many calls at once"}`)})
	c.problem(errCallsWait)
}

var errCallsWait = errors.New("too many direct methods at once: one was answered with status 429")

// answer sends what a method gave. The hub takes the answer over the connection that brought the call only: when that
// is gone, the answer is dropped and counted, and the caller's time runs out.
func (c *Client) answer(l *link, r MethodRequest, a MethodResponse) {
	if why := unfit(a); why != nil {
		c.problem(fmt.Errorf("answer method %q: %w", r.Name, why))
		a = MethodResponse{Status: 500, Payload: json.RawMessage(`{"error":"the device has no valid answer"}`)}
	}
	p := publication(topic.MethodAnswer(a.Status, r.RequestID), a.Payload)
	err := c.post(l, p)
	c.down.count(func(n *Counts) {
		if err != nil {
			n.AnswersLost++
			return
		}
		n.CallsAnswered++
	})
}

// unfit finds what would make the hub pass over the answer, so that the caller would wait in vain.
func unfit(a MethodResponse) error {
	switch {
	case len(a.Payload) > maxMethodPayload:
		return fmt.Errorf("%w: %d bytes, the greatest answer is %d", ErrMessageTooLarge, len(a.Payload), maxMethodPayload)
	case len(a.Payload) > 0 && !json.Valid(a.Payload):
		return fmt.Errorf("%w: the answer is not JSON", ErrBadMessage)
	default:
		return nil
	}
}

// publication is a PUBLISH with QoS 0, as answers and twin requests are sent (protocol 4.2).
func publication(name string, body []byte) packets.ControlPacket {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload = name, body
	return p
}
