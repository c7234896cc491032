package device

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

func TestTokenIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var expiries []time.Time
		var got arrivals
		var goodbyes atomic.Int32
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			token, err := sas.Parse(string(s.connect.Password))
			if err != nil {
				t.Error(err)
			}
			expiries = append(expiries, token.Expiry)
			for {
				packet, err := packets.ReadPacket(s)
				if err != nil {
					return
				}
				switch packet := packet.(type) {
				case *packets.PublishPacket:
					got.add(packet)
					time.Sleep(50 * time.Millisecond)
					s.ack(packet.MessageID)
				case *packets.DisconnectPacket:
					goodbyes.Add(1)
				}
			}
		}}
		var seen states
		c := newClient(t, p, Options{TokenLifetime: 100 * time.Second, OnState: seen.add})
		mustConnect(t, c)
		began := time.Now()
		var receipts []*Receipt
		for i := range 300 {
			receipts = append(receipts, mustSend(t, c, fmt.Sprint(i)))
			time.Sleep(time.Second)
		}
		for _, r := range receipts {
			if err := wait(t, r); err != nil || r.Sends() != 1 {
				t.Errorf("message %s: %v, sent %d times", r.MessageID, err, r.Sends())
			}
		}
		if len(expiries) != 4 || goodbyes.Load() != 3 {
			t.Errorf("%d connections and %d goodbyes in 300 s with tokens of 100 s", len(expiries), goodbyes.Load())
		}
		for i, expiry := range expiries {
			want := began.Add(time.Duration(i)*85*time.Second + 100*time.Second)
			if late := expiry.Sub(want); late < -2*time.Second || late > 2*time.Second {
				t.Errorf("token %d ends at %v, want about %v", i, expiry.Sub(began), want.Sub(began))
			}
		}
		ids := make([]string, 0, len(got.all))
		for _, a := range got.all {
			ids = append(ids, a.ID)
		}
		for i, id := range ids {
			if id != fmt.Sprint(i) {
				t.Fatalf("the hub got %v", ids)
			}
		}
		for _, st := range seen.list() {
			if st.Err != nil || st.RetryIn > 0 {
				t.Errorf("a renewal shows as trouble: %+v", st)
			}
		}
	})
}

func TestRenewalDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n > 0 {
				s.serve()
				return
			}
			s.swallow()
		}}
		c := newClient(t, p, Options{TokenLifetime: 100 * time.Second, MessageTimeout: -1})
		mustConnect(t, c)
		time.Sleep(80 * time.Second)
		r := mustSend(t, c, "m")
		if err := wait(t, r); err != nil || r.Sends() != 2 {
			t.Errorf("%v, sent %d times", err, r.Sends())
		}
		if p.count() != 2 || time.Since(r.Accepted) > 21*time.Second {
			t.Errorf("%d connections, confirmed after %v", p.count(), time.Since(r.Accepted))
		}
	})
}

// TestReconnectSpacing looks at the waits between tries to reach a hub that is away.
func TestReconnectSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		p := &peer{script: good}
		var seen states
		c := newClient(t, p, Options{OnState: seen.add, Dial: func(ctx context.Context) (net.Conn, error) {
			if away.Load() {
				return nil, errors.New("connection refused")
			}
			return p.dial(ctx)
		}})
		away.Store(true)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		var waits []time.Duration
		for i, st := range seen.list() {
			if st.Phase != Connecting {
				t.Errorf("state %d is %v before the first connection", i, st.Phase)
			}
			if st.RetryIn == 0 {
				continue
			}
			waits = append(waits, st.RetryIn)
			if st.Attempt != len(waits) || !errors.Is(st.Err, ErrNetwork) {
				t.Errorf("state %+v, want attempt %d", st, len(waits))
			}
		}
		base := 100 * time.Millisecond
		for i, wait := range waits {
			if wait < base*3/4 || wait > base*5/4 {
				t.Errorf("wait %d is %v, want %v within a quarter", i, wait, base)
			}
			base = min(2*base, 10*time.Second)
		}
		if len(waits) < 15 || len(waits) > 24 {
			t.Errorf("%d tries in two minutes", len(waits))
		}
		away.Store(false)
		time.Sleep(15 * time.Second)
		if st := c.State(); st.Phase != Connected || st.Err != nil || st.Attempt != 0 {
			t.Errorf("state %+v", st)
		}
	})
}

func TestWrongKeySlowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(_ int, s *peerSide) { s.answer(5) }}
		c := newClient(t, p, Options{})
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if st := c.State(); st.RetryIn < 7*time.Second || !errors.Is(st.Err, ErrUnauthorized) || p.count() != 1 {
			t.Errorf("after 5 s: %+v, %d tries", st, p.count())
		}
		time.Sleep(10 * time.Minute)
		if n := p.count(); n < 8 || n > 18 {
			t.Errorf("%d tries in ten minutes", n)
		}
	})
}

// TestThrownOffAgainAndAgain: another program with the same identity takes over each time.
func TestThrownOffAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(_ int, s *peerSide) { s.accept() }}
		var seen states
		c := newClient(t, p, Options{OnState: seen.add})
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := p.count(); n > 16 {
			t.Errorf("%d connections in a minute", n)
		}
		for _, st := range seen.list() {
			if st.RetryIn > 0 && errors.Is(st.Err, ErrTakenOver) != (st.Attempt >= takenOften) {
				t.Errorf("suspicion in %+v", st)
			}
		}
		sentence, next := hub.Explain(c.State().Err)
		if !strings.Contains(sentence, "another program") || next == "" || !errors.Is(c.State().Err, ErrNetwork) {
			t.Errorf("%q, next %q", sentence, next)
		}
	})
}

// TestConnectionsThatHoldAreNotTakenOver: a hub that closes now and then raises no suspicion.
func TestConnectionsThatHoldAreNotTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n%takenOften == takenOften-1 {
				defer time.AfterFunc(takenSoon, func() { _ = s.Close() }).Stop()
				s.swallow()
			}
		}}
		var seen states
		c := newClient(t, p, Options{OnState: seen.add})
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		for _, st := range seen.list() {
			if errors.Is(st.Err, ErrTakenOver) {
				t.Errorf("suspicion in %+v", st)
			}
		}
	})
}

// TestAnotherKeyIsTriedAtOnce: after a rotation the client does not sit out the wait that the old key earned.
func TestAnotherKeyIsTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rotated = "cm90YXRlZA=="
		p := &peer{script: func(_ int, s *peerSide) {
			packet, err := packets.ReadPacket(s)
			if err != nil {
				return
			}
			ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
			token, err := sas.Parse(string(packet.(*packets.ConnectPacket).Password))
			if err != nil || !token.Verify(secret.New(rotated)) {
				ack.ReturnCode = packets.ErrRefusedNotAuthorised
			}
			if ack.Write(s) == nil && ack.ReturnCode == 0 {
				s.serve()
			}
		}}
		c := newClient(t, p, Options{})
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if st := c.State(); !errors.Is(st.Err, ErrUnauthorized) {
			t.Fatalf("state %+v", st)
		}
		if err := c.SetKey(secret.New(rotated)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if st := c.State(); st.Phase != Connected {
			t.Errorf("state %+v", st)
		}
	})
}

func TestAttemptsBeginAnewAfterAConnectionThatHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := make(chan struct{})
		defer close(cut) // there may be one more connection at the end
		p := &peer{script: func(n int, s *peerSide) {
			if n < 3 {
				return
			}
			s.accept()
			go s.serve()
			<-cut
		}}
		c := newClient(t, p, Options{})
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		cut <- struct{}{}
		synctest.Wait()
		if st := c.State(); st.Attempt != 1 || st.Phase != Reconnecting || !strings.Contains(st.Err.Error(), "closed the connection") {
			t.Errorf("state %+v", st)
		}
		time.Sleep(time.Second)
		cut <- struct{}{}
	})
}

func TestPingNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n == 0 {
				s.swallow()
				return
			}
			s.serve()
		}}
		var seen states
		c := newClient(t, p, Options{KeepAlive: 20 * time.Second, OnState: seen.add})
		mustConnect(t, c)
		time.Sleep(10 * time.Minute)
		if p.count() != 2 || c.State().Phase != Connected {
			t.Errorf("%d connections, state %+v", p.count(), c.State())
		}
	})
}

func TestCutInMidPacket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n == 0 {
				m := s.publish()
				_, _ = s.Write([]byte{0x40, 2, byte(m.MessageID >> 8)})
				return
			}
			s.serve()
		}}
		c := newClient(t, p, Options{})
		mustConnect(t, c)
		r := mustSend(t, c, "m")
		if err := wait(t, r); err != nil || r.Sends() != 2 {
			t.Errorf("%v, sent %d times", err, r.Sends())
		}
	})
}

func TestGarbageFromTheHub(t *testing.T) {
	for _, garbage := range [][]byte{{0, 0}, {0xF0, 0}, {0x40, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, {0x20, 2, 0, 0}, {0x90, 3, 0, 1, 0}, {0x62, 2, 0, 1}} {
		synctest.Test(t, func(t *testing.T) {
			p := &peer{script: func(n int, s *peerSide) {
				s.accept()
				if n == 0 {
					s.publish()
					_, _ = s.Write(garbage)
					_ = s.SetReadDeadline(time.Now().Add(time.Minute))
					s.swallow()
					return
				}
				s.serve()
			}}
			c := newClient(t, p, Options{MessageTimeout: 2 * time.Minute})
			mustConnect(t, c)
			if err := wait(t, mustSend(t, c, "m")); err != nil {
				t.Errorf("% x: %v", garbage, err)
			}
		})
	}
}

// TestNothingLostInChaos cuts the connection at random moments, in the middle of packets too.
func TestNothingLostInChaos(t *testing.T) {
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			const messages = 500
			var got arrivals
			p := &peer{script: func(n int, s *peerSide) {
				random := rand.New(rand.NewPCG(seed, uint64(n)))
				if random.IntN(4) == 0 || !s.accept() {
					return
				}
				for range random.IntN(60) {
					m := s.publish()
					if m == nil {
						return
					}
					got.add(m)
					switch {
					case random.IntN(30) == 0:
						_, _ = s.Write([]byte{0x40, 2})
						return
					case random.IntN(20) == 0:
						return
					}
					s.ack(m.MessageID)
				}
			}}
			c := newClient(t, p, Options{MessageTimeout: -1})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(seed, 1<<32))
			var receipts []*Receipt
			for i := range messages {
				receipts = append(receipts, mustSend(t, c, fmt.Sprintf("%05d", i)))
				time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
			}
			for _, r := range receipts {
				if err := wait(t, r); err != nil {
					t.Fatal(err)
				}
			}
			checkArrivals(t, got.all, messages)
		})
	}
}

// checkArrivals: every message came, the first copies in order, and further copies say that they are.
func checkArrivals(t *testing.T, all []arrival, messages int) {
	t.Helper()
	seen := map[string]uint16{}
	var order []string
	for _, a := range all {
		mid, again := seen[a.ID]
		if again && (!a.Dup || mid != a.MID) {
			t.Errorf("message %s came again as %+v, first with identifier %d", a.ID, a, mid)
		}
		if !again {
			order = append(order, a.ID)
		}
		seen[a.ID] = a.MID
	}
	if len(order) != messages || !slices.IsSorted(order) {
		t.Errorf("%d of %d messages, sorted %v", len(order), messages, slices.IsSorted(order))
	}
}
