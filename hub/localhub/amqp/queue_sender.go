package amqp

import (
	"context"
	"sync"
	"time"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// queue is a queue of the hub whose messages are locked, sent, and settled by
// what the peer says of them.
type queue struct {
	// lock takes the next message; false when there is none.
	lock func() (locked, bool, error)
	// settle ends a lock.
	settle func(ctx context.Context, token string, o core.Outcome) error
	// watch calls fn when there may be something to lock, until stop is called.
	watch func(fn func()) (stop func())
}

// locked is a message with the token of its lock, a GUID.
type locked struct {
	token   string
	payload []byte
}

// settleTimeout bounds the settling of one message.
const settleTimeout = 10 * time.Second

// queueSender sends the messages of a queue on a link.
type queueSender struct {
	s *sender
	q queue

	mu       sync.Mutex
	held     map[string]struct{} // tokens that the peer has not settled; guarded by mu
	outcomes []settlement        // said by the peer; guarded by mu
}

type settlement struct {
	token   string
	outcome core.Outcome
}

// sendFrom makes s a link that sends from q.
func sendFrom(s *sender, q queue) {
	out := &queueSender{s: s, q: q, held: map[string]struct{}{}}
	s.unsettled = true
	s.run = out.run
}

// run sends and settles until ctx ends. The channel s.wake tells of everything:
// credit, new messages and outcomes.
func (q *queueSender) run(ctx context.Context) error {
	defer q.q.watch(func() { signal(q.s.wake) })()
	defer q.giveBack()
	for {
		// Asked before settling: a peer gives credit for the next message after it
		// said what becomes of the last, and an abandoned one is next again.
		wanted := q.s.hasCredit()
		q.settle()
		sent, err := q.sendNext(ctx, wanted)
		if err != nil {
			return err
		}
		if sent {
			continue
		}
		if err := q.s.wait(ctx); err != nil {
			return err
		}
	}
}

// sendNext sends one message when it is wanted and there is one. A credit that
// came since it was asked for has woken the sender.
func (q *queueSender) sendNext(ctx context.Context, wanted bool) (bool, error) {
	if !wanted {
		q.s.finishDrain(false)
		return false, nil
	}
	m, ok, err := q.q.lock()
	if err != nil {
		return false, err
	}
	if !ok {
		q.s.finishDrain(true)
		return false, nil
	}
	return true, q.send(ctx, m)
}

func (q *queueSender) send(ctx context.Context, m locked) error {
	q.hold(m.token)
	if q.s.asked.SenderSettleMode.Or(frame.SenderMixed) == frame.SenderSettled {
		if err := q.s.deliverTagged(ctx, m.payload, tagOf(m.token), nil); err != nil {
			return err
		}
		q.said(m.token, core.Complete)
		return nil
	}
	return q.s.deliverTagged(ctx, m.payload, tagOf(m.token), func(state frame.State) {
		if !q.s.hasEnded() {
			q.said(m.token, outcomeOf(state))
		}
	})
}

func (q *queueSender) hold(token string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held[token] = struct{}{}
}

// said notes what is to become of a message.
func (q *queueSender) said(token string, o core.Outcome) {
	q.mu.Lock()
	if _, held := q.held[token]; held {
		delete(q.held, token)
		q.outcomes = append(q.outcomes, settlement{token, o})
	}
	q.mu.Unlock()
	signal(q.s.wake)
}

// outcomeOf is what a delivery state means for a queue (protocol 5.1).
func outcomeOf(state frame.State) core.Outcome {
	switch state.(type) {
	case frame.Accepted:
		return core.Complete
	case frame.Rejected:
		return core.Reject
	}
	return core.Abandon
}

func (q *queueSender) take() []settlement {
	q.mu.Lock()
	defer q.mu.Unlock()
	said := q.outcomes
	q.outcomes = nil
	return said
}

// giveBack settles what the peer said before its link ended, and gives back what
// it said nothing of, for the next link to have at once.
func (q *queueSender) giveBack() {
	q.mu.Lock()
	for token := range q.held {
		q.outcomes = append(q.outcomes, settlement{token, core.Release})
	}
	clear(q.held)
	q.mu.Unlock()
	q.settle()
}

// settle settles what has been said.
func (q *queueSender) settle() {
	for _, o := range q.take() {
		q.end(o)
	}
}

// end settles one message. A lock that is lost is the peer's to notice: it gets
// the message again.
func (q *queueSender) end(o settlement) {
	ctx, cancel := context.WithTimeout(context.Background(), settleTimeout)
	defer cancel()
	if err := q.q.settle(ctx, o.token, o.outcome); err != nil {
		q.s.s.c.log.Debug("AMQP delivery not settled", "address", q.s.address.text, "reason", err.Error())
	}
}
