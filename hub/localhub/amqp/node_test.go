package amqp

import (
	"context"
	"errors"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
)

// queueNode is a node such as a later feature adds: it sends messages that the
// client settles, and takes messages that it settles itself, later.
type queueNode struct {
	messages chan []byte
	outcomes chan frame.State
	taken    chan *delivery
	released chan struct{}
}

func (n *queueNode) source(s *sender) error {
	s.release = func() { n.released <- struct{}{} }
	s.run = func(ctx context.Context) error {
		for {
			select {
			case m := <-n.messages:
				if err := s.deliver(ctx, [][]byte{m}, func(o frame.State) { n.outcomes <- o }); err != nil {
					return err
				}
			case <-ctx.Done():
				return nil
			}
		}
	}
	return nil
}

func (n *queueNode) target(r *receiver) error {
	r.window = 4
	r.message = func(d *delivery) { n.taken <- d }
	return nil
}

func serveQueue(t *testing.T) (*queueNode, *goamqp.Session) {
	t.Helper()
	n := &queueNode{make(chan []byte, 10), make(chan frame.State, 10), make(chan *delivery, 100), make(chan struct{}, 10)}
	s, addr := serve(t, newMemoryHub("myhub", 1), Options{})
	s.nodes = append(router{{"messages/queue", n}}, s.nodes...)
	return n, mustConnect(t, addr, goamqp.SASLTypePlain("iothubowner", "c2VjcmV0"))
}

// Protocol 5.1: accepted, rejected, released and modified reach the node.
// Protocol 5.1.6.
func TestNodeSendsUnsettled(t *testing.T) {
	for name, mode := range map[string]*goamqp.ReceiverOptions{
		"first": {SettlementMode: goamqp.ReceiverSettleModeFirst.Ptr()}, "second": {SettlementMode: goamqp.ReceiverSettleModeSecond.Ptr()},
	} {
		t.Run(name, func(t *testing.T) {
			n, s := serveQueue(t)
			mode.RequestedSenderSettleMode = goamqp.SenderSettleModeUnsettled.Ptr()
			r, err := s.NewReceiver(testContext(t), "/messages/queue", mode)
			if err != nil {
				t.Fatal(err)
			}
			m := record(t, 1, 100_000).Payload
			for _, settle := range []struct {
				do   func(*goamqp.Message) error
				want string
			}{
				{func(m *goamqp.Message) error { return r.AcceptMessage(testContext(t), m) }, "accepted"},
				{func(m *goamqp.Message) error { return r.RejectMessage(testContext(t), m, nil) }, "rejected"},
				{func(m *goamqp.Message) error { return r.ReleaseMessage(testContext(t), m) }, "released"},
				{func(m *goamqp.Message) error { return r.ModifyMessage(testContext(t), m, nil) }, "modified"},
			} {
				n.messages <- m
				got, err := r.Receive(testContext(t), nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := settle.do(got); err != nil {
					t.Fatal(err)
				}
				if o := outcome(<-n.outcomes); o != settle.want {
					t.Errorf("outcome %s, want %s", o, settle.want)
				}
			}
			// A link that ends gives back what was not settled.
			n.messages <- m
			if _, err := r.Receive(testContext(t), nil); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(testContext(t)); err != nil {
				t.Fatal(err)
			}
			if o := outcome(<-n.outcomes); o != "released" {
				t.Errorf("outcome %s after detach", o)
			}
			<-n.released
		})
	}
}

func outcome(s frame.State) string {
	switch s.(type) {
	case frame.Accepted:
		return "accepted"
	case frame.Rejected:
		return "rejected"
	case frame.Released:
		return "released"
	case frame.Modified:
		return "modified"
	}
	return "none"
}

// A node may settle later and from elsewhere; credit bounds what is in flight.
func TestNodeSettlesLater(t *testing.T) {
	n, s := serveQueue(t)
	snd, err := s.NewSender(testContext(t), "messages/queue", nil)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 20)
	for range 20 {
		go func() { sent <- snd.Send(testContext(t), goamqp.NewMessage([]byte("x")), nil) }()
	}
	for i := range 20 {
		var first *delivery
		select {
		case first = <-n.taken:
		case <-time.After(10 * time.Second):
			t.Fatalf("message %d did not come", i)
		}
		if i%2 == 0 {
			first.accept()
		} else {
			first.reject(fault(condLimit, "The queue is full."))
		}
		err := <-sent
		var e *goamqp.Error
		if i%2 == 0 && err != nil || i%2 == 1 && (!errors.As(err, &e) || e.Condition != condLimit) {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if err := snd.Close(testContext(t)); err != nil {
		t.Error(err)
	}
}
