package station

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

// Event is one that azeventhubs read, and the partition it came from.
type Event struct {
	Partition string
	*azeventhubs.ReceivedEventData
}

// Events reads n events of all partitions from the beginning, with nothing but the connection string that the hub
// prints, and what else comes within linger of the last.
func (s *Station) Events(n int, linger time.Duration) []Event {
	s.T.Helper()
	events, err := s.TryEvents(n, linger)
	if err != nil {
		s.T.Fatal(err)
	}
	if len(events) < n {
		s.T.Fatalf("%d events, want %d", len(events), n)
	}
	return events
}

// TryEvents is Events for another goroutine than the test's; it gives what came by Patience.
func (s *Station) TryEvents(n int, linger time.Duration) ([]Event, error) {
	client, err := azeventhubs.NewConsumerClientFromConnectionString(s.Variable("EVENTHUB_CONNECTION_STRING"), "", azeventhubs.DefaultConsumerGroup, nil)
	if err != nil {
		return nil, err
	}
	defer client.Close(context.Background())
	ctx, cancel := context.WithTimeout(s.T.Context(), Patience)
	defer cancel()
	properties, err := client.GetEventHubProperties(ctx, nil)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var events []Event
	var failures []error
	var reading sync.WaitGroup
	for _, id := range properties.PartitionIDs {
		reading.Go(func() {
			err := follow(ctx, client, id, func(batch []*azeventhubs.ReceivedEventData) {
				mu.Lock()
				defer mu.Unlock()
				for _, e := range batch {
					events = append(events, Event{id, e})
				}
				if len(events) >= n {
					time.AfterFunc(linger, cancel)
				}
			})
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, err)
		})
	}
	reading.Wait()
	return events, errors.Join(failures...)
}

// follow reads a partition until ctx ends. The call that waits for the first event of a batch has no deadline of its
// own: azeventhubs attaches in it, and on a busy machine a short one would never let it.
func follow(ctx context.Context, client *azeventhubs.ConsumerClient, id string, take func([]*azeventhubs.ReceivedEventData)) error {
	p, err := client.NewPartitionClient(id, &azeventhubs.PartitionClientOptions{
		StartPosition: azeventhubs.StartPosition{Earliest: new(true)},
	})
	if err != nil {
		return err
	}
	defer p.Close(context.Background())
	for ctx.Err() == nil {
		first, err := p.ReceiveEvents(ctx, 1, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		take(first)
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		more, err := p.ReceiveEvents(short, 100, nil)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			return err
		}
		take(more)
	}
	return nil
}
