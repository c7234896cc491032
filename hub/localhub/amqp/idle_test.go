package amqp

import (
	"testing"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// Protocol 7.7: a link is detached after 30 minutes in which nothing happened,
// and not before; one that has granted credit waits for events.
// Protocol 7.7.3.
func TestIdleLinks(t *testing.T) {
	bubble(t, Options{IdleTimeout: 10 * time.Hour}, 3, func(t *testing.T, s *Server, h *memoryHub) {
		p := dialClaimed(t, s)
		if a := only[*frame.Attach](t, p.read(nil)); a.Source == nil {
			t.Fatal("refused")
		}
		time.Sleep(29 * time.Minute)
		if got := p.take(); len(got) != 0 {
			t.Fatalf("got %+v too early", got)
		}
		if n := len(every[*frame.Transfer](p.grant(0, 3, nil))); n != 3 {
			t.Fatalf("%d events after a wait", n)
		}
		time.Sleep(29 * time.Minute)
		if got := p.take(); len(got) != 0 {
			t.Fatalf("got %+v although there were events since", got)
		}
		time.Sleep(8 * time.Minute)
		d := only[*frame.Detach](t, p.take())
		wantCondition(t, d.Error, condDetachForced)
		p.send(0, &frame.Detach{Handle: 0, Closed: true})
		p.read(nil)
		p.grant(0, 10, nil)
		time.Sleep(2 * time.Hour)
		if got := every[*frame.Detach](p.take()); len(got) != 0 {
			t.Fatalf("got %+v while the peer waits for events", got)
		}
	})
}
