package device

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hubscope/device/topic"
)

// maxRequests bounds the twin requests that wait for an answer.
const maxRequests = 32

// request is a question to the hub about the twin. It outlives its connection: those that are not answered are asked
// again on the next one, in order, until their time is over.
type request struct {
	id    string
	topic string
	body  []byte
	sent  *link // the link on which it was asked
	timer *time.Timer
	done  func(answer, error)
}

type answer struct {
	version *int64
	body    []byte
}

// end tells the asker. It is called once, by whoever took the request out of the list, without down.mu.
func (r *request) end(a answer, err error) {
	r.timer.Stop()
	r.done(a, err)
}

// requests are those that wait, in order. down.mu guards them.
type requests struct {
	waiting []*request
	lastID  uint64
	used    bool // answers are subscribed to from the first request on
}

func (q *requests) take(id string) *request {
	for i, r := range q.waiting {
		if r.id == id {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return r
		}
	}
	return nil
}

func (q *requests) takeAll() []*request {
	all := q.waiting
	q.waiting = nil
	return all
}

// ask adds a request, which is sent as soon as a connection has been granted the answers. Needs down.mu.
func (c *Client) ask(name func(requestID string) string, body []byte, done func(answer, error)) (*request, error) {
	d := &c.down
	if d.closed {
		return nil, ErrClosed
	}
	if d.greeting.link != nil && d.greeting.refused&bit(answersID) != 0 {
		return nil, subscriptionError(answersID)
	}
	if len(d.requests.waiting) >= maxRequests {
		return nil, fmt.Errorf("%w: %d twin requests", ErrQueueFull, maxRequests)
	}
	d.requests.lastID++
	id := strconv.FormatUint(d.requests.lastID, 10)
	r := &request{id: id, topic: name(id), body: body, done: done}
	r.timer = time.AfterFunc(c.o.RequestTimeout, func() {
		c.drop(r, &failure{ErrRequestTimeout, fmt.Errorf("no answer within %v", c.o.RequestTimeout)})
	})
	d.requests.waiting = append(d.requests.waiting, r)
	if !d.requests.used {
		d.requests.used = true
		if d.greeting.link != nil && d.greeting.wanted&bit(answersID) == 0 {
			c.subscribe(answersID)
		}
	}
	c.sendRequests()
	return r, nil
}

// drop ends a request that is not wanted any more, if it still waits.
func (c *Client) drop(r *request, err error) {
	c.down.mu.Lock()
	taken := c.down.requests.take(r.id)
	c.down.mu.Unlock()
	if taken != nil {
		taken.end(answer{}, err)
	}
}

// sendRequests asks what was not asked on this link yet. Needs down.mu.
func (c *Client) sendRequests() {
	g := &c.down.greeting
	if g.link == nil || !g.has(answersID) {
		return
	}
	for _, r := range c.down.requests.waiting {
		if r.sent == g.link {
			continue
		}
		if c.post(g.link, publication(r.topic, r.body)) != nil {
			return // the link is gone or full: with the next one, or over with its time
		}
		r.sent = g.link
	}
}

// takeAnswer ends the request that is answered. An answer to none is one that came too late.
func (c *Client) takeAnswer(d topic.Delivery, body []byte) {
	c.down.mu.Lock()
	r := c.down.requests.take(d.RequestID)
	c.down.mu.Unlock()
	if r == nil {
		return
	}
	if d.Status < 200 || d.Status > 299 {
		r.end(answer{}, requestRefused(d.Status, body))
		return
	}
	r.end(answer{d.Version, body}, nil)
}

// call asks and waits.
func (c *Client) call(ctx context.Context, name func(string) string, body []byte) (answer, error) {
	type result struct {
		answer
		err error
	}
	done := make(chan result, 1)
	c.down.mu.Lock()
	r, err := c.ask(name, body, func(a answer, err error) { done <- result{a, err} })
	c.down.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	defer context.AfterFunc(ctx, func() { c.drop(r, context.Cause(ctx)) })()
	got := <-done
	return got.answer, got.err
}

// failRequests ends all requests.
func (c *Client) failRequests(err error) {
	c.down.mu.Lock()
	all := c.down.requests.takeAll()
	c.down.mu.Unlock()
	for _, r := range all {
		r.end(answer{}, err)
	}
}

// RequestError is the hub's refusal of a twin request. It is one of [ErrThrottled], [ErrUnavailable] and
// [ErrRequestRefused].
type RequestError struct {
	Status int
	// Code, Message and TrackingID are the hub's; may be empty.
	Code                int
	Message, TrackingID string
}

func requestRefused(status int, body []byte) error {
	e := &RequestError{Status: status}
	var said struct {
		ErrorCode  int    `json:"errorCode"`
		Message    string `json:"message"`
		TrackingID string `json:"trackingId"`
	}
	if json.Unmarshal(body, &said) == nil {
		e.Code, e.Message, e.TrackingID = said.ErrorCode, said.Message, said.TrackingID
	}
	return e
}

// Error is the sentence with the hub's words.
func (e *RequestError) Error() string {
	sentence, _ := e.Explain()
	return sentence
}

// Unwrap gives the kind.
func (e *RequestError) Unwrap() error {
	switch {
	case e.Status == 429:
		return ErrThrottled
	case e.Status >= 500:
		return ErrUnavailable
	default:
		return ErrRequestRefused
	}
}

// Explain gives the kind's sentence, with the status and the hub's words, and what to do next.
func (e *RequestError) Explain() (sentence, next string) {
	var kind *reason
	if errors.As(e.Unwrap(), &kind) {
		sentence, next = kind.Explain()
	}
	sentence += " (status " + strconv.Itoa(e.Status) + ")"
	if e.Message != "" {
		sentence += ": " + e.Message
	}
	return sentence, next
}
