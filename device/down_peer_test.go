package device

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub"
)

// talk gives every packet to on, until the connection ends, and answers pings.
func (s *peerSide) talk(on func(packets.ControlPacket)) {
	for {
		p, err := packets.ReadPacket(s)
		if err != nil {
			return
		}
		if _, isPing := p.(*packets.PingreqPacket); isPing {
			p = packets.NewControlPacket(packets.Pingresp)
			_ = p.Write(s)
			continue
		}
		on(p)
	}
}

func (s *peerSide) suback(p *packets.SubscribePacket, code byte) {
	ack := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
	ack.MessageID, ack.ReturnCodes = p.MessageID, []byte{code}
	_ = ack.Write(s)
}

func (s *peerSide) deliver(name string, id uint16, body string) {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload, p.MessageID = name, []byte(body), id
	if id > 0 {
		p.Qos = 1
	}
	_ = p.Write(s)
}

// rid is the request of a twin request or of the answer to a method.
func rid(name string) string {
	_, id, _ := strings.Cut(name, "$rid=")
	return id
}

// hubOf grants everything and gives what a device publishes to on.
func hubOf(on func(n int, s *peerSide, p *packets.PublishPacket)) *peer {
	return &peer{script: func(n int, s *peerSide) {
		s.accept()
		s.talk(func(p packets.ControlPacket) {
			switch p := p.(type) {
			case *packets.SubscribePacket:
				s.suback(p, p.Qoss[0])
			case *packets.PublishPacket:
				if on != nil {
					on(n, s, p)
				}
			}
		})
	}}
}

// list is what handlers collect.
type list[T any] struct {
	mu  sync.Mutex
	all []T
}

func (l *list[T]) add(v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, v)
}

func (l *list[T]) get() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

func TestRefusedSubscriptionsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			s.talk(func(p packets.ControlPacket) {
				if p, ok := p.(*packets.SubscribePacket); ok {
					s.suback(p, refusedSubscription)
				}
			})
		}}
		var problems list[error]
		c := newClient(t, p, Options{
			OnMessage:    func(*Incoming) Settlement { return Complete },
			OnMethod:     func(context.Context, MethodRequest) MethodResponse { return MethodResponse{} },
			OnDesired:    func(DesiredPatch) {},
			OnSubscribed: func() { t.Error("all subscriptions, it says") },
			OnProblem:    problems.add,
		})
		mustConnect(t, c)
		synctest.Wait()
		told := problems.get()
		for i, what := range []string{"cloud-to-device messages", "direct methods", "twin requests", "desired properties"} {
			if len(told) != 4 || !errors.Is(told[i], ErrSubscription) {
				t.Fatalf("problems %v", told)
			}
			if sentence, next := hub.Explain(told[i]); !strings.Contains(sentence, what) || !strings.Contains(next, "basic tier") {
				t.Errorf("%q, next %q", sentence, next)
			}
		}
		began := time.Now()
		if _, err := c.Twin(t.Context()); !errors.Is(err, ErrSubscription) || time.Since(began) > 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		time.Sleep(time.Hour / 2)
		if c.State().Phase != Connected || p.count() != 1 {
			t.Errorf("state %+v, %d connections", c.State(), p.count())
		}
	})
}

func TestSubscriptionThatIsNeverAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := hubOf(nil)
		granting := p.script
		p.script = func(n int, s *peerSide) {
			if n > 0 {
				granting(n, s)
				return
			}
			s.accept()
			s.swallow()
		}
		var seen states
		subscribed := make(chan struct{}, 10)
		c := newClient(t, p, Options{
			OnState: seen.add, OnSubscribed: func() { subscribed <- struct{}{} },
			OnMessage: func(*Incoming) Settlement { return Complete },
		})
		mustConnect(t, c)
		began := time.Now()
		<-subscribed
		if took := time.Since(began); took < DefaultRequestTimeout || took > DefaultRequestTimeout+time.Second {
			t.Errorf("subscribed after %v", took)
		}
		if !slices.ContainsFunc(seen.list(), func(st State) bool {
			return st.Err != nil && strings.Contains(st.Err.Error(), "did not answer a subscription")
		}) {
			t.Errorf("states %+v", seen.list())
		}
	})
}

