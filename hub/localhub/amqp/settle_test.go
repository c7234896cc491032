package amqp

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/amqp/frame"
)

// Protocol 8.3, settlement by the server: a message is settled with its
// outcome, also for a sender that attached with rcv-settle-mode second. uAMQP
// does so always, and takes a disposition that is not settled for none at all.
func TestSettledForSecond(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialOpen(t, s)
		p.send(0, &frame.Attach{
			Name: "cbs", Handle: 1, ReceiverSettleMode: frame.Some(frame.ReceiverSecond),
			Source: &frame.Source{Address: "$cbs"}, Target: &frame.Target{Address: "$cbs"},
		})
		if a := only[*frame.Attach](t, p.take()); a.ReceiverSettleMode != frame.Some(frame.ReceiverSecond) {
			t.Errorf("attach %+v", a)
		}
		p.send(0, &frame.Transfer{
			Handle: 1, DeliveryID: frame.Some[uint32](0), DeliveryTag: []byte{0}, MessageFormat: frame.Some[uint32](0),
		}, tokenMessage(t, "first")...)
		if d := only[*frame.Disposition](t, p.take()); !d.Receiver || !d.Settled || d.First != 0 || !frame.Terminal(d.State) {
			t.Errorf("disposition %+v", d)
		}
	})
}

// Protocol 7.2, 8.1: the answer to an attach carries all fourteen fields and
// the link properties that the peer gave. The Event Hubs SDK for Python takes
// fields by index, and gives up on a link whose properties do not come back.
func TestAttachAnswerWhole(t *testing.T) {
	bubble(t, Options{}, 1, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		sent := frame.Map{{Key: frame.Symbol("com.microsoft:receiver-name"), Value: "r"}}
		a := only[*frame.Attach](t, p.read(func(a *frame.Attach) { a.Properties = sent }))
		if diff := cmp.Diff(sent, a.Properties); diff != "" {
			t.Error(diff)
		}
	})
}
