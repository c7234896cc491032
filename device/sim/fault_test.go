package sim

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/device"
)

// numbers are those of the proof, in the order in which the hub got the messages.
func (h *hubSide) numbers(t *testing.T) []int {
	t.Helper()
	messages, _ := h.got()
	out := make([]int, len(messages))
	for i, m := range messages {
		_, bag, _ := strings.Cut(m.TopicName, "messages/events/")
		values, err := url.ParseQuery(bag)
		if err != nil {
			t.Fatal(err)
		}
		if out[i], err = strconv.Atoi(values.Get(SequenceProperty)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// balanced checks what is always so.
func balanced(t *testing.T, st Status) {
	t.Helper()
	if st.Accepted+st.Refused != st.Confirmed+st.Failed+uint64(st.Waiting) {
		t.Errorf("the counts do not balance: %+v", st)
	}
}

func (h *hubSide) run(t *testing.T, o Options, last time.Duration, during ...func(*Simulated)) *Simulated {
	t.Helper()
	o.Device.Dial = h.dial
	s := Start(t.Context(), identity("d"), o)
	for _, do := range during {
		do(s)
	}
	time.Sleep(last)
	balanced(t, s.Status())
	stopNow(s)
	balanced(t, s.Status())
	return s
}

func wantNumbers(t *testing.T, got []int, want string) {
	t.Helper()
	words := make([]string, len(got))
	for i, n := range got {
		words[i] = strconv.Itoa(n)
	}
	if text := strings.Join(words, " "); text != want {
		t.Errorf("numbers %s, want %s", text, want)
	}
}

const tenMessages = 9*time.Second + 500*time.Millisecond

func TestFaultsOfMessages(t *testing.T) {
	cases := []struct {
		name  string
		plan  FaultPlan
		want  string
		check func(st Status) bool
	}{
		{"none", nil, "1 2 3 4 5 6 7 8 9 10", func(st Status) bool { return st.Skipped+st.Duplicated+st.Delayed+st.Reordered == 0 }},
		{"skip one", FaultPlan{{Kind: Skip, After: 2500 * time.Millisecond}}, "1 2 3 5 6 7 8 9 10", func(st Status) bool { return st.Skipped == 1 && st.Accepted == 9 }},
		{
			"skip for a while",
			FaultPlan{{Kind: Skip, After: 2500 * time.Millisecond, For: 3 * time.Second}},
			"1 2 3 7 8 9 10",
			func(st Status) bool { return st.Skipped == 3 },
		},
		{
			"skip again and again",
			FaultPlan{{Kind: Skip, After: 1500 * time.Millisecond, Every: 3 * time.Second}},
			"1 2 4 5 7 8 10",
			func(st Status) bool { return st.Skipped == 3 },
		},
		{"skip all", FaultPlan{{Kind: Skip, Probability: 1}}, "", func(st Status) bool { return st.Skipped == 10 && st.Accepted == 0 }},
		{
			"duplicate one",
			FaultPlan{{Kind: Duplicate, After: 500 * time.Millisecond}},
			"1 2 2 3 4 5 6 7 8 9 10",
			func(st Status) bool { return st.Duplicated == 1 && st.Accepted == 11 && st.Confirmed == 11 },
		},
		{
			"delay one",
			FaultPlan{{Kind: Delay, Amount: 2500 * time.Millisecond, After: 500 * time.Millisecond}},
			"1 3 4 2 5 6 7 8 9 10",
			func(st Status) bool { return st.Delayed == 1 && st.Held == 0 },
		},
		{
			"delay to the end",
			FaultPlan{{Kind: Delay, Amount: time.Hour, After: 500 * time.Millisecond, For: time.Second}},
			"1 3 4 5 6 7 8 9 10 2",
			func(st Status) bool { return st.Delayed == 1 && st.Held == 0 && st.Confirmed == 10 },
		},
		{"reorder one", FaultPlan{{Kind: Reorder, After: 500 * time.Millisecond}}, "1 3 2 4 5 6 7 8 9 10", func(st Status) bool { return st.Reordered == 1 }},
		{
			"reorder and duplicate",
			FaultPlan{{Kind: Reorder, After: 500 * time.Millisecond}, {Kind: Duplicate, After: 500 * time.Millisecond}},
			"1 3 2 2 4 5 6 7 8 9 10", func(st Status) bool { return st.Reordered == 1 && st.Duplicated == 1 },
		},
		{
			"skip wins",
			FaultPlan{{Kind: Skip, After: 500 * time.Millisecond}, {Kind: Duplicate, After: 500 * time.Millisecond}},
			"1 3 4 5 6 7 8 9 10", func(st Status) bool { return st.Skipped == 1 && st.Duplicated == 0 },
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hubSide{}
				s := h.run(t, Options{Faults: tc.plan}, tenMessages)
				wantNumbers(t, h.numbers(t), tc.want)
				if st := s.Status(); !tc.check(st) || st.Failed != 0 {
					t.Errorf("status %+v", st)
				}
			})
		})
	}
}

