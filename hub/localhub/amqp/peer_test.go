package amqp

import (
	"net"
	"testing"
	"testing/synctest"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
)

// peer is a scripted client on a pipe, for what a good client does not do. Its
// tests run in a synctest bubble: the server has done all it can when take
// returns.
type peer struct {
	t    *testing.T
	srv  *Server
	nc   net.Conn
	rec  recorder
	seen int // frames taken
	gone chan struct{}
}

// dial connects a peer that has sent nothing yet.
func dial(t *testing.T, s *Server) *peer {
	client, server := net.Pipe()
	p := &peer{t: t, srv: s, nc: client, gone: make(chan struct{})}
	go func() {
		s.ServeConn(server)
		close(p.gone)
	}()
	go p.rec.copyFrom(client)
	t.Cleanup(func() { client.Close() })
	return p
}

// dialOpen connects a peer without SASL and opens a session on channel 0.
func dialOpen(t *testing.T, s *Server) *peer {
	p := dial(t, s)
	p.write(frame.Header(frame.ProtocolAMQP))
	p.send(0, &frame.Open{ContainerID: "peer", Hostname: "localhost", MaxFrameSize: 65536, ChannelMax: 100})
	p.send(0, &frame.Begin{IncomingWindow: 5000, OutgoingWindow: 5000})
	p.take()
	return p
}

// dialClaimed also gets a token accepted.
func dialClaimed(t *testing.T, s *Server) *peer {
	p := dialOpen(t, s)
	p.claim("first")
	return p
}

func (p *peer) write(b []byte) {
	p.t.Helper()
	if _, err := p.nc.Write(b); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

func (p *peer) send(channel uint16, f frame.Performative, payload ...byte) {
	p.t.Helper()
	p.write(frame.Append(nil, frame.KindAMQP, channel, f, payload))
}

// take returns the frames that the server has sent since the last call.
func (p *peer) take() []decoded {
	p.t.Helper()
	synctest.Wait()
	stream := p.rec.bytes()
	if len(stream) == 0 {
		return nil
	}
	all := decodeStream(p.t, stream)
	fresh := all[p.seen:]
	p.seen = len(all)
	return fresh
}

// claim puts a token, on links with handles 100 and 101.
func (p *peer) claim(token string) {
	p.t.Helper()
	p.send(0, &frame.Attach{Name: "cbs-s", Handle: 100, Target: &frame.Target{Address: "$cbs"}, Source: &frame.Source{}})
	p.send(0, &frame.Attach{Name: "cbs-r", Handle: 101, Receiver: true, Source: &frame.Source{Address: "$cbs"}, Target: &frame.Target{}})
	p.send(0, &frame.Flow{IncomingWindow: 5000, OutgoingWindow: 5000, Handle: frame.Some[uint32](101), DeliveryCount: frame.Some[uint32](0), LinkCredit: frame.Some[uint32](10)})
	p.putToken(token, 1)
}

func (p *peer) putToken(token string, id uint32) {
	p.t.Helper()
	p.send(0, &frame.Transfer{Handle: 100, DeliveryID: frame.Some(id), DeliveryTag: []byte{1}, MessageFormat: frame.Some[uint32](0)},
		tokenMessage(p.t, token)...)
	for _, d := range p.take() {
		if _, ok := d.performative.(*frame.Transfer); ok && kindOf(p.t, d.payload) == "status 200" {
			return
		}
	}
	p.t.Fatal("the token was not taken")
}

func tokenMessage(t testing.TB, token string) []byte {
	t.Helper()
	replyTo := "cbs"
	b, err := (&goamqp.Message{
		Properties: &goamqp.MessageProperties{MessageID: "1", ReplyTo: &replyTo},
		ApplicationProperties: map[string]any{
			"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": "localhost",
		},
		Value: token,
	}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read attaches a receiver of partition 0 as handle 0.
func (p *peer) read(change func(*frame.Attach)) []decoded {
	p.t.Helper()
	a := &frame.Attach{
		Name: "reader", Handle: 0, Receiver: true,
		Source: &frame.Source{Address: "myhub/ConsumerGroups/$Default/Partitions/0"},
		Target: &frame.Target{},
	}
	if change != nil {
		change(a)
	}
	p.send(0, a)
	return p.take()
}

// grant gives link credit to handle 0.
func (p *peer) grant(count, credit uint32, change func(*frame.Flow)) []decoded {
	p.t.Helper()
	f := &frame.Flow{
		NextIncomingID: frame.Some[uint32](0), IncomingWindow: 5000, OutgoingWindow: 5000,
		Handle: frame.Some[uint32](0), DeliveryCount: frame.Some(count), LinkCredit: frame.Some(credit),
	}
	if change != nil {
		change(f)
	}
	p.send(0, f)
	return p.take()
}

// only returns the one performative of type P among frames.
func only[P frame.Performative](t *testing.T, frames []decoded) P {
	t.Helper()
	all := every[P](frames)
	if len(all) != 1 {
		t.Fatalf("%d of %T among %d frames, want 1", len(all), *new(P), len(frames))
	}
	return all[0]
}

func every[P frame.Performative](frames []decoded) []P {
	var out []P
	for _, d := range frames {
		if p, ok := d.performative.(P); ok {
			out = append(out, p)
		}
	}
	return out
}

func wantCondition(t *testing.T, err *frame.Error, want string) {
	t.Helper()
	if err == nil || err.Condition != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// bubble runs a scripted test against a hub with events in partition 0.
func bubble(t *testing.T, o Options, events int, script func(t *testing.T, s *Server, h *memoryHub)) {
	synctest.Test(t, func(t *testing.T) {
		h := newMemoryHub("myhub", 1)
		h.add(t, 0, events, 0)
		script(t, newServer(h, o), h)
		synctest.Wait()
	})
}
