package events

import (
	"context"
	"errors"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

const (
	// gather is how long a batch waits for more once its first event is there: far less than a frame of a screen.
	gather = 5 * time.Millisecond
	// batchLimit bounds a batch.
	batchLimit = 1000
	// attachRoundTrips is a generous count of what go-amqp needs to present a claim and to attach.
	attachRoundTrips = 12
	// attachesOnOne is how often a receiver is tried on one connection before that is given up too.
	attachesOnOne = 3
)

// receive follows a partition on a connection and ends with the error that asks for another connection, or
// for giving up. Failures of its link alone are mended here.
func (r *run) receive(ctx context.Context, c *connection, p *partition) error {
	wait := r.backoff()
	properties := c.begin[p.id]
	for attempt := 1; ; attempt++ {
		began := time.Now()
		failed := r.receiveOnce(ctx, c, p, properties)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) > r.o.RetryMax {
			attempt = 1
			wait.Reset()
		}
		ever, _ := r.history()
		switch {
		case c.dead():
			return failed
		case failed.patient(ever):
		case failed.alone():
			return r.giveUp(p, failed)
		case failed.fatal(), attempt >= attachesOnOne:
			return failed
		}
		pause := wait.NextBackOff()
		p.retrying(attempt+1, failed, pause)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
		p.connecting(attempt + 1)
		var err error
		if properties, err = c.look(ctx, p.id); err != nil {
			return err
		}
	}
}

// giveUp stops one partition. It returns an error only when there is no other left.
func (r *run) giveUp(p *partition, failed *Error) error {
	p.giveUp(failed)
	for _, other := range r.partitions {
		if !other.givenUp() {
			return nil
		}
	}
	return failed
}

// receiveOnce is the life of the receivers of a partition, until one fails. It returns nil only when ctx has ended.
func (r *run) receiveOnce(ctx context.Context, c *connection, p *partition, now azeventhubs.PartitionProperties) *Error {
	for {
		failed, anew := r.receiver(ctx, c, p, now)
		if !anew {
			return failed
		}
	}
}

// receiver is the life of one receiver. It ends with anew when the partition is to be attached to again at once.
func (r *run) receiver(ctx context.Context, c *connection, p *partition, now azeventhubs.PartitionProperties) (failed *Error, anew bool) {
	s := c.scope
	s.partition = p.id
	from, echo := p.begin(now)
	client, err := c.client.NewPartitionClient(p.id, &azeventhubs.PartitionClientOptions{
		StartPosition: from,
		OwnerLevel:    r.o.OwnerLevel,
		Prefetch:      r.o.Prefetch,
	})
	if err != nil {
		return s.classify(err), false
	}
	defer closeReceiver(client)

	first, err := r.attach(ctx, c, p, client, echo)
	for err == nil {
		if p.deliver(first) {
			return nil, true
		}
		if first, err = more(ctx, client); err == nil {
			p.deliver(first)
			first, err = client.ReceiveEvents(ctx, 1, nil)
		}
	}
	if ctx.Err() != nil {
		return nil, false
	}
	return c.failed(s, err), false
}

// attach waits for the first event. azeventhubs attaches in its first call and says nothing of it, so that call
// must not be cut short. Where an echo is to come it must come in time; where there is no event to send once more,
// a receiver that was not refused in the time of the round trips that an attach takes is taken to work, and the
// look at the partition (watch) finds out if it does not.
func (r *run) attach(ctx context.Context, c *connection, p *partition, client *azeventhubs.PartitionClient, echo bool) ([]*azeventhubs.ReceivedEventData, error) {
	if echo {
		ctx, cancel := context.WithTimeout(ctx, r.o.Timeout)
		defer cancel()
		return client.ReceiveEvents(ctx, 1, nil)
	}
	done := make(chan struct{})
	settled := time.AfterFunc(attachRoundTrips*c.roundTrip, func() {
		defer close(done)
		p.attached()
	})
	defer func() {
		if !settled.Stop() {
			<-done
		}
	}()
	return client.ReceiveEvents(ctx, 1, nil)
}

// more takes what came together with the first event of a batch or follows it closely. A failure is told: in the next
// call azeventhubs would mend it without a word, and take back a partition that another reader has.
func more(ctx context.Context, client *azeventhubs.PartitionClient) ([]*azeventhubs.ReceivedEventData, error) {
	short, cancel := context.WithTimeout(ctx, gather)
	defer cancel()
	events, err := client.ReceiveEvents(short, batchLimit-1, nil)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = nil
	}
	return events, err
}

func closeReceiver(client *azeventhubs.PartitionClient) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = client.Close(ctx)
}

// sleep waits for d, or reports false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
