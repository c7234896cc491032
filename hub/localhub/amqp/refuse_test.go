package amqp

import (
	"slices"
	"testing"

	"hubscope/hub/localhub/amqp/frame"
)

// A link that is refused is attached with neither source nor target, and then detached with the reason: with one of
// them azeventhubs would try again for ever. Protocol 0.20, 7.7.
func TestRefusedLinksHaveNoTerminus(t *testing.T) {
	for name, c := range map[string]struct {
		attach frame.Attach
		want   string
	}{
		"no claim":         {frame.Attach{Receiver: true, Source: &frame.Source{Address: "myhub/ConsumerGroups/$Default/Partitions/0"}, Target: &frame.Target{}}, condUnauthorized},
		"no claim to send": {frame.Attach{Source: &frame.Source{}, Target: &frame.Target{Address: "myhub"}}, condUnauthorized},
		"unknown":          {frame.Attach{Receiver: true, Source: &frame.Source{Address: "nothing/here"}, Target: &frame.Target{}}, condNotFound},
		"redirected":       {frame.Attach{Receiver: true, Source: &frame.Source{Address: "messages/events/"}, Target: &frame.Target{}}, condRedirect},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, 1, func(t *testing.T, s *Server, _ *memoryHub) {
				p := dialOpen(t, s)
				if c.want != condUnauthorized {
					p.claim("first")
				}
				c.attach.Name, c.attach.Handle = "refused", 3
				p.send(0, &c.attach)
				got := p.take()
				a := only[*frame.Attach](t, got)
				if a.Source != nil || a.Target != nil || a.Name != "refused" || a.Receiver == c.attach.Receiver {
					t.Errorf("attached as %+v", a)
				}
				d := only[*frame.Detach](t, got)
				wantCondition(t, d.Error, c.want)
				if !d.Closed || d.Handle != a.Handle {
					t.Errorf("detached with %+v", d)
				}
			})
		})
	}
}

// Protocol 6.1.2: uAMQP asks for MSSBCBS, without a response, when it will put a token.
func TestMSSBCBS(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dial(t, s)
		p.write(frame.Header(frame.ProtocolSASL))
		p.write(frame.Append(nil, frame.KindSASL, 0, &frame.Init{Mechanism: "MSSBCBS"}, nil))
		p.write(frame.Header(frame.ProtocolAMQP))
		p.send(0, &frame.Open{ContainerID: "peer", Hostname: "localhost", MaxFrameSize: 65536})
		p.send(0, &frame.Begin{IncomingWindow: 5000, OutgoingWindow: 5000})
		got := p.take()
		if m := only[*frame.Mechanisms](t, got); !slices.Contains(m.Names, "MSSBCBS") {
			t.Errorf("offered %v", m.Names)
		}
		if o := only[*frame.Outcome](t, got); o.Code != 0 {
			t.Errorf("outcome %d", o.Code)
		}
		p.claim("first")
	})
}

// Protocol 7.6.2: beside an owner there is no place for a lower level, nor for none.
func TestLowerOwnerLevelIsRefused(t *testing.T) {
	bubble(t, Options{}, 3, func(t *testing.T, s *Server, _ *memoryHub) {
		owner := dialClaimed(t, s)
		owner.read(func(a *frame.Attach) { a.Properties = epoch(5) })
		for name, properties := range map[string]frame.Map{"lower": epoch(4), "none": nil} {
			p := dialClaimed(t, s)
			got := p.read(func(a *frame.Attach) { a.Properties = properties })
			wantCondition(t, only[*frame.Detach](t, got).Error, condStolen)
			if a := only[*frame.Attach](t, got); a.Source != nil || a.Target != nil {
				t.Errorf("%s: attached as %+v", name, a)
			}
		}
		if n := len(every[*frame.Transfer](owner.grant(0, 3, nil))); n != 3 {
			t.Errorf("the owner gets %d events", n)
		}
	})
}

func epoch(level int64) frame.Map {
	return frame.Map{{Key: frame.Symbol("com.microsoft:epoch"), Value: level}}
}
