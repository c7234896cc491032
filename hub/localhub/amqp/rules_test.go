package amqp

import (
	"bytes"
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// Protocol 0, fact 5, and 8.1: no SASL, everything in one write.
// Protocol 6.1.1, 8.1.4.
func TestPipelinedWithoutSASL(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dial(t, s)
		b := frame.Header(frame.ProtocolAMQP)
		b = frame.Append(b, frame.KindAMQP, 0, &frame.Open{ContainerID: "c", MaxFrameSize: 512, ChannelMax: 1}, nil)
		b = frame.Append(b, frame.KindAMQP, 7, &frame.Begin{IncomingWindow: 1, OutgoingWindow: 1}, nil)
		p.write(b)
		got := p.take()
		if o := only[*frame.Open](t, got); o.ContainerID == "" || o.MaxFrameSize < 512 || o.ChannelMax < 15 {
			t.Errorf("open %+v", o)
		}
		if b := only[*frame.Begin](t, got); b.RemoteChannel != frame.Some[uint16](7) {
			t.Errorf("begin %+v", b)
		}
	})
}

// Protocol 8.1: what is not AMQP 1.0 is answered with the header wanted.
// Protocol 8.1.5.
func TestForeignProtocol(t *testing.T) {
	for name, first := range map[string]string{
		"http": "GET / HTTP/1.1\r\n\r\n", "amqp 0-9-1": "AMQP\x00\x00\x09\x01", "tls": "AMQP\x02\x01\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
				p := dial(t, s)
				p.write([]byte(first))
				<-p.gone
				synctest.Wait()
				if !bytes.Equal(p.rec.bytes(), frame.Header(frame.ProtocolSASL)) {
					t.Errorf("answered %q", p.rec.bytes())
				}
			})
		})
	}
}

// Protocol 8.3: a silent peer is told why it is left.
// Protocol 8.3.3.
func TestIdleTimeout(t *testing.T) {
	bubble(t, Options{IdleTimeout: time.Minute}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialOpen(t, s)
		time.Sleep(50 * time.Second)
		p.write(frame.Heartbeat)
		time.Sleep(50 * time.Second)
		if got := p.take(); len(got) != 0 {
			t.Errorf("got %v after a heartbeat", got)
		}
		time.Sleep(20 * time.Second)
		wantCondition(t, only[*frame.Close](t, p.take()).Error, condLimit)
	})
}

// A connection that does not open costs nothing for long.
func TestOpenTimeout(t *testing.T) {
	for name, first := range map[string][]byte{
		"nothing": {}, "half a header": []byte("AMQ"), "header": frame.Header(frame.ProtocolSASL),
		"half a frame": append(frame.Header(frame.ProtocolAMQP), 0, 0, 1, 0, 2),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{OpenTimeout: 10 * time.Second}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
				begin := time.Now()
				p := dial(t, s)
				if len(first) > 0 {
					p.write(first)
				}
				<-p.gone
				if d := time.Since(begin); d > 12*time.Second {
					t.Errorf("closed after %v", d)
				}
			})
		})
	}
}

// Protocol 8.3: heartbeats come at half of what the peer asks for.
// Protocol 8.3.2.
func TestHeartbeat(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dial(t, s)
		p.write(frame.Header(frame.ProtocolAMQP))
		p.send(0, &frame.Open{ContainerID: "c", MaxFrameSize: 512, IdleTimeout: 20000})
		p.take()
		before := len(p.rec.bytes())
		time.Sleep(35 * time.Second)
		synctest.Wait()
		if got := p.rec.bytes()[before:]; !bytes.Equal(got, bytes.Repeat(frame.Heartbeat, 3)) {
			t.Errorf("in 35 s came %x", got)
		}
	})
}

