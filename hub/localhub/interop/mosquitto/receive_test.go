package mosquitto

import (
	"context"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/hub/localhub"
)

// receive reads n events from the beginning of all partitions, with azeventhubs as it is and the connection
// string that the hub prints.
func receive(t *testing.T, h *localhub.Hub, n int) []*azeventhubs.ReceivedEventData {
	t.Helper()
	client, err := azeventhubs.NewConsumerClientFromConnectionString(eventHub(t, h), "", azeventhubs.DefaultConsumerGroup, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	properties, err := client.GetEventHubProperties(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := make(chan *azeventhubs.ReceivedEventData)
	ended := make(chan error, len(properties.PartitionIDs))
	for _, id := range properties.PartitionIDs {
		go func() { ended <- receivePartition(ctx, client, id, found) }()
	}
	var events []*azeventhubs.ReceivedEventData
	for len(events) < n && ctx.Err() == nil {
		select {
		case e := <-found:
			events = append(events, e)
		case <-ctx.Done():
		}
	}
	cancel()
	for range properties.PartitionIDs {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if len(events) < n {
		t.Fatalf("%d events, want %d", len(events), n)
	}
	return events
}

func receivePartition(ctx context.Context, client *azeventhubs.ConsumerClient, id string, found chan<- *azeventhubs.ReceivedEventData) error {
	earliest := true
	p, err := client.NewPartitionClient(id, &azeventhubs.PartitionClientOptions{
		StartPosition: azeventhubs.StartPosition{Earliest: &earliest},
	})
	if err != nil {
		return err
	}
	defer p.Close(context.Background())
	for {
		events, err := p.ReceiveEvents(ctx, 1, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			select {
			case found <- e:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

func eventHub(t *testing.T, h *localhub.Hub) string {
	t.Helper()
	for _, v := range h.Environment() {
		if v.Name == "EVENTHUB_CONNECTION_STRING" {
			return v.Value
		}
	}
	t.Fatal("no EVENTHUB_CONNECTION_STRING")
	return ""
}
