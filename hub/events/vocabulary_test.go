package events

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/amqp/frame"
)

// meddled options read partition 0 of the station through a meddler.
func meddledOptions(t *testing.T, s *station) (*meddler, Options) {
	at := s.hub.EventHub()
	m := startMeddler(t, at.Host)
	at.Host = m.l.Addr().String()
	at.Endpoint = "sb://" + at.Host + "/"
	return m, Options{EventHub: &at, Partitions: []string{"0"}, RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond, Timeout: 5 * time.Second}
}

// What the hub says when it refuses a receiver, in the texts of traces. protocol 7.5 to 7.7
func TestEachRefusalIsOneSentence(t *testing.T) {
	s := startStation(t)
	said := func(condition, words string) *frame.Error {
		return &frame.Error{Condition: condition, Description: words}
	}
	for _, test := range []struct {
		name     string
		reason   *frame.Error
		kind     error
		sentence string
		remedy   Remedy
		stops    bool
	}{
		{
			"an epoch receiver owns the group", said("amqp:link:stolen", "At least one receiver for the endpoint is created with epoch of '22', and so non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected."),
			ErrStolen, "another reader with an epoch owns partition 0 in this consumer group", OtherGroup, true,
		},
		{
			"a higher epoch is there", said("amqp:link:stolen", "Receiver 'x' with a higher epoch '1' already exists. Receiver 'y' with epoch 0 cannot be created."),
			ErrStolen, "another reader with an epoch owns partition 0", OtherGroup, true,
		},
		{
			"five readers", said("amqp:resource-limit-exceeded", "Exceeded the maximum number of allowed receivers per partition in a consumer group which is 5. List of connected receivers - a, b, c, d, e."),
			ErrTooManyReceivers, "partition 0 has five readers", OtherGroup, true,
		},
		{
			"wrong group", said("amqp:not-found", "The messaging entity 'sb://h/wind/ConsumerGroups/x' could not be found."),
			ErrConsumerGroup, "there is no consumer group $Default", OtherGroup, true,
		},
		{
			"disabled", said("com.microsoft:entity-disabled", "Messaging entity 'wind' is currently disabled."),
			ErrDisabled, "is disabled", NoRemedy, true,
		},
		{
			"no right", said("amqp:unauthorized-access", "Unauthorized access. 'Listen' claim(s) are required to perform this operation. Resource: 'sb://h/wind'."),
			ErrUnauthorized, "it has no right to read events", NoRemedy, true,
		},
		{
			"an ended token", said("amqp:unauthorized-access", "ExpiredToken: The token is expired. Expiration time: '11/22/2026 14:30:00'."),
			ErrUnauthorized, "its time is over", NoRemedy, false,
		},
		{
			"a wrong signature", said("amqp:unauthorized-access", "InvalidSignature: The token has an invalid signature."),
			ErrUnauthorized, "it is not one of the policy's", NoRemedy, true,
		},
		{
			"an offset beyond the end", said("com.microsoft:argument-error", "The supplied offset '99' is invalid. The last offset in the system is '9'."),
			ErrPosition, "partition 0 cannot be read from there", OtherStart, true,
		},
		{
			"throttled", said("com.microsoft:server-busy", "The request was terminated because the namespace is being throttled."),
			ErrBusy, "is throttled", NoRemedy, false,
		},
		{
			"a quota", said("amqp:resource-limit-exceeded", "The total number of messages on the hub exceeded the allocated quota."),
			ErrQuota, "a quota of", NoRemedy, false,
		},
		{
			"a time-out of the hub", said("com.microsoft:timeout", "The operation did not complete within the allotted timeout."),
			ErrTimeout, "does not answer", NoRemedy, false,
		},
		{
			"an error of the hub", said("amqp:internal-error", "The service was unable to process the request."),
			ErrConnectionLost, "was lost", NoRemedy, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, o := meddledOptions(t, s)
			m.refuse = []*frame.Error{test.reason}
			r := read(t, o)
			var failed *Error
			r.until("it says so", func() bool {
				for _, state := range r.states {
					if errors.As(state.Err, &failed) {
						return state.Phase == Stopped || !test.stops && state.Phase == Retrying
					}
				}
				return false
			})
			sentence, next := hub.Explain(failed)
			if !errors.Is(failed, test.kind) || !strings.Contains(sentence, test.sentence) || next == "" || failed.Remedy() != test.remedy {
				t.Errorf("%v: %q; %q; remedy %d", failed.Kind, sentence, next, failed.Remedy())
			}
			if test.stops {
				if err := r.ended(); !errors.Is(err, test.kind) {
					t.Errorf("ended with %v", err)
				}
				return
			}
			if failed.reason != tokenEnded { // that is tried again only where the receiver was taken to work
				r.all1(Live)
			}
		})
	}
}

// all1 waits until the one partition that is read is in the phase.
func (r *reader) all1(phase Phase) {
	r.t.Helper()
	r.until("it is "+phase.String(), func() bool { return r.latest()["0"].Phase == phase })
}