// Protocol 8.3: a message may come in many frames; aborted drops it.
// Protocol 8.3.1.
func TestMessageInManyFrames(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		message := tokenMessage(t, "again")
		for i, b := range message {
			tr := &frame.Transfer{Handle: 100, More: i < len(message)-1}
			if i == 0 {
				tr.DeliveryID, tr.DeliveryTag, tr.MessageFormat = frame.Some[uint32](2), []byte{2}, frame.Some[uint32](0)
			}
			p.send(0, tr, b)
		}
		if n := len(every[*frame.Transfer](p.take())); n != 1 {
			t.Errorf("%d replies", n)
		}
		p.send(0, &frame.Transfer{Handle: 100, DeliveryID: frame.Some[uint32](3), DeliveryTag: []byte{3}, More: true}, message...)
		p.send(0, &frame.Transfer{Handle: 100, Aborted: true})
		if n := len(every[*frame.Transfer](p.take())); n != 0 {
			t.Errorf("%d replies to an aborted message", n)
		}
		p.putToken("once more", 4)
	})
}

// Protocol 8.1: who speaks something else is told at the first byte that is wrong,
// and need not send eight before it hears of it.
// Protocol 8.1.5.
func TestWrongProtocolAtItsFirstByte(t *testing.T) {
	for _, sent := range []string{"G", "\x16", "AMQ\x00", "AMQP\x00\x02", "AMQP\x01\x01\x00\x00"} {
		bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
			began := time.Now()
			p := dial(t, s)
			p.write([]byte(sent))
			<-p.gone
			if took := time.Since(began); took > lingerTime {
				t.Errorf("%q was refused after %s", sent, took)
			}
			if got := p.rec.bytes(); !bytes.HasPrefix(got, frame.Header(frame.ProtocolSASL)) {
				t.Errorf("%q: the answer was %x", sent, got)
			}
		})
	}
}

// What breaks a rule ends the link, the session or the connection, and no more.
// Protocol 8.3.5.
func TestBrokenRules(t *testing.T) {
	message := bytes.Repeat([]byte{0}, 60000)
	transfer := func(handle, id uint32, more bool) *frame.Transfer {
		return &frame.Transfer{Handle: handle, DeliveryID: frame.Some(id), DeliveryTag: []byte{1}, More: more}
	}
	for name, tt := range map[string]struct {
		script  func(p *peer)
		detach  string
		end     string
		closing string
	}{
		"message too large": {detach: condTooLarge, script: func(p *peer) {
			for range 5 {
				p.send(0, transfer(100, 2, true), message...)
			}
		}},
		"more messages than credit": {detach: condTransferLimit, script: func(p *peer) {
			p.send(0, &frame.Attach{Name: "reply", Handle: 5, Receiver: true, Source: &frame.Source{Address: "$cbs"}, Target: &frame.Target{}})
			s := p.session()
			s.c.mu.Lock()
			s.links[100].(*receiver).credit = 0
			s.c.mu.Unlock()
			p.send(0, transfer(100, 2, false), 1)
		}},
		"unknown handle":   {end: condUnattached, script: func(p *peer) { p.send(0, transfer(77, 2, false)) }},
		"detach of none":   {script: func(p *peer) { p.send(0, &frame.Detach{Handle: 77}) }},
		"handle in use":    {end: condHandleInUse, script: func(p *peer) { p.send(0, &frame.Attach{Name: "x", Handle: 100}) }},
		"transfer to read": {end: condNotAllowed, script: func(p *peer) { p.send(0, transfer(101, 2, false)) }},
		"no delivery-id":   {detach: condNotAllowed, script: func(p *peer) { p.send(0, &frame.Transfer{Handle: 100}) }},
		"channel in use":   {closing: condNotAllowed, script: func(p *peer) { p.send(0, &frame.Begin{}) }},
		"channel too high": {closing: condNotAllowed, script: func(p *peer) { p.send(5000, &frame.Begin{}) }},
		"no session":       {closing: condNotAllowed, script: func(p *peer) { p.send(9, &frame.Attach{Name: "x"}) }},
		"open twice":       {closing: condNotAllowed, script: func(p *peer) { p.send(0, &frame.Open{ContainerID: "x", MaxFrameSize: 512}) }},
		"oversized frame":  {closing: condFraming, script: func(p *peer) { p.write([]byte{0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0}) }},
		"undersized frame": {closing: condFraming, script: func(p *peer) { p.write([]byte{0, 0, 0, 1, 2, 0, 0, 0}) }},
		"no performative":  {closing: condFraming, script: func(p *peer) { p.write([]byte{0, 0, 0, 9, 2, 0, 0, 0, 0x40}) }},
		"SASL frame":       {closing: condFraming, script: func(p *peer) { p.write([]byte{0, 0, 0, 9, 2, 1, 0, 0, 0x40}) }},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
				p := dialClaimed(t, s)
				tt.script(p)
				got := p.take()
				for _, d := range every[*frame.Detach](got) {
					wantCondition(t, d.Error, tt.detach)
				}
				for _, e := range every[*frame.End](got) {
					wantCondition(t, e.Error, tt.end)
				}
				for _, c := range every[*frame.Close](got) {
					wantCondition(t, c.Error, tt.closing)
				}
				counts := []int{len(every[*frame.Detach](got)), len(every[*frame.End](got)), len(every[*frame.Close](got))}
				want := []int{count(tt.detach), count(tt.end), count(tt.closing)}
				if counts[0] != want[0] || counts[1] != want[1] || counts[2] != want[2] {
					t.Errorf("detach, end, close: %v, want %v", counts, want)
				}
			})
		})
	}
}

