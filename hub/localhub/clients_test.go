package localhub_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
)

func createDevice(t testing.TB, h *localhub.Hub, id string) hub.Device {
	t.Helper()
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	d, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func sendTelemetry(t testing.TB, h *localhub.Hub, d hub.Device, n int) {
	t.Helper()
	target := h.Target()
	c, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		receipt, err := c.Send(device.Message{Body: fmt.Appendf(nil, `{"n":%d}`, i)})
		if err != nil {
			t.Fatal(err)
		}
		<-receipt.Done()
		if err := receipt.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// receive reads n events from the beginning of all partitions.
func receive(t testing.TB, connectionString string, n int) []string {
	t.Helper()
	client, err := azeventhubs.NewConsumerClientFromConnectionString(connectionString, "", azeventhubs.DefaultConsumerGroup, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(context.WithoutCancel(t.Context())) }()
	properties, err := client.GetEventHubProperties(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, partition := range properties.PartitionIDs {
		state, err := client.GetPartitionProperties(t.Context(), partition, nil)
		if err != nil {
			t.Fatal(err)
		}
		if state.IsEmpty {
			continue
		}
		earliest := true
		p, err := client.NewPartitionClient(partition, &azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: &earliest}})
		if err != nil {
			t.Fatal(err)
		}
		count := int(state.LastEnqueuedSequenceNumber - state.BeginningSequenceNumber + 1)
		for len(bodies) < count {
			events, err := p.ReceiveEvents(t.Context(), count-len(bodies), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				bodies = append(bodies, string(e.Body))
			}
		}
		_ = p.Close(context.WithoutCancel(t.Context()))
	}
	if len(bodies) != n {
		t.Errorf("%d events, want %d", len(bodies), n)
	}
	return bodies
}