// TestFaultsByChance: the same seed has the same faults, and about as many as wanted; and the bodies are those of a run
// without faults.
func TestFaultsByChance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := func(seed uint64, plan FaultPlan) (*hubSide, Status) {
			h := &hubSide{}
			s := h.run(t, Options{Seed: seed, Interval: 10 * time.Millisecond, Faults: plan}, 9995*time.Millisecond)
			return h, s.Status()
		}
		plan := FaultPlan{{Kind: Skip, Probability: 0.2}}
		a, st := run(7, plan)
		b, again := run(7, plan)
		c, _ := run(8, plan)
		if st.Skipped < 150 || st.Skipped > 250 || again.Skipped != st.Skipped {
			t.Errorf("%d and %d of 1000 messages skipped", st.Skipped, again.Skipped)
		}
		first, second, other := a.numbers(t), b.numbers(t), c.numbers(t)
		same, differ := len(first) == len(second), len(first) != len(other)
		for i := range first {
			same = same && first[i] == second[i]
			differ = differ || first[i] != other[i]
		}
		if !same || !differ {
			t.Errorf("the same seed skips the same messages: %v; another seed others: %v", same, differ)
		}
		plain, _ := run(7, nil)
		all, _ := plain.got()
		some, _ := a.got()
		for i, n := range first {
			if string(some[i].Payload) != string(all[n-1].Payload) {
				t.Fatalf("message %d is %s with faults, %s without", n, some[i].Payload, all[n-1].Payload)
			}
		}
	})
}

func TestInjectAndClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		s := h.run(t, Options{}, 2*time.Second, func(s *Simulated) {
			if err := s.Inject(Fault{Kind: Duplicate}); err != nil { // before there is a connection
				t.Error(err)
			}
			time.Sleep(1500 * time.Millisecond)
			if err := s.Inject(Fault{Kind: Skip, For: time.Hour}); err != nil {
				t.Error(err)
			}
			time.Sleep(3 * time.Second)
			st := s.Status()
			if len(st.Faults) != 1 || !st.Faults[0].On || st.Faults[0].Hits != 3 || st.Faults[0].Kind != Skip {
				t.Errorf("faults %+v", st.Faults)
			}
			s.Clear(Skip)
			if st := s.Status(); len(st.Faults) != 0 {
				t.Errorf("after Clear: %+v", st.Faults)
			}
			for _, bad := range []Fault{{}, {Kind: 99}, {Kind: Skip, Probability: 2}, {Kind: Skip, Probability: 0.5, Every: time.Second}, {Kind: Skip, For: -1}, {Kind: Delay, Amount: -1}, {Kind: Skip, Every: 1, For: 2}} {
				if err := s.Inject(bad); !errors.Is(err, ErrBadFault) {
					t.Errorf("fault %+v: %v", bad, err)
				}
			}
		})
		wantNumbers(t, h.numbers(t), "1 1 2 6 7")
		var lines []string
		for _, e := range s.Log() {
			if e.Direction == Suffered || strings.Contains(e.Outcome, "purpose") || strings.Contains(e.Text, "more") {
				text, _, _ := strings.Cut(e.Text, " correlation")
				lines = append(lines, text+": "+e.Outcome)
			}
		}
		want := "message_1 once more: acked in 0 µs|skip: for 3600.0 s|message_3: skipped on purpose|message_4: skipped on purpose|message_5: skipped on purpose|skip: cleared"
		if got := strings.Join(lines, "|"); got != want {
			t.Errorf("log\n%s, want\n%s", got, want)
		}
	})
}

func TestDisconnectFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		s := h.run(t, Options{Faults: FaultPlan{{Kind: Disconnect, After: 2500 * time.Millisecond, For: 4 * time.Second}}}, 15*time.Second, func(s *Simulated) {
			time.Sleep(4500 * time.Millisecond)
			st := s.Status()
			if st.State != Retrying || !errors.Is(st.Err, device.ErrNetwork) || st.Waiting != 2 {
				t.Errorf("without a network: %+v", st)
			}
		})
		// Message 3 had been sent before; those of the outage went out after it, in order.
		wantNumbers(t, h.numbers(t), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")
		if st := s.Status(); st.Failed != 0 || st.ScheduleP99 > time.Millisecond {
			t.Errorf("status %+v", st)
		}
	})
}

func TestSkewedClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.run(t, Options{Faults: FaultPlan{{Kind: Skew, Amount: -2 * time.Hour, After: 1500 * time.Millisecond, For: 2 * time.Second}}}, 5*time.Second)
		messages, _ := h.got()
		for i, m := range messages {
			want := "2000-01-01T00%3A"
			if i == 2 || i == 3 {
				want = "1999-12-31T22%3A"
			}
			if !strings.Contains(m.TopicName, want) {
				t.Errorf("message %d: %s", i+1, m.TopicName)
			}
		}
	})
}

func TestBatteryDiesSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		began := time.Now()
		h.run(t, Options{Faults: FaultPlan{{Kind: Battery, Amount: time.Minute}}}, 10*time.Second, func(s *Simulated) {
			time.Sleep(2 * time.Minute)
			st := s.Status()
			if st.State != Silent || !st.State.Running() || !errors.Is(st.Err, errEmpty) || st.Failed != 0 {
				t.Errorf("status %+v", st)
			}
			_, times := h.got()
			last := times[len(times)-1].Sub(began)
			if len(times) < 20 || len(times) > 40 || last > time.Minute {
				t.Errorf("%d messages, the last after %v", len(times), last)
			}
			for i := 2; i < len(times); i++ {
				if before, now := times[i-1].Sub(times[i-2]), times[i].Sub(times[i-1]); now < before {
					t.Errorf("interval %d is %v after %v", i, now, before)
				}
			}
			s.Clear(Battery)
			time.Sleep(time.Minute + 500*time.Millisecond)
			if st := s.Status(); st.State != Sending || st.Confirmed < uint64(len(times))+40 || st.Failed != 0 {
				t.Errorf("with a new battery: %+v", st)
			}
		})
	})
}

func TestWrongKeyForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{key: true}
		h.run(t, Options{Faults: FaultPlan{{Kind: WrongKey, After: 2500 * time.Millisecond, For: time.Minute}}}, time.Second, func(s *Simulated) {
			time.Sleep(30 * time.Second)
			if st := s.Status(); st.State != Retrying || !errors.Is(st.Err, device.ErrUnauthorized) || st.Failed == 0 {
				t.Errorf("with the wrong key: %+v", st)
			}
			balanced(t, s.Status())
			time.Sleep(3 * time.Minute)
			if st := s.Status(); st.State != Sending || len(st.Faults) != 0 {
				t.Errorf("with the right key again: %+v", st)
			}
		})
	})
}

func TestWrongKeyForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{key: true}
		s := h.run(t, Options{Faults: FaultPlan{{Kind: WrongKey, After: 2500 * time.Millisecond}}}, time.Minute)
		st := s.Status()
		if st.State != Failed || !errors.Is(st.Err, device.ErrUnauthorized) || st.Confirmed != 3 || st.Waiting != 0 {
			t.Errorf("status %+v", st)
		}
	})
}