func count(condition string) int {
	if condition == "" {
		return 0
	}
	return 1
}

// session is the server's side of channel 0.
func (p *peer) session() *session {
	p.take()
	for c := range p.srv.conns {
		return c.sessions[0]
	}
	return nil
}

// After an end with an error, frames on the channel are dropped until the peer
// ends it too; then it can be used again.
// Protocol 8.3.5.
func TestSessionAfterError(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialOpen(t, s)
		p.send(0, &frame.Transfer{Handle: 1})
		p.send(0, &frame.Attach{Name: "late", Handle: 1})
		p.send(0, &frame.End{})
		p.send(0, &frame.Begin{})
		got := p.take()
		only[*frame.End](t, got)
		only[*frame.Begin](t, got)
	})
}

// A peer that sends requests but takes no replies costs bounded memory.
func TestRepliesWithoutCredit(t *testing.T) {
	bubble(t, Options{}, 0, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		message := tokenMessage(t, "t")
		p.send(0, &frame.Flow{IncomingWindow: 5000, Handle: frame.Some[uint32](101), DeliveryCount: frame.Some[uint32](1), LinkCredit: frame.Some[uint32](0)})
		for i := range uint32(maxReplies + 1) {
			p.send(0, &frame.Transfer{Handle: 100, DeliveryID: frame.Some(i + 2), DeliveryTag: []byte{1}}, message...)
			p.take()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for c := range s.conns {
			if l := c.sessions[0].links[101].base(); !l.detached {
				t.Error("the reply link is still attached")
			}
		}
	})
}

// Close tells the peers and leaves nothing behind.
func TestServerClose(t *testing.T) {
	bubble(t, Options{}, 3, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		p.read(nil)
		silent := dial(t, s)
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		<-p.gone
		<-silent.gone
		wantCondition(t, only[*frame.Close](t, p.take()).Error, condForced)
		late := dial(t, s)
		<-late.gone
	})
}

