package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
	"hubscope/hub/connstr"
)

func stopNow(s *Simulated) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = s.Stop(ctx)
}

func TestSimulatedDeviceSendsOnSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{delay: 3 * time.Millisecond}
		s := Start(t.Context(), identity("wind-1"), h.options())
		began := time.Now()
		time.Sleep(60*time.Second + 500*time.Millisecond)
		messages, times := h.got()
		if len(messages) != 61 {
			t.Fatalf("%d messages in 60 s", len(messages))
		}
		for i, m := range messages {
			want := fmt.Sprintf("devices/wind-1/messages/events/%%24.mid=message_%d&%%24.cid=correlation_%d&%%24.ct=application%%2Fjson&%%24.ce=utf-8&%%24.ctime=2000-01-01T00%%3A%02d%%3A%02d.000Z&Property=PropMsg_%d&hubscope-run=%s&hubscope-seq=%d", i+1, i+1, i/60, i%60, i+1, s.runID, i+1)
			if m.TopicName != want {
				t.Fatalf("topic %s", m.TopicName)
			}
			if due := began.Add(time.Duration(i) * time.Second); times[i] != due {
				t.Errorf("message %d at %v, want %v", i+1, times[i].Sub(began), due.Sub(began))
			}
		}
		st := s.Status()
		if st.State != Sending || st.Accepted != 61 || st.Confirmed != 61 || st.Failed != 0 || st.Busy || st.Waiting != 0 || st.Err != nil {
			t.Errorf("status %+v", st)
		}
		if st.DeviceID != "wind-1" || st.Profile != "wind" || st.Interval != time.Second || st.LastMessageID != "message_61" || string(st.LastBody) != string(messages[60].Payload) {
			t.Errorf("status %+v", st)
		}
		if near(st.RTTp50, 3*time.Millisecond) || near(st.RTTp99, 3*time.Millisecond) || st.LastConfirmed != times[60].Add(3*time.Millisecond) {
			t.Errorf("times %v, %v, %v", st.RTTp50, st.RTTp99, st.LastConfirmed)
		}
		stopNow(s)
		if st := s.Status(); st.State != Stopped || st.Accepted != 61 || st.Confirmed != 61 {
			t.Errorf("after the stop: %+v", st)
		}
		log := s.Log()
		if len(log) != 63 || log[0].Text != "connected" || log[62].Text != "stopped" {
			t.Fatalf("%d entries, first %+v, last %+v", len(log), log[0], log[len(log)-1])
		}
		forms := []string{"text", "bytes"}
		for i, e := range log[1:62] {
			want := fmt.Sprintf("message_%d correlation_%d Property=PropMsg_%d (as %s, 41 B)", i+1, i+1, i+1, forms[i%2])
			if e.Direction != Sent || e.Text != want || e.Outcome != "acked in 3.0 ms" || e.Err != nil {
				t.Fatalf("entry %+v, want %s", e, want)
			}
		}
	})
}

func near(got, want time.Duration) bool { return (got - want).Abs() > want/8 }

func TestIntervalChangesLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := h.options()
		o.Interval = 30 * time.Second
		s := Start(t.Context(), identity("d"), o)
		defer stopNow(s)
		time.Sleep(60*time.Second + 500*time.Millisecond)
		if messages, _ := h.got(); len(messages) != 3 {
			t.Errorf("%d messages in a minute at 30 s", len(messages))
		}
		s.SetInterval(time.Second)
		time.Sleep(10 * time.Second)
		if messages, _ := h.got(); len(messages) != 13 || s.Status().Interval != time.Second {
			t.Errorf("%d messages, interval %v", len(messages), s.Status().Interval)
		}
		s.SetInterval(0)
		if s.Status().Interval != MinInterval {
			t.Errorf("interval %v", s.Status().Interval)
		}
	})
}

func TestBusyAndFailedMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.mute.Store(true)
		s := Start(t.Context(), identity("d"), h.options())
		time.Sleep(5500 * time.Millisecond)
		if st := s.Status(); !st.Busy || st.Waiting != 6 || st.Accepted != 6 || st.Confirmed != 0 || !st.LastConfirmed.IsZero() {
			t.Errorf("while the hub is mute: %+v", st)
		}
		time.Sleep(time.Minute)
		st := s.Status()
		if st.Failed < 40 || st.Accepted != st.Confirmed+st.Failed+uint64(st.Waiting) {
			t.Errorf("after a minute: %+v", st)
		}
		failed := s.Log()[1]
		if !errors.Is(failed.Err, device.ErrMessageTimeout) || failed.Outcome != "failed: not confirmed within 10s" {
			t.Errorf("entry %+v", failed)
		}
		began := time.Now()
		stopNow(s)
		st = s.Status()
		if st.State != Stopped || st.Waiting != 0 || st.Busy || st.Accepted != st.Confirmed+st.Failed {
			t.Errorf("after the stop: %+v", st)
		}
		if took := time.Since(began); took > DefaultStopTimeout+5*time.Second {
			t.Errorf("the stop took %v", took)
		}
	})
}

func TestStopWaitsForConfirmations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{delay: 2 * time.Second}
		s := Start(t.Context(), identity("d"), h.options())
		time.Sleep(100 * time.Millisecond)
		s.RequestStop()
		synctest.Wait()
		if st := s.Status(); st.State != Stopping || !st.Busy {
			t.Errorf("while it stops: %+v", st)
		}
		<-s.Done()
		if st := s.Status(); st.State != Stopped || st.Accepted != 1 || st.Confirmed != 1 {
			t.Errorf("after the stop: %+v", st)
		}
	})
}

func TestStopEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.mute.Store(true)
		s := Start(t.Context(), identity("d"), h.options())
		time.Sleep(100 * time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		if st := s.Status(); st.State != Stopped || st.Failed != 1 {
			t.Errorf("status %+v", st)
		}
	})
}

func TestStartContextEndsTheDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		ctx, cancel := context.WithCancel(t.Context())
		s := Start(ctx, identity("d"), h.options())
		time.Sleep(1500 * time.Millisecond)
		cancel()
		<-s.Done()
		if st := s.Status(); st.State != Stopped || st.Confirmed != 2 {
			t.Errorf("status %+v", st)
		}
	})
}

func TestDeviceThatIsNotLetInStops(t *testing.T) {
	cases := []struct {
		name string
		cs   connstr.Device
		code int32
		want error
	}{
		{"wrong key", identity("d"), 5, device.ErrUnauthorized},
		{"wrong client", identity("d"), 2, device.ErrRefused},
		{"no key", connstr.Device{HostName: "h", DeviceID: "d"}, 0, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hubSide{}
				h.code.Store(tc.code)
				s := Start(t.Context(), tc.cs, h.options())
				<-s.Done()
				st := s.Status()
				if st.State != Failed || st.Err == nil || tc.want != nil && !errors.Is(st.Err, tc.want) || st.Accepted != 0 {
					t.Errorf("status %+v", st)
				}
				stopNow(s)
				if s.Status().State != Failed {
					t.Error("a stop hides the failure")
				}
			})
		})
	}
}

func TestDisabledInMidRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		s := Start(t.Context(), identity("d"), h.options())
		time.Sleep(3500 * time.Millisecond)
		h.code.Store(5)
		h.cut()
		<-s.Done()
		st := s.Status()
		if st.State != Failed || !errors.Is(st.Err, device.ErrUnauthorized) || st.Accepted != st.Confirmed+st.Failed {
			t.Errorf("status %+v", st)
		}
		log := s.Log()
		last := log[len(log)-1]
		if !strings.Contains(last.Text, "stopped by itself") || !strings.Contains(last.Text, "disabled") {
			t.Errorf("last entry %+v", last)
		}
	})
}

func TestLostNetworkIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.away.Store(true)
		s := Start(t.Context(), identity("d"), h.options())
		defer stopNow(s)
		time.Sleep(3 * time.Second)
		if st := s.Status(); st.State != Retrying || st.Attempt < 3 || st.RetryIn == 0 || !errors.Is(st.Err, device.ErrNetwork) || st.Accepted != 0 {
			t.Errorf("at first: %+v", st)
		}
		h.away.Store(false)
		time.Sleep(10 * time.Second)
		if st := s.Status(); st.State != Sending || st.Err != nil || st.RetryIn != 0 {
			t.Errorf("the hub is there: %+v", st)
		}
		time.Sleep(11 * time.Second)
		before := s.Status()
		h.away.Store(true)
		h.cut()
		time.Sleep(5 * time.Second)
		if st := s.Status(); st.State != Retrying || !st.Busy || st.Failed != 0 {
			t.Errorf("the hub is gone: %+v", st)
		}
		h.away.Store(false)
		time.Sleep(10 * time.Second)
		st := s.Status()
		if st.State != Sending || st.Failed != 0 || st.Confirmed < before.Confirmed+14 {
			t.Errorf("the hub is back: %+v", st)
		}
		found := false
		for _, e := range s.Log() {
			found = found || e.Direction == Connected && strings.Contains(e.Outcome, "(attempt 1)") && strings.Contains(e.Text, "closed the connection")
		}
		if !found {
			t.Errorf("no word about the lost connection in %+v", s.Log())
		}
	})
}

func TestRenewalIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := h.options()
		o.Device.TokenLifetime = 20 * time.Second
		told := 0
		o.Device.OnState = func(device.State) { told++ }
		o.Device.OnReceipt = func(*device.Receipt) { told++ }
		s := Start(t.Context(), identity("d"), o)
		for range 60 {
			time.Sleep(time.Second)
			if st := s.Status(); st.State != Sending || st.Err != nil {
				t.Fatalf("status %+v", st)
			}
		}
		stopNow(s)
		st := s.Status()
		if st.Failed != 0 || st.Resent != 0 || st.Confirmed < 60 {
			t.Errorf("status %+v", st)
		}
		if told < 60 {
			t.Error("the options' own functions are not called")
		}
	})
}

func TestRefusedMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.mute.Store(true)
		o := h.options()
		o.Device.QueueSize = 3
		s := Start(t.Context(), identity("d"), o)
		time.Sleep(6500 * time.Millisecond)
		st := s.Status()
		if st.Accepted != 3 || st.Refused != 4 || st.Failed != 4 || st.Waiting != 3 {
			t.Errorf("status %+v", st)
		}
		stopNow(s)
	})
}

var errTemplate = errors.New("line 3, column 7: no such value")

func scripted(h *hubSide, fails func(kind, n int) error, kinds ...profile.Kind) Options {
	o := h.options()
	o.Profile = &profile.Profile{Name: "scripted", Messages: kinds}
	o.generate = func(id string) generator { return &byKind{plain: *newPlain(0, id), fails: fails} }
	return o
}

// byKind fails by kind and by how often that was asked for a message.
type byKind struct {
	plain
	asked [4]int
	fails func(kind, n int) error
}

func (b *byKind) Next(kind int, now time.Time) (device.Message, error) {
	b.asked[kind]++
	if err := b.fails(kind, b.asked[kind]); err != nil {
		return device.Message{}, err
	}
	m, err := b.plain.Next(kind, now)
	m.CorrelationID = fmt.Sprint(kind, " at ", now.Format("05.000"))
	return m, err
}

func (b *byKind) Jitter(kind int, n int64) time.Duration {
	return time.Duration(kind) * time.Duration(n%3) * 10 * time.Millisecond
}

