package amqp

import (
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// Protocol 6.1: links end when their token was not renewed, and only then.
// Protocol 6.1.3, 6.2.4.
func TestTokenExpiry(t *testing.T) {
	bubble(t, Options{}, 3, func(t *testing.T, s *Server, h *memoryHub) {
		h.authenticate = lifetimes
		p := dialOpen(t, s)
		p.claim("1m")
		p.read(nil)
		time.Sleep(30 * time.Second)
		p.putToken("1m", 2)
		time.Sleep(50 * time.Second)
		if got := p.take(); len(got) != 0 {
			t.Fatalf("got %+v although the token was renewed", got)
		}
		time.Sleep(11 * time.Second)
		d := only[*frame.Detach](t, p.take())
		wantCondition(t, d.Error, condUnauthorized)
		if d.Handle != 0 || !d.Closed {
			t.Errorf("detach %+v", d)
		}
		p.send(0, &frame.Detach{Handle: 0, Closed: true})
		got := p.read(nil)
		wantCondition(t, only[*frame.Detach](t, got).Error, condUnauthorized)
		p.putToken("1m", 3)
		p.send(0, &frame.Detach{Handle: 0, Closed: true})
		if a := only[*frame.Attach](t, p.read(nil)); a.Source == nil {
			t.Error("refused after a new token")
		}
	})
}

// lifetimes takes tokens that say how long they last.
func lifetimes(token string) (core.Principal, error) {
	d, err := time.ParseDuration(strings.TrimPrefix(token, tokenPrefix))
	if err != nil {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "Not a duration.")
	}
	p := owner()
	p.Expiry = time.Now().Add(d)
	return p, nil
}

// Protocol 6.1: a connection by password ends with it.
// Protocol 6.1.4.
func TestPlainExpiry(t *testing.T) {
	bubble(t, Options{}, 3, func(t *testing.T, s *Server, h *memoryHub) {
		h.authenticate = lifetimes
		p := dial(t, s)
		p.write(frame.Header(frame.ProtocolSASL))
		p.write(frame.Append(nil, frame.KindSASL, 0, &frame.Init{
			Mechanism: "PLAIN", Response: []byte("\x00iothubowner@sas.root.localhost\x00SharedAccessSignature 1m"),
		}, nil))
		p.write(frame.Header(frame.ProtocolAMQP))
		p.send(0, &frame.Open{ContainerID: "peer", MaxFrameSize: 65536})
		p.send(0, &frame.Begin{IncomingWindow: 5000})
		p.take()
		if a := only[*frame.Attach](t, p.read(nil)); a.Source == nil {
			t.Fatal("refused")
		}
		time.Sleep(61 * time.Second)
		wantCondition(t, only[*frame.Close](t, p.take()).Error, condUnauthorized)
		<-p.gone
	})
}
