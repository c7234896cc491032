package amqp

import (
	"testing"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// Protocol 7.8: credit counts messages, the window counts frames.
// Protocol 7.8.3.
func TestCreditAndWindow(t *testing.T) {
	bubble(t, Options{}, 100, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		if got := p.read(nil); len(every[*frame.Transfer](got)) != 0 {
			t.Error("events without credit")
		}
		if n := len(every[*frame.Transfer](p.grant(0, 10, nil))); n != 10 {
			t.Errorf("%d events for 10 credits", n)
		}
		// The same credit again grants nothing more.
		if n := len(every[*frame.Transfer](p.grant(0, 10, nil))); n != 0 {
			t.Errorf("%d events for credit that was used", n)
		}
		// 11 transfers have come, with the reply of $cbs: a window of 5 allows 5.
		narrow := func(f *frame.Flow) { f.NextIncomingID, f.IncomingWindow = frame.Some[uint32](11), 5 }
		if n := len(every[*frame.Transfer](p.grant(10, 20, narrow))); n != 5 {
			t.Errorf("%d events in a window of 5", n)
		}
		wide := func(f *frame.Flow) { f.NextIncomingID, f.IncomingWindow = frame.Some[uint32](16), 1<<32-1 }
		if n := len(every[*frame.Transfer](p.grant(10, 20, wide))); n != 15 {
			t.Errorf("%d events after the window opened", n)
		}
	})
}

// Protocol 7.8: drain sends what is there and uses up the rest of the credit.
// Protocol 7.8.4.
func TestDrain(t *testing.T) {
	bubble(t, Options{}, 5, func(t *testing.T, s *Server, h *memoryHub) {
		p := dialClaimed(t, s)
		p.read(nil)
		got := p.grant(0, 8, func(f *frame.Flow) { f.Drain = true })
		time.Sleep(time.Second)
		got = append(got, p.take()...)
		if n := len(every[*frame.Transfer](got)); n != 5 {
			t.Errorf("%d events", n)
		}
		f := only[*frame.Flow](t, got)
		if f.DeliveryCount.Value != 8 || f.LinkCredit.Value != 0 || !f.Drain {
			t.Errorf("drained with %+v", f)
		}
		// Drain while the link waits for events.
		p.grant(8, 3, nil)
		got = p.grant(8, 3, func(f *frame.Flow) { f.Drain = true })
		if f := only[*frame.Flow](t, got); f.DeliveryCount.Value != 11 {
			t.Errorf("drained with %+v", f)
		}
		h.add(t, 0, 1, 0)
		if n := len(every[*frame.Transfer](p.take())); n != 0 {
			t.Error("an event after drain")
		}
		if n := len(every[*frame.Transfer](p.grant(11, 1, nil))); n != 1 {
			t.Error("no event after new credit")
		}
	})
}

// Protocol 7.8.4.
func TestEcho(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		p.read(nil)
		f := only[*frame.Flow](t, p.grant(0, 8, func(f *frame.Flow) { f.Echo = true }))
		if f.Handle != frame.Some[uint32](0) || f.LinkCredit.Value != 8 {
			t.Errorf("link echo %+v", f)
		}
		p.send(0, &frame.Flow{NextIncomingID: frame.Some[uint32](0), IncomingWindow: 1, OutgoingWindow: 1, Echo: true})
		if f := only[*frame.Flow](t, p.take()); f.Handle.Set {
			t.Errorf("session echo %+v", f)
		}
	})
}

// Protocol 0, facts 3 and 4.
// Protocol 0.4.
func TestSettleModes(t *testing.T) {
	some := frame.Some[uint8]
	for name, tt := range map[string]struct {
		snd, rcv         frame.Opt[uint8]
		wantSnd, wantRcv frame.Opt[uint8]
		settled          bool
	}{
		"not asked":  {wantSnd: some(1), settled: true},
		"go":         {rcv: some(0), wantSnd: some(1), wantRcv: some(0), settled: true},
		"old node":   {snd: some(2), rcv: some(0), wantSnd: some(2), wantRcv: some(0), settled: true},
		"unsettled":  {snd: some(0), rcv: some(0), wantSnd: some(0), wantRcv: some(0)},
		"exactly":    {snd: some(0), rcv: some(1), wantSnd: some(0), wantRcv: some(1)},
		"management": {snd: some(1), rcv: some(0), wantSnd: some(1), wantRcv: some(0), settled: true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, 3, func(t *testing.T, s *Server, _ *memoryHub) {
				p := dialClaimed(t, s)
				a := only[*frame.Attach](t, p.read(func(a *frame.Attach) { a.SenderSettleMode, a.ReceiverSettleMode = tt.snd, tt.rcv }))
				if a.SenderSettleMode != tt.wantSnd || a.ReceiverSettleMode != tt.wantRcv {
					t.Errorf("answered snd %v rcv %v", a.SenderSettleMode, a.ReceiverSettleMode)
				}
				for _, tr := range every[*frame.Transfer](p.grant(0, 3, nil)) {
					if tr.Settled != tt.settled {
						t.Errorf("settled %v", tr.Settled)
					}
				}
			})
		})
	}
}

// Protocol 8.3: an outcome that the peer does not settle is settled here.
// Protocol 8.3.4.
func TestReceiverSettlesSecond(t *testing.T) {
	bubble(t, Options{}, 3, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		p.read(func(a *frame.Attach) {
			a.SenderSettleMode, a.ReceiverSettleMode = frame.Some[uint8](0), frame.Some[uint8](1)
		})
		first := every[*frame.Transfer](p.grant(0, 3, nil))[0].DeliveryID.Value
		p.send(0, &frame.Disposition{Receiver: true, First: first, Last: first + 2, State: frame.Accepted{}})
		d := only[*frame.Disposition](t, p.take())
		if d.Receiver || !d.Settled || d.First != first || d.Last != first+2 {
			t.Errorf("answered %+v", d)
		}
	})
}
