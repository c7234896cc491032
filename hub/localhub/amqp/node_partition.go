package amqp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/core/eventlog"
)

// partitionNode is {hub}/ConsumerGroups/{group}/Partitions/{id}: it sends the
// events of a partition (protocol 7.2, 7.5 to 7.8).
type partitionNode struct{ srv *Server }

func (n *partitionNode) target(r *receiver) error {
	return (&publishNode{srv: n.srv}).refuse(r.link)
}

func (n *partitionNode) source(s *sender) error {
	id, group, err := n.find(s.address)
	if err != nil {
		return err
	}
	if err := s.authorize(core.ServiceConnect, s.address.path()); err != nil {
		return err
	}
	from, err := startPosition(s.asked.Source.Filter)
	if err != nil {
		return err
	}
	epoch, err := epochOf(s.link)
	if err != nil {
		return err
	}
	if err := n.srv.hub.Ask(s.s.c.ctx, s.s.c.act(core.OpEvents, core.ID{}, 0)); err != nil {
		return err
	}
	events, err := n.srv.hub.openReader(id, from)
	if err != nil {
		return readerFault(s.address, err)
	}
	leave, err := n.srv.receivers.join(place{group, id}, s.link, epoch)
	if err != nil {
		events.Close()
		return err
	}
	s.release = func() {
		leave()
		events.Close()
	}
	out := eventSender{s: s, events: events, srv: n.srv, partition: id}
	if s.wants(runtimeMetric) {
		out.metric = true
		s.offered = append(s.offered, runtimeMetric)
	}
	s.run = out.run
	return nil
}

// find checks the parts of an address. Names have no case (fact 15).
func (n *partitionNode) find(a address) (id int, group string, err error) {
	hub := n.srv.hub
	if !strings.EqualFold(a.segment(0), hub.EventHub()) {
		return 0, "", entityNotFound(a.text)
	}
	i := slices.IndexFunc(hub.ConsumerGroups(), func(g string) bool { return strings.EqualFold(g, a.segment(2)) })
	if i < 0 {
		return 0, "", entityNotFound(strings.Join(a.segments[:3], "/"))
	}
	id, ok := partitionID(a.segment(4), hub.Partitions())
	if !ok {
		return 0, "", fault(core.ConditionOutOfRange,
			"The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and %d. Partition: '%s'.",
			hub.Partitions()-1, a.segment(4))
	}
	return id, hub.ConsumerGroups()[i], nil
}

func readerFault(a address, err error) error {
	if errors.Is(err, eventlog.ErrNoPartition) {
		return entityNotFound(a.text)
	}
	return err
}

// epochOf reads the owner level that the client wants; nil without one. Go
// sends a long; other integers are taken too.
func epochOf(l *link) (*int64, error) {
	v, ok := l.property("com.microsoft:epoch")
	if !ok || v == nil {
		return nil, nil
	}
	epoch, ok := frame.Int(v)
	if !ok {
		return nil, fault(condInvalidField, "The link property com.microsoft:epoch is not a number.")
	}
	if epoch < 0 {
		return nil, fault(core.ConditionArgument, "The epoch %d is negative.", epoch)
	}
	return &epoch, nil
}

// maxBatch is the most events that are read ahead of the socket.
const maxBatch = 512

// eventSender sends the events of a partition on a link.
type eventSender struct {
	s         *sender
	events    eventReader
	srv       *Server
	partition int
	metric    bool // each event tells how far the partition has got
}

// run sends events as the peer grants credit, until ctx ends.
func (e *eventSender) run(ctx context.Context) error {
	payloads := make([][]byte, 0, maxBatch)
	for {
		credit, err := e.s.waitCredit(ctx)
		if err != nil {
			return err
		}
		payloads, err = e.next(ctx, min(credit, maxBatch), payloads[:0])
		if err != nil {
			return err
		}
		if err := e.s.deliver(ctx, payloads, nil); err != nil {
			return err
		}
	}
}

// next appends the payloads of the events that come next; none when the peer
// has drained.
func (e *eventSender) next(ctx context.Context, limit int, payloads [][]byte) ([][]byte, error) {
	_, err := e.s.waitFor(ctx, func(ctx context.Context) (int, error) {
		records, err := e.events.Next(ctx, limit)
		for i := range records {
			payloads = append(payloads, records[i].Payload)
		}
		return len(records), err
	})
	if err != nil || !e.metric || len(payloads) == 0 {
		return payloads, err
	}
	info, err := e.srv.hub.Partition(e.partition)
	if err != nil {
		return nil, err
	}
	withMetric(payloads, info, e.srv.o.Now())
	return payloads, nil
}