func TestKindsHaveTheirOwnSchedules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := scripted(h, func(kind, n int) error {
			if kind == 2 && n%2 == 0 {
				return profile.ErrNotNow
			}
			return nil
		}, profile.Kind{Name: "a", Interval: time.Second}, profile.Kind{Name: "b", Interval: 2500 * time.Millisecond}, profile.Kind{Name: "c", Interval: time.Second})
		s := Start(t.Context(), identity("d"), o)
		time.Sleep(5900 * time.Millisecond)
		stopNow(s)
		want := "1 a 00.000|2 b 00.010|3 c 00.020|4 a 01.000|5 a 02.000|6 c 02.000|7 b 02.520|8 a 03.000|9 a 04.000|10 c 04.040|11 a 05.000|12 b 05.000"
		messages, _ := h.got()
		var got []string
		for _, m := range messages {
			_, rest, _ := strings.Cut(m.TopicName, "cid=")
			words := strings.Split(rest[:strings.IndexByte(rest, '&')], "%20at%20")
			_, number, _ := strings.Cut(m.TopicName, "hubscope-seq=")
			got = append(got, number+" "+string("abc"[words[0][0]-'0'])+" "+words[1])
		}
		if text := strings.Join(got, "|"); text != want {
			t.Errorf("messages\n%s, want\n%s", text, want)
		}
		if st := s.Status(); st.Unmade != 0 || st.Trouble != nil {
			t.Errorf("status %+v", st)
		}
	})
}

// TestTemplateThatFailsAtTheThousandth: the device says so and goes on, with this kind when it can and with the others
// when it cannot.
func TestTemplateThatFailsAtTheThousandth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := scripted(h, func(kind, n int) error {
			if kind == 0 && n == 1000 || kind == 1 && n >= 1000 {
				return errTemplate
			}
			return nil
		}, profile.Kind{Name: "a", Interval: 100 * time.Millisecond}, profile.Kind{Name: "b", Interval: 100 * time.Millisecond})
		s := Start(t.Context(), identity("d"), o)
		time.Sleep(99950 * time.Millisecond)
		if st := s.Status(); st.Unmade != 2 || !errors.Is(st.Trouble, errTemplate) || st.State != Sending || st.Accepted != 2*999 {
			t.Errorf("at the thousandth: %+v", st)
		}
		time.Sleep(10 * time.Second)
		stopNow(s)
		st := s.Status()
		if st.Unmade != 1+giveUpAfter || st.State != Stopped || st.Confirmed != 999+1099 || st.Failed != 0 {
			t.Errorf("after it: %+v", st)
		}
		numbers := h.numbers(t)
		for i, n := range numbers {
			if n != i+1 {
				t.Fatalf("message %d has number %d: what was not made must not seem lost", i+1, n)
			}
		}
		var told []string
		for _, e := range s.Log() {
			if e.Outcome == "given up" {
				told = append(told, e.Text)
			}
		}
		if len(told) > 1 {
			t.Errorf("told %q", told)
		}
	})
}

func TestProfileThatMakesNothingStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := scripted(h, func(int, int) error { return errTemplate },
			profile.Kind{Name: "a", Interval: time.Second}, profile.Kind{Name: "b", Interval: 2 * time.Second})
		s := Start(t.Context(), identity("d"), o)
		time.Sleep(15 * time.Second)
		if st := s.Status(); st.State != Sending {
			t.Errorf("with one kind left: %+v", st)
		}
		<-s.Done()
		st := s.Status()
		if st.State != Failed || !errors.Is(st.Err, ErrNothingToSend) || !errors.Is(st.Err, errTemplate) || st.Accepted != 0 || st.Unmade != 2*giveUpAfter {
			t.Errorf("status %+v", st)
		}
		var texts []string
		for _, e := range s.Log() {
			texts = append(texts, e.Text+": "+e.Outcome)
		}
		const no = " message: line 3, column 7: no such value"
		want := "connected: |no a" + no + ": not made|no b" + no + ": not made|no a message could be made 10 times in a row: given up|" +
			"no b message could be made 10 times in a row: given up|stopped by itself: the profile can make no message: no b" + no + ": "
		if got := strings.Join(texts, "|"); got != want {
			t.Errorf("log\n%s, want\n%s", got, want)
		}
	})
}
