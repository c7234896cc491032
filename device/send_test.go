package device

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hubscope/device/topic"
)

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got *packets.PublishPacket
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			got = s.publish()
			time.Sleep(7 * time.Millisecond)
			s.ack(got.MessageID)
			s.serve()
		}}
		var told []*Receipt
		c := newClient(t, p, Options{OnReceipt: func(r *Receipt) { told = append(told, r) }})
		mustConnect(t, c)
		r, err := c.Send(Message{
			MessageID: "mid/1", CorrelationID: "c1", ContentType: "application/json", ContentEncoding: "utf-8",
			Properties: []Property{{"k e", "v/&="}}, Body: []byte(`{"t":1}`), Tag: 5,
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.Err() != nil || r.RoundTrip() != 0 || c.Waiting() != 1 {
			t.Errorf("on its way: %v, %v, %d waiting", r.Err(), r.RoundTrip(), c.Waiting())
		}
		if err := wait(t, r); err != nil {
			t.Fatal(err)
		}
		if r.RoundTrip() != 7*time.Millisecond || r.Sends() != 1 || r.MessageID != "mid/1" || r.Tag != 5 || c.Waiting() != 0 {
			t.Errorf("receipt %+v, %d waiting", r, c.Waiting())
		}
		if got.TopicName != "devices/dev1/messages/events/%24.mid=mid%2F1&%24.cid=c1&%24.ct=application%2Fjson&%24.ce=utf-8&k%20e=v%2F%26%3D" {
			t.Errorf("topic %s", got.TopicName)
		}
		if got.Qos != 1 || got.Dup || got.Retain || string(got.Payload) != `{"t":1}` || got.MessageID < firstID {
			t.Errorf("PUBLISH %v", got)
		}
		synctest.Wait()
		if len(told) != 1 || told[0] != r {
			t.Errorf("OnReceipt was told %v", told)
		}
	})
}

func TestSendRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: good}, Options{QueueSize: 2, QueueBytes: 1000})
		big := strings.Repeat("x", MaxMessageSize)
		cases := []struct {
			name string
			m    Message
			want error
		}{
			{"body", Message{Text: big + "x"}, ErrMessageTooLarge},
			{"body and properties", Message{Text: big, Properties: []Property{{"k", ""}}}, ErrMessageTooLarge},
			{"body and system properties", Message{Text: big, ContentType: "t"}, ErrMessageTooLarge},
			{"topic", Message{Properties: []Property{{"k", strings.Repeat("/", 30000)}}}, ErrMessageTooLarge},
			{"property without a name", Message{Properties: []Property{{"", "v"}}}, ErrBadMessage},
			{"not UTF-8", Message{MessageID: "\xff"}, ErrBadMessage},
			{"two bodies", Message{Text: "a", Body: []byte("b")}, ErrBadMessage},
		}
		for _, tc := range cases {
			if _, err := c.Send(tc.m); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
			}
		}
		if _, err := c.Send(Message{Text: big[:600]}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(Message{Text: big[:600]}); !errors.Is(err, ErrQueueFull) {
			t.Errorf("bytes: %v", err)
		}
		if _, err := c.Send(Message{}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(Message{}); !errors.Is(err, ErrQueueFull) {
			t.Errorf("number: %v", err)
		}
		closeNow(c)
		if _, err := c.Send(Message{}); !errors.Is(err, ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

func TestGreatestMessageIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: good}, Options{})
		mustConnect(t, c)
		r, err := c.Send(Message{Text: strings.Repeat("x", MaxMessageSize)})
		if err != nil {
			t.Fatal(err)
		}
		if err := wait(t, r); err != nil {
			t.Error(err)
		}
	})
}

// arrival is a message as the hub got it.
type arrival struct {
	ID  string
	Dup bool
	MID uint16
}

type arrivals struct {
	mu  sync.Mutex
	all []arrival
}

func (a *arrivals) add(p *packets.PublishPacket) {
	parsed, _ := topic.ParsePublish(p.TopicName)
	id, _ := parsed.Bag.Get(topic.MessageID)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, arrival{id, p.Dup, p.MessageID})
}

func TestUnconfirmedMessagesAreSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first, second arrivals
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n > 0 {
				for p := s.publish(); p != nil; p = s.publish() {
					second.add(p)
					s.ack(p.MessageID)
				}
				return
			}
			for range 3 {
				p := s.publish()
				first.add(p)
				if len(first.all) == 1 {
					s.ack(p.MessageID)
				}
			}
		}}
		c := newClient(t, p, Options{})
		mustConnect(t, c)
		var receipts []*Receipt
		for _, id := range []string{"a", "b", "c"} {
			receipts = append(receipts, mustSend(t, c, id))
		}
		if err := wait(t, receipts[0]); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if st := c.State(); st.Phase != Reconnecting || st.Attempt != 1 || st.RetryIn <= 0 || !errors.Is(st.Err, ErrNetwork) {
			t.Errorf("state %+v", st)
		}
		receipts = append(receipts, mustSend(t, c, "d"))
		for _, r := range receipts[1:] {
			if err := wait(t, r); err != nil {
				t.Error(err)
			}
		}
		want := []arrival{{"b", true, first.all[1].MID}, {"c", true, first.all[2].MID}, {"d", false, first.all[2].MID + 1}}
		if diff := cmp.Diff(want, second.all); diff != "" {
			t.Error("on the second connection: ", diff)
		}
		if receipts[1].Sends() != 2 || receipts[3].Sends() != 1 {
			t.Errorf("sends %d and %d", receipts[1].Sends(), receipts[3].Sends())
		}
	})
}

func TestMessageTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			if n > 0 {
				good(n, s)
				return
			}
			s.accept()
			s.swallow()
		}}
		var seen states
		c := newClient(t, p, Options{OnState: seen.add})
		mustConnect(t, c)
		began := time.Now()
		late := mustSend(t, c, "late")
		time.Sleep(6 * time.Second)
		saved := mustSend(t, c, "saved")
		if err := wait(t, late); !errors.Is(err, ErrMessageTimeout) || time.Since(began) != DefaultMessageTimeout {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		// A hub that is silent for so long is gone: the younger message goes over a new connection.
		if err := wait(t, saved); err != nil || saved.Sends() != 2 {
			t.Errorf("the second message: %v, sent %d times", err, saved.Sends())
		}
		if p.count() != 2 {
			t.Errorf("%d connections", p.count())
		}
		var reason string
		for _, st := range seen.list() {
			if st.RetryIn > 0 {
				reason = st.Err.Error()
			}
		}
		if !strings.Contains(reason, "silent for 10s") {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestLateConfirmationEndsNoOtherMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ackLate := make(chan struct{})
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			first := s.publish()
			second := s.publish()
			s.ack(second.MessageID) // out of order, and the connection is not silent
			<-ackLate
			s.ack(first.MessageID)
			s.ack(first.MessageID)
			s.ack(0x7777) // never sent
			s.serve()
		}}
		c := newClient(t, p, Options{})
		mustConnect(t, c)
		first, second := mustSend(t, c, "1"), mustSend(t, c, "2")
		if err := wait(t, second); err != nil {
			t.Error(err)
		}
		if err := wait(t, first); !errors.Is(err, ErrMessageTimeout) {
			t.Error(err)
		}
		close(ackLate)
		synctest.Wait()
		third := mustSend(t, c, "3")
		if err := wait(t, third); err != nil || p.count() != 1 {
			t.Errorf("%v, %d connections", err, p.count())
		}
	})
}

func TestNoMessageTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: func(_ int, s *peerSide) {
			s.accept()
			p := s.publish()
			time.Sleep(time.Minute)
			s.ack(p.MessageID)
			s.serve()
		}}, Options{MessageTimeout: -1})
		mustConnect(t, c)
		if err := wait(t, mustSend(t, c, "m")); err != nil {
			t.Error(err)
		}
	})
}

func TestMessagesWaitForTheFirstConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: good}, Options{})
		r := mustSend(t, c, "m")
		time.Sleep(time.Second)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if err := wait(t, r); err != nil {
			t.Error(err)
		}
	})
}

func TestMessagesExpireWithoutAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{}, Options{Dial: nil})
		r := mustSend(t, c, "m")
		if err := wait(t, r); !errors.Is(err, ErrMessageTimeout) || r.Sends() != 0 {
			t.Errorf("%v, sent %d times", err, r.Sends())
		}
	})
}

func TestAllIdentifiersInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		const extra = 100
		room := 0x10000 - firstID
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			ids := make(map[uint16]bool, room)
			for range room {
				p := s.publish()
				if ids[p.MessageID] {
					t.Errorf("identifier %d is in use twice", p.MessageID)
				}
				ids[p.MessageID] = true
			}
			<-release
			go func() {
				for id := range ids {
					s.ack(id)
				}
			}()
			for range extra {
				s.ack(s.publish().MessageID)
			}
			s.serve()
		}}
		c := newClient(t, p, Options{QueueSize: room + extra, QueueBytes: 1 << 30, MessageTimeout: -1})
		mustConnect(t, c)
		var receipts []*Receipt
		for range room + extra {
			receipts = append(receipts, mustSend(t, c, ""))
		}
		synctest.Wait()
		close(release)
		for _, r := range receipts {
			if err := wait(t, r); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestCloseCases(t *testing.T) {
	slowAck := func(_ int, s *peerSide) {
		s.accept()
		for p := s.publish(); p != nil; p = s.publish() {
			time.Sleep(time.Second)
			s.ack(p.MessageID)
		}
	}
	t.Run("waits for what is in flight and says goodbye", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var last packets.ControlPacket
			c := newClient(t, &peer{script: func(_ int, s *peerSide) {
				s.accept()
				p := s.publish()
				time.Sleep(time.Second)
				s.ack(p.MessageID)
				last, _ = packets.ReadPacket(s)
			}}, Options{})
			mustConnect(t, c)
			r := mustSend(t, c, "m")
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if r.Err() != nil || r.RoundTrip() != time.Second {
				t.Errorf("receipt: %v", r.Err())
			}
			synctest.Wait()
			if _, ok := last.(*packets.DisconnectPacket); !ok {
				t.Errorf("the last packet is %v", last)
			}
			if st := c.State(); st.Phase != Disconnected || st.Err != nil {
				t.Errorf("state %+v", st)
			}
			if err := c.Close(t.Context()); err != nil {
				t.Errorf("a second Close: %v", err)
			}
			if err := c.Connect(t.Context()); !errors.Is(err, ErrClosed) {
				t.Errorf("Connect after Close: %v", err)
			}
		})
	})
	t.Run("sends what is queued", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: slowAck}, Options{})
			mustConnect(t, c)
			a, b := mustSend(t, c, "a"), mustSend(t, c, "b")
			if err := c.Close(t.Context()); err != nil || a.Err() != nil || b.Err() != nil || !b.isDone() {
				t.Errorf("%v; receipts %v, %v", err, a.Err(), b.Err())
			}
		})
	})
	t.Run("does not wait longer than its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(_ int, s *peerSide) {
				s.accept()
				s.swallow()
			}}, Options{})
			mustConnect(t, c)
			r := mustSend(t, c, "m")
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			began := time.Now()
			err := c.Close(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			if !errors.Is(r.Err(), ErrClosed) {
				t.Errorf("receipt: %v", r.Err())
			}
		})
	})
	t.Run("while a write hangs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			c := newClient(t, &peer{script: func(_ int, s *peerSide) {
				s.accept()
				<-release // reads nothing
			}}, Options{})
			mustConnect(t, c)
			r := mustSend(t, c, "m")
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			began := time.Now()
			if err := c.Close(ctx); err == nil {
				t.Error("no error")
			}
			if took := time.Since(began); took > time.Second+2*disconnectTime {
				t.Errorf("took %v", took)
			}
			if !errors.Is(r.Err(), ErrClosed) {
				t.Errorf("receipt: %v", r.Err())
			}
		})
	})
	t.Run("at once when there is no connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(int, *peerSide) {}}, Options{})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			r := mustSend(t, c, "m")
			time.Sleep(time.Second)
			began := time.Now()
			if err := c.Close(t.Context()); err != nil || time.Since(began) > 0 || !errors.Is(r.Err(), ErrClosed) {
				t.Errorf("after %v: %v, receipt %v", time.Since(began), err, r.Err())
			}
		})
	})
	t.Run("lets a try in progress bring the messages out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(n int, s *peerSide) {
				time.Sleep(time.Second)
				good(n, s)
			}}, Options{})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			r := mustSend(t, c, "m")
			synctest.Wait()
			if err := c.Close(t.Context()); err != nil || r.Err() != nil || !r.isDone() {
				t.Errorf("%v, receipt %v", err, r.Err())
			}
		})
	})
	t.Run("during a renewal", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(n int, s *peerSide) {
				s.accept()
				for p := s.publish(); p != nil; p = s.publish() {
					time.Sleep(2 * time.Second)
					s.ack(p.MessageID)
				}
			}}, Options{TokenLifetime: 100 * time.Second})
			mustConnect(t, c)
			time.Sleep(84 * time.Second)
			first := mustSend(t, c, "1") // confirmed after the renewal has begun to wait for it
			time.Sleep(1500 * time.Millisecond)
			second := mustSend(t, c, "2")
			time.Sleep(501 * time.Millisecond)
			if err := c.Close(t.Context()); err != nil || first.Err() != nil || second.Err() != nil || !second.isDone() {
				t.Errorf("%v, receipts %v, %v", err, first.Err(), second.Err())
			}
		})
	})
	t.Run("in the middle of a connect", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(_ int, s *peerSide) { s.swallow() }}, Options{})
			result := make(chan error, 1)
			go func() { result <- c.Connect(t.Context()) }()
			synctest.Wait()
			began := time.Now()
			if err := c.Close(t.Context()); err != nil || time.Since(began) > 0 {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			if err := <-result; err == nil {
				t.Error("Connect succeeded")
			}
		})
	})
	t.Run("never connected", func(t *testing.T) {
		c := newClient(t, &peer{script: good}, Options{})
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: slowAck}, Options{})
			mustConnect(t, c)
			r := mustSend(t, c, "m")
			var wg sync.WaitGroup
			for range 5 {
				wg.Go(func() {
					if err := c.Close(t.Context()); err != nil {
						t.Error(err)
					}
					if !r.isDone() {
						t.Error("Close returned before the end")
					}
				})
			}
			wg.Wait()
		})
	})
}