// What ends a receiver that works, and what becomes of the stream: nothing is lost, nothing comes twice.
func TestWhatEndsAReceiver(t *testing.T) {
	s := startStation(t)
	c := s.device("wind-1")
	home := func() string { // the partition of the device
		o := s.options()
		o.Start = Earliest()
		r := read(t, o)
		s.send(c, 0, 1)
		defer r.stop()
		return r.received(1)[0].Partition
	}()
	sent := 1
	for _, test := range []struct {
		name string
		end  func(m *meddler)
		kind error // nil: azeventhubs mends it at once, without a word
	}{
		{"a long silence", func(m *meddler) {
			m.detach(home, &frame.Error{Condition: "amqp:link:detach-forced", Description: "The link 'x' is force detached. Code: consumer. Details: AmqpMessageConsumer.IdleTimerExpired: Idle timeout: 00:10:00."})
		}, nil},
		{"a move of the partition", func(m *meddler) {
			m.close(home, &frame.Error{Condition: "amqp:connection:forced", Description: "The connection was closed by container 'x' because it did not have any active links in the past 300000 milliseconds."})
		}, ErrConnectionLost},
		{"the end of the token", func(m *meddler) {
			m.detach(home, &frame.Error{Condition: "amqp:unauthorized-access", Description: "ExpiredToken: The token is expired."})
		}, nil},
		{"a busy hub", func(m *meddler) {
			m.detach(home, &frame.Error{Condition: "com.microsoft:server-busy", Description: "Throttled."})
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, o := meddledOptions(t, s)
			o.Partitions = []string{home}
			r := read(t, o)
			r.until("it is live", func() bool { return r.latest()[home].Phase == Live })
			from := sent
			s.send(c, sent, sent+10)
			sent += 10
			r.received(10)
			test.end(m)
			s.send(c, sent, sent+10)
			sent += 10
			got := r.received(20)
			r.stop()
			for i, e := range got {
				if e.Sequence != int64(from+i) {
					t.Errorf("event %d has number %d, want %d", i, e.Sequence, from+i)
				}
			}
			said := false
			for _, state := range r.states {
				said = said || state.Phase == Retrying && test.kind != nil && errors.Is(state.Err, test.kind)
			}
			if said != (test.kind != nil) || len(got) != 20 {
				t.Errorf("%d events; states %+v", len(got), r.states)
			}
		})
	}
}

// One partition that is taken stops alone: the others are read on.
func TestAPartitionThatIsTakenStopsAlone(t *testing.T) {
	s := startStation(t)
	m, o := meddledOptions(t, s)
	o.Partitions = nil
	r := read(t, o)
	r.all(Live)
	m.detach("2", &frame.Error{Condition: "amqp:link:stolen", Description: "New receiver 'x' with higher epoch of '0' is created hence current receiver 'y' with epoch '0' is getting disconnected."})
	r.until("partition 2 stops", func() bool { return r.latest()["2"].Phase == Stopped })
	r.mu.Lock()
	last := r.latest()
	if sentence, _ := hub.Explain(last["2"].Err); sentence != "another reader with a higher epoch took partition 2" {
		t.Errorf("%q", sentence)
	}
	r.mu.Unlock()
	m.close("0", &frame.Error{Condition: "amqp:connection:forced"})
	r.until("the others are connected to again, and it is not", func() bool {
		connects := map[string]int{}
		for _, state := range r.states {
			if state.Phase == Connecting && state.Attempt == 1 {
				connects[state.Partition]++
			}
		}
		last := r.latest()
		return connects["0"] == 2 && connects["1"] == 2 && connects["3"] == 2 && connects["2"] == 1 &&
			last["0"].Phase == Live && last["1"].Phase == Live && last["3"].Phase == Live && last["2"].Phase == Stopped
	})
	select {
	case <-r.done:
		t.Error("the stream has ended")
	default:
	}
}

// What the local hub does on demand.
func TestFaultsAreSaidAndOutlived(t *testing.T) {
	s := startStation(t)
	registry, err := hub.New(hub.Options{Target: s.hub.Target()})
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	for _, test := range []struct {
		name  string
		fault hub.Fault
		kind  error
	}{
		{"throttle", hub.Fault{Kind: hub.FaultThrottle, Operation: "events", Count: 3}, ErrBusy},
		{"quota", hub.Fault{Kind: hub.FaultQuota, Operation: "events", Count: 3}, ErrQuota},
		{"refuse", hub.Fault{Kind: hub.FaultRefuse, Protocol: "amqp", For: 300 * time.Millisecond}, ErrUnreachable},
		{"tokens end", hub.Fault{Kind: hub.FaultExpire, Protocol: "amqp", After: 300 * time.Millisecond, For: time.Second}, ErrUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := registry.SetFaults(t.Context(), test.fault); err != nil {
				t.Fatal(err)
			}
			r := read(t, s.options())
			r.until("it is said", func() bool {
				for _, state := range r.states {
					if state.Phase == Retrying && errors.Is(state.Err, test.kind) {
						return true
					}
				}
				return false
			})
			r.all(Live)
			r.stop()
			for _, state := range r.states {
				if state.Err != nil {
					sentence, next := hub.Explain(state.Err)
					t.Logf("%s; %s", sentence, next)
					break
				}
			}
		})
	}
}

func TestAHostWithNoName(t *testing.T) {
	o := Options{TLS: nil}
	o.Service.HostName, o.Service.PolicyName, o.Service.Key = "nobody.invalid", "p", startStation(t).hub.Target().Service.Key
	_, err := Discover(soon(t), o)
	var dns *net.DNSError
	sentence, next := hub.Explain(err)
	if !errors.As(err, &dns) || !strings.Contains(sentence, "nobody.invalid") || next == "" {
		t.Errorf("%v: %q; %q", err, sentence, next)
	}
	t.Logf("%s; %s", sentence, next)
}