func TestRefusedTwinRequests(t *testing.T) {
	for _, tc := range []struct {
		status int
		kind   error
	}{{429, ErrThrottled}, {500, ErrUnavailable}, {503, ErrUnavailable}, {400, ErrRequestRefused}} {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, hubOf(func(_ int, s *peerSide, p *packets.PublishPacket) {
				s.deliver(topic.TwinResponse(tc.status, rid(p.TopicName), nil), 0, `{"errorCode":42,"message":"said the hub","trackingId":"t"}`)
			}), Options{})
			mustConnect(t, c)
			_, err := c.Report(t.Context(), json.RawMessage(`{"a":1}`))
			var refused *RequestError
			if !errors.Is(err, tc.kind) || !errors.As(err, &refused) || refused.Code != 42 || refused.TrackingID != "t" {
				t.Errorf("%d: %v", tc.status, err)
			}
			sentence, next := hub.Explain(err)
			if next == "" || !strings.Contains(sentence, fmt.Sprintf("(status %d): said the hub", tc.status)) {
				t.Errorf("%d: %q, next %q", tc.status, sentence, next)
			}
		})
	}
}

func TestTwinRequestsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, hubOf(nil), Options{})
		mustConnect(t, c)
		began := time.Now()
		ended := make(chan error, maxRequests)
		for range maxRequests {
			go func() {
				_, err := c.Twin(context.Background())
				ended <- err
			}()
		}
		synctest.Wait()
		if _, err := c.Twin(t.Context()); !errors.Is(err, ErrQueueFull) {
			t.Errorf("one too many: %v", err)
		}
		for range maxRequests {
			if err := <-ended; !errors.Is(err, ErrRequestTimeout) || time.Since(began) != DefaultRequestTimeout {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Twin(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that ends: %v", err)
		}
		if n := len(c.down.requests.waiting); n != 0 {
			t.Errorf("%d requests wait still", n)
		}
	})
}

// TestDesiredPropertiesInOrder: a first read that fails, changes meanwhile, one that is missed, old ones.
func TestDesiredPropertiesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads, version := 0, 6
		patch := func(s *peerSide, v int) {
			s.deliver(topic.DesiredPatch(int64(v)), 0, fmt.Sprintf(`{"p":%d,"$version":%d}`, v, v))
		}
		p := hubOf(func(_ int, s *peerSide, p *packets.PublishPacket) {
			if reads++; reads == 1 {
				s.deliver(topic.TwinResponse(503, rid(p.TopicName), nil), 0, "")
				patch(s, 6)
				patch(s, 7)
				return
			}
			s.deliver(topic.TwinResponse(200, rid(p.TopicName), nil), 0,
				fmt.Sprintf(`{"desired":{"$version":%d},"reported":{"$version":1}}`, version))
			if reads == 2 {
				patch(s, 8)
				patch(s, 5)
				version = 11
				patch(s, 10)
			}
			if reads == 3 {
				patch(s, 11)
				patch(s, 12)
			}
		})
		var got list[string]
		var problems list[error]
		c := newClient(t, p, Options{
			OnDesired: func(p DesiredPatch) { got.add(fmt.Sprint(p.Version, p.Full)) }, OnProblem: problems.add,
		})
		mustConnect(t, c)
		time.Sleep(5 * time.Minute)
		if want := []string{"6 true", "7 false", "8 false", "11 true", "12 false"}; !slices.Equal(got.get(), want) {
			t.Errorf("got %q, want %q", got.get(), want)
		}
		if told := problems.get(); len(told) != 1 || !errors.Is(told[0], ErrUnavailable) {
			t.Errorf("problems %v", told)
		}
		if n := c.Counts(); n.DesiredGaps != 1 || n.DesiredPatches != 3 || reads != 3 {
			t.Errorf("counts %+v, %d reads", n, reads)
		}
	})
}

func TestMethodsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls = maxCalls + maxCallsWaiting + 1
		var answers list[string]
		p := hubOf(func(n int, s *peerSide, p *packets.PublishPacket) { answers.add(p.TopicName) })
		sides := make(chan *peerSide, 2)
		script := p.script
		p.script = func(n int, s *peerSide) {
			sides <- s
			script(n, s)
		}
		release := make(chan MethodResponse)
		var problems list[error]
		c := newClient(t, p, Options{OnProblem: problems.add, OnMethod: func(context.Context, MethodRequest) MethodResponse { return <-release }})
		mustConnect(t, c)
		synctest.Wait()
		s := <-sides
		for i := range calls {
			s.deliver(topic.MethodCall("m", fmt.Sprint(i)), 0, "")
		}
		synctest.Wait()
		if n := c.down.calls.running; n != maxCalls {
			t.Errorf("%d run at once", n)
		}
		if got := answers.get(); len(got) != 1 || got[0] != topic.MethodAnswer(429, fmt.Sprint(calls-1)) || len(problems.get()) != 1 {
			t.Errorf("answers %q, problems %v", got, problems.get())
		}
		release <- MethodResponse{Status: 200, Payload: json.RawMessage(`{`)}
		release <- MethodResponse{Status: 200, Payload: make([]byte, maxMethodPayload+1)}
		synctest.Wait()
		for _, a := range answers.get()[1:] {
			if !strings.HasPrefix(a, "$iothub/methods/res/500/") {
				t.Errorf("an answer that is none went out as %s", a)
			}
		}
		_ = s.Close()
		<-sides
		time.Sleep(time.Minute)
		for range calls - 3 {
			release <- MethodResponse{Status: 200}
		}
		synctest.Wait()
		if n := c.Counts(); n.Calls != calls || n.CallsAnswered != 3 || n.AnswersLost != calls-3 || len(answers.get()) != 3 {
			t.Errorf("counts %+v, answers %q", n, answers.get())
		}
	})
}

// TestCloseWaitsForHandlers: the answer still goes out, and requests end.
func TestCloseWaitsForHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers list[string]
		begun := make(chan struct{})
		p := hubOf(func(_ int, _ *peerSide, p *packets.PublishPacket) { answers.add(p.TopicName) })
		script := p.script
		p.script = func(n int, s *peerSide) {
			time.AfterFunc(time.Second, func() { s.deliver(topic.MethodCall("m", "7"), 0, "") })
			script(n, s)
		}
		c := newClient(t, p, Options{OnMethod: func(ctx context.Context, _ MethodRequest) MethodResponse {
			close(begun)
			<-ctx.Done()
			time.Sleep(time.Second)
			return MethodResponse{Status: 503}
		}})
		mustConnect(t, c)
		<-begun
		ended := make(chan error, 1)
		go func() {
			_, err := c.Twin(context.Background())
			ended <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Errorf("a request: %v", err)
		}
		synctest.Wait()
		if got := answers.get(); !slices.Contains(got, topic.MethodAnswer(503, "7")) {
			t.Errorf("published %q", got)
		}
	})
}

// TestMessagesBeyondTheQueueAreLeft: for a module, whose messages come by its inputs.
// A handler that does not heed its context does not hold up Close for ever, and Close says that it was left behind.
func TestCloseLeavesAHandlerBehind(t *testing.T) {
	for name, message := range map[string]bool{"method": false, "message": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release, begun, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
				deaf := func() {
					close(begun)
					<-release
					close(ended)
				}
				p := hubOf(nil)
				script := p.script
				p.script = func(n int, s *peerSide) {
					time.AfterFunc(time.Second, func() {
						if message {
							s.deliver("devices/dev/messages/devicebound/", 7, "x")
						} else {
							s.deliver(topic.MethodCall("m", "7"), 0, "")
						}
					})
					script(n, s)
				}
				c := newClient(t, p, Options{
					OnMethod:  func(context.Context, MethodRequest) MethodResponse { deaf(); return MethodResponse{} },
					OnMessage: func(*Incoming) Settlement { deaf(); return Complete },
				})
				mustConnect(t, c)
				<-begun
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				defer cancel()
				began := time.Now()
				err := c.Close(ctx)
				if took := time.Since(began); took != 3*time.Second+handlerTime {
					t.Errorf("Close took %v", took)
				}
				if !errors.Is(err, ErrHandler) || !strings.Contains(err.Error(), "1 running") {
					t.Errorf("Close: %v", err)
				}
				close(release)
				<-ended
				synctest.Wait()
				if err := c.Close(context.Background()); err != nil {
					t.Errorf("Close again, when it has ended: %v", err)
				}
			})
		})
	}
}

func TestMessagesBeyondTheQueueAreLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var filters, acks list[string]
		p := &peer{t: t, script: func(_ int, s *peerSide) {
			s.accept()
			s.talk(func(p packets.ControlPacket) {
				switch p := p.(type) {
				case *packets.SubscribePacket:
					filters.add(p.Topics[0])
					s.suback(p, 1)
					for i := range uint16(maxMessages + 1) {
						s.deliver("devices/dev1/modules/mod1/inputs/in%201/%24.mid=a%2Fb&k%20e=v%26%25&bare", i+1, "")
					}
					s.deliver("devices/dev1/modules/mod1/inputs/in/%zz", 100, "")
				case *packets.PubackPacket:
					acks.add(fmt.Sprint(p.MessageID))
				}
			})
		}}
		cs := testDevice()
		cs.ModuleID = "mod1"
		release := make(chan struct{})
		var got list[*Incoming]
		var problems list[error]
		c, err := New(cs, Options{Dial: p.dial, OnProblem: problems.add, OnMessage: func(m *Incoming) Settlement {
			<-release
			got.add(m)
			return Complete
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer closeNow(c)
		mustConnect(t, c)
		synctest.Wait()
		close(release)
		synctest.Wait()
		if f := filters.get(); len(f) != 1 || f[0] != "devices/dev1/modules/mod1/inputs/#" {
			t.Errorf("filters %q", f)
		}
		if len(got.get()) != maxMessages || len(acks.get()) != maxMessages || len(problems.get()) != 2 {
			t.Errorf("%d messages, %d confirmed, problems %v", len(got.get()), len(acks.get()), problems.get())
		}
		m := got.get()[0]
		if m.MessageID != "a/b" || len(m.Body) != 0 || len(m.Properties) != 2 || m.Properties[0] != (Property{"k e", "v&%"}) {
			t.Errorf("message %+v", m)
		}
		if n := c.Counts(); n.MessagesLeft != 1 || n.Malformed != 1 || n.MessagesCompleted != maxMessages {
			t.Errorf("counts %+v", n)
		}
	})
}

// TestOldSubscriptionsAreTakenBack: those of a session that the hub kept, without handlers now, once.
func TestOldSubscriptionsAreTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var taken list[string]
		p := &peer{script: func(n int, s *peerSide) {
			if _, err := packets.ReadPacket(s); err != nil {
				return
			}
			ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
			ack.SessionPresent = true
			_ = ack.Write(s)
			if n == 0 {
				time.AfterFunc(time.Second, func() { _ = s.Close() })
			}
			s.talk(func(p packets.ControlPacket) {
				switch p := p.(type) {
				case *packets.UnsubscribePacket:
					taken.add(strings.Join(p.Topics, " "))
					ack := packets.NewControlPacket(packets.Unsuback).(*packets.UnsubackPacket)
					ack.MessageID = p.MessageID
					_ = ack.Write(s)
				case *packets.SubscribePacket:
					s.suback(p, 1)
				}
			})
		}}
		c := newClient(t, p, Options{OnMessage: func(*Incoming) Settlement { return Leave }})
		mustConnect(t, c)
		time.Sleep(time.Minute)
		if got := taken.get(); len(got) != 1 || got[0] != topic.MethodCalls+" "+topic.DesiredPatches || p.count() != 2 {
			t.Errorf("taken back %q in %d connections", got, p.count())
		}
	})
}
