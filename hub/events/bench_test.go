package events

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/device"
	"hubscope/hub/connstr"
)

// BenchmarkRun reads the events of a local hub with Run, and with a bare azeventhubs loop of the same prefetch, by
// turns. ratio is Run's rate by that of the loop: 1 is no cost, design 0.95 or better.
func BenchmarkRun(b *testing.B) {
	const devices, each, size = 16, 6250, 256
	s := startStation(b)
	fill(b, s, devices, each, size)
	endpoint := s.hub.EventHub()

	var runs, bares []time.Duration
	for b.Loop() {
		began := time.Now()
		readBare(b, endpoint, devices*each)
		middle := time.Now()
		readRun(b, endpoint, devices*each)
		bares, runs = append(bares, middle.Sub(began)), append(runs, time.Since(middle))
	}
	bare, run := median(bares), median(runs)
	b.ReportMetric(devices*each/bare, "bare-events/s")
	b.ReportMetric(devices*each/run, "run-events/s")
	b.ReportMetric(bare/run, "ratio")
	b.ReportMetric(0, "ns/op")
}

// median is the middle one, in seconds: others work on the same machine.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}

// fill sends from several devices, so that all partitions have events.
func fill(b *testing.B, s *station, devices, each, size int) {
	b.Helper()
	body := bytes.Repeat([]byte("x"), size)
	var sending sync.WaitGroup
	for i := range devices {
		c := s.device(fmt.Sprintf("wind-%d", i))
		sending.Go(func() {
			err := sendEach(c, 0, each, func(n int) device.Message {
				return device.Message{
					MessageID: fmt.Sprint(n), Body: body, ContentType: "application/json",
					Properties: []device.Property{{Key: "Property", Value: "PropMsg"}},
				}
			})
			if err != nil {
				b.Error(err)
			}
		})
	}
	sending.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

// counter is a Sink that counts, and ends the reading at its limit.
type counter struct {
	limit  int64
	n      atomic.Int64
	cancel context.CancelFunc
}

func (c *counter) add(n int) {
	if c.n.Add(int64(n)) >= c.limit {
		c.cancel()
	}
}
func (c *counter) Events(batch []Event) { c.add(len(batch)) }
func (c *counter) State(PartitionState) {}

func readRun(b *testing.B, endpoint connstr.EventHub, limit int) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	m, err := New(Options{EventHub: &endpoint, Start: Earliest()})
	if err != nil {
		b.Fatal(err)
	}
	c := &counter{limit: int64(limit), cancel: cancel}
	if err := m.Run(ctx, c); err != nil || c.n.Load() != c.limit {
		b.Fatalf("Run read %d of %d events: %v", c.n.Load(), limit, err)
	}
}

// readBare is the least that reads all partitions with azeventhubs, with what Run asks of it.
func readBare(b *testing.B, endpoint connstr.EventHub, limit int) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	token, _ := eventHubToken(endpoint, time.Now(), time.Hour)
	client, err := azeventhubs.NewConsumerClientFromConnectionString(clientString(endpoint, token), "", defaultConsumerGroup, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close(context.Background())
	hub, err := client.GetEventHubProperties(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &counter{limit: int64(limit), cancel: cancel}
	var reading sync.WaitGroup
	for _, id := range hub.PartitionIDs {
		reading.Go(func() {
			p, err := client.NewPartitionClient(id, &azeventhubs.PartitionClientOptions{
				StartPosition: azeventhubs.StartPosition{Earliest: new(true)}, Prefetch: defaultPrefetch,
			})
			if err != nil {
				b.Error(err)
				return
			}
			defer p.Close(context.Background())
			got, _ := p.ReceiveEvents(ctx, 1, nil) // attaches, which a short deadline could prevent
			c.add(len(got))
			for ctx.Err() == nil {
				short, cancel := context.WithTimeout(ctx, gather)
				got, _ := p.ReceiveEvents(short, batchLimit, nil)
				cancel()
				c.add(len(got))
			}
		})
	}
	reading.Wait()
	if c.n.Load() != c.limit {
		b.Fatalf("the loop read %d of %d events", c.n.Load(), limit)
	}
}
