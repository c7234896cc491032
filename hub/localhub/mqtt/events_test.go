package mqtt

import (
	"context"
	"testing"

	"github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// events waits until the log holds n messages of a device and returns them, in order.
func (s *station) events(device string, n int) []*amqp.Message {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	found := make(chan *amqp.Message)
	ended := make(chan error, s.hub.Partitions())
	for partition := range s.hub.Partitions() {
		go func() { ended <- s.read(ctx, partition, device, found) }()
	}
	var messages []*amqp.Message
	for len(messages) < n {
		select {
		case m := <-found:
			messages = append(messages, m)
		case <-ctx.Done():
			s.t.Fatalf("%d messages of %s, want %d", len(messages), device, n)
		}
	}
	cancel()
	for range s.hub.Partitions() {
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	}
	return messages
}

func (s *station) read(ctx context.Context, partition int, device string, found chan<- *amqp.Message) error {
	r, err := s.hub.OpenReader(partition, core.Position{Kind: core.Earliest})
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		records, err := r.Next(ctx, 1000)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, record := range records {
			m := new(amqp.Message)
			if err := m.UnmarshalBinary(record.Payload); err != nil {
				return err
			}
			if m.Annotations["iothub-connection-device-id"] != device {
				continue
			}
			select {
			case found <- m:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// body is the one data section of a message.
func body(t testing.TB, m *amqp.Message) string {
	t.Helper()
	if len(m.Data) != 1 {
		t.Fatalf("%d data sections", len(m.Data))
	}
	return string(m.Data[0])
}
