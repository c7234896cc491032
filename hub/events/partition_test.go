package events

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPartitionTellsItsStates(t *testing.T) {
	t0 := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	hub := func(last int64, at time.Duration) azeventhubs.PartitionProperties {
		p := holds(0, last)
		p.LastEnqueuedOn = t0.Add(at)
		return p
	}
	through := func(from, to int64, at time.Duration) (all []*azeventhubs.ReceivedEventData) {
		for n := from; n <= to; n++ {
			all = append(all, &azeventhubs.ReceivedEventData{
				SequenceNumber: n, EnqueuedTime: new(t0.Add(at)), RawAMQPMessage: &azeventhubs.AMQPAnnotatedMessage{},
			})
		}
		return all
	}
	event := func(n int64, at time.Duration) []*azeventhubs.ReceivedEventData { return through(n, n, at) }
	gone := func(first, last int64) azeventhubs.PartitionProperties {
		p := holds(first, last)
		p.IsEmpty = first > last
		p.LastEnqueuedOn = t0
		return p
	}
	lost := errors.New("lost")
	for _, test := range []struct {
		name  string
		start Position
		do    func(p *partition)
		want  []PartitionState
	}{
		{"from now, and one event", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.deliver(event(9, 0)) // the echo
			p.deliver(event(10, time.Minute))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
		}},
		{"from the beginning", Earliest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, time.Minute))
			p.deliver(event(0, 0))
			p.deliver(through(1, 9, time.Minute))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: CatchingUp, Behind: 9, BehindTime: time.Minute},
			{Phase: Live},
		}},
		{"falls behind", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.attached()
			p.look(hub(11, 2*time.Second))
			p.look(hub(99, 30*time.Second))
			p.deliver(through(10, 99, 30*time.Second))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Live, Behind: 2, BehindTime: 2 * time.Second},
			{Phase: CatchingUp, Behind: 90, BehindTime: 30 * time.Second},
			{Phase: Live},
		}},
		{"is cut off", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(-1, 0))
			p.attached()
			p.retrying(1, lost, time.Second)
			p.look(hub(3, 0)) // of the connection that ended
			p.connecting(1)
			p.begin(hub(3, time.Second))
			p.deliver(event(0, 0))
			p.deliver(through(1, 3, time.Second))
			p.stopped(lost)
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Retrying, Attempt: 1, Err: lost, RetryIn: time.Second},
			{Phase: Connecting, Attempt: 1},
			{Phase: Live, Behind: 3, BehindTime: time.Second},
			{Phase: Live},
			{Phase: Stopped, Err: lost},
		}},
		{"comes back after retention", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.deliver(event(10, 0))
			p.connecting(1)
			p.begin(gone(15, 20))
			p.deliver(through(15, 20, 0))
			p.connecting(1)
			p.begin(gone(26, 25))
			p.connecting(2)
			p.begin(gone(26, 25))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Connecting, Attempt: 1},
			{Phase: Connecting, Attempt: 1, Notice: &Notice{Kind: Gap, Partition: "2", From: 11, To: 14}},
			{Phase: Live},
			{Phase: Connecting, Attempt: 1},
			{Phase: Connecting, Attempt: 1, Notice: &Notice{Kind: Gap, Partition: "2", From: 21, To: 25}},
			{Phase: Connecting, Attempt: 2},
		}},
		{"is overtaken by retention", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.deliver(event(10, 0))
			p.deliver(event(14, 0))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Live, Notice: &Notice{Kind: Gap, Partition: "2", From: 11, To: 13}},
		}},
		{"is of another hub, which has fewer events", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.deliver(event(10, 0))
			p.connecting(1)
			p.begin(hub(4, 0))
			p.deliver(through(0, 4, 0))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Connecting, Attempt: 1},
			{Phase: Connecting, Attempt: 1, Notice: &Notice{Kind: Anew, Partition: "2", From: 10}},
			{Phase: Live},
		}},
		{"is of another hub, which has more events", Latest(), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.deliver(event(10, 0))
			p.connecting(1)
			p.begin(hub(12, 0))
			if !p.deliver(event(10, time.Minute)) {
				t.Error("event 10 is taken for the one before")
			}
			p.begin(hub(12, 0))
			p.deliver(through(0, 12, time.Minute))
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
			{Phase: Connecting, Attempt: 1},
			{Phase: Connecting, Attempt: 1, Notice: &Notice{Kind: Anew, Partition: "2", From: 10}},
			{Phase: Live},
		}},
		{"from a time after all events", At(t0.Add(time.Hour)), func(p *partition) {
			p.connecting(1)
			p.begin(hub(9, 0))
			p.attached()
		}, []PartitionState{
			{Phase: Connecting, Attempt: 1},
			{Phase: Live},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []PartitionState
			p := newPartition("2", 4, test.start, sinkFuncs{state: func(s PartitionState) { got = append(got, s) }}, slog.New(slog.DiscardHandler))
			test.do(p)
			for i := range test.want {
				test.want[i].Partition, test.want[i].Total = "2", 4
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateErrors(), cmpopts.IgnoreFields(Notice{}, "Time")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPartitionNoticesThatNothingComes(t *testing.T) {
	p := newPartition("2", 4, Latest(), sinkFuncs{}, slog.New(slog.DiscardHandler))
	p.connecting(1)
	p.begin(holds(0, 9))
	p.attached()
	if got := p.look(holds(0, 9)); got != 0 {
		t.Errorf("stalled for %v with nothing to come", got)
	}
	p.look(holds(0, 10))
	if got := p.look(holds(0, 10)); got <= 0 {
		t.Errorf("stalled for %v with one to come", got)
	}
	p.deliver([]*azeventhubs.ReceivedEventData{{SequenceNumber: 10, RawAMQPMessage: &azeventhubs.AMQPAnnotatedMessage{}}})
	if got := p.look(holds(0, 10)); got != 0 {
		t.Errorf("stalled for %v when it came", got)
	}
}