// Protocol 7.8: receivers that ask for it are told how far the partition is.
// Protocol 7.8.5.
func TestRuntimeMetric(t *testing.T) {
	bubble(t, Options{}, 7, func(t *testing.T, s *Server, _ *memoryHub) {
		p := dialClaimed(t, s)
		a := only[*frame.Attach](t, p.read(func(a *frame.Attach) { a.Desired = []frame.Symbol{runtimeMetric} }))
		if len(a.Offered) != 1 || a.Offered[0] != runtimeMetric {
			t.Errorf("offered %v", a.Offered)
		}
		got := p.grant(0, 2, nil)
		if n := len(every[*frame.Transfer](got)); n != 2 {
			t.Fatalf("%d events", n)
		}
		for _, d := range got {
			m, err := readMessage(d.payload)
			if err != nil {
				t.Fatal(err)
			}
			if m.DeliveryAnnotations["last_enqueued_sequence_number"] != int64(6) || m.DeliveryAnnotations["last_enqueued_offset"] != "1200" ||
				m.Annotations["x-opt-sequence-number"] == nil {
				t.Errorf("delivery annotations %v", m.DeliveryAnnotations)
			}
		}
	})
}

// Many connections that say nothing, or half a frame, cost little and end.
func TestManySilentConnections(t *testing.T) {
	bubble(t, Options{OpenTimeout: 10 * time.Second}, 1, func(t *testing.T, s *Server, _ *memoryHub) {
		var peers []*peer
		for i := range 500 {
			p := dial(t, s)
			if i%2 == 0 {
				p.write(append(frame.Header(frame.ProtocolAMQP), 0, 0, 0xff, 0xff, 2))
			}
			peers = append(peers, p)
		}
		synctest.Wait()
		s.mu.Lock()
		for c := range s.conns {
			if c.in.Size() > 512 {
				t.Errorf("a silent connection has a buffer of %d bytes", c.in.Size())
			}
		}
		s.mu.Unlock()
		reader := dialClaimed(t, s)
		if a := only[*frame.Attach](t, reader.read(nil)); a.Source == nil {
			t.Error("the others keep a good client out")
		}
		for _, p := range peers {
			<-p.gone
		}
	})
}

// A peer that asks for much and reads nothing costs bounded memory, and does
// not keep the server from closing.
func TestPeerThatDoesNotRead(t *testing.T) {
	bubble(t, Options{}, 2000, func(t *testing.T, s *Server, h *memoryHub) {
		h.add(t, 0, 20, 200<<10)
		client, server := net.Pipe()
		gone := make(chan struct{})
		go func() {
			s.ServeConn(server)
			close(gone)
		}()
		defer client.Close()
		b := frame.Append(frame.Header(frame.ProtocolSASL), frame.KindSASL, 0, &frame.Init{
			Mechanism: "PLAIN", Response: []byte("\x00iothubowner\x00c2VjcmV0"),
		}, nil)
		b = append(b, frame.Header(frame.ProtocolAMQP)...)
		b = frame.Append(b, frame.KindAMQP, 0, &frame.Open{ContainerID: "c", MaxFrameSize: 65536}, nil)
		b = frame.Append(b, frame.KindAMQP, 0, &frame.Begin{IncomingWindow: 1 << 30}, nil)
		b = frame.Append(b, frame.KindAMQP, 0, &frame.Attach{
			Name: "r", Receiver: true, Source: &frame.Source{Address: "myhub/ConsumerGroups/$Default/Partitions/0"}, Target: &frame.Target{},
		}, nil)
		b = frame.Append(b, frame.KindAMQP, 0, &frame.Flow{
			IncomingWindow: 1 << 30, Handle: frame.Some[uint32](0), DeliveryCount: frame.Some[uint32](0), LinkCredit: frame.Some[uint32](1 << 30),
		}, nil)
		if _, err := client.Write(b); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.mu.Lock()
		for c := range s.conns {
			c.mu.Lock()
			if n := len(c.out); n > outLimit+2*maxFrame {
				t.Errorf("%d bytes are queued", n)
			}
			if n := c.sessions[0].links[0].(*sender).count; n == 0 || n > 2010 {
				t.Errorf("%d of 2020 events are on their way", n)
			}
			c.mu.Unlock()
		}
		s.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
		<-gone
	})
}
