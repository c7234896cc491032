package monitor

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/hub/connstr"
	"hubscope/hub/events"
	"hubscope/hub/sas"
)

// BenchmarkStream reads the events of a hub in another process with the page in a real program that draws, with the
// page hidden, and with a bare azeventhubs loop of the same prefetch, by turns. The ratios are to the loop: of the rate
// with the UI drawing, design 0.9 or better, and of the processor time that an event takes.
func BenchmarkStream(b *testing.B) {
	const total = 400_000
	at := startHub(b, total, 0)
	var bare, seen, hidden runs
	for b.Loop() {
		bare.add(measure(func() { readBare(b, at, total) }))
		seen.add(measure(func() { readOnScreen(b, at, total, true) }))
		hidden.add(measure(func() { readOnScreen(b, at, total, false) }))
	}
	b.ReportMetric(total/bare.took(), "bare-events/s")
	b.ReportMetric(total/seen.took(), "seen-events/s")
	b.ReportMetric(bare.took()/seen.took(), "seen-ratio")
	b.ReportMetric(seen.cpu()/bare.cpu(), "seen-cpu-ratio")
	b.ReportMetric(hidden.cpu()/bare.cpu(), "hidden-cpu-ratio")
	b.ReportMetric(0, "ns/op")
}

// run is what a reading took.
type run struct{ took, cpu time.Duration }

type runs []run

func (r *runs) add(one run) { *r = append(*r, one) }

// took and cpu are medians, in seconds: others work on the same machine.
func (r runs) took() float64 { return r.median(func(one run) time.Duration { return one.took }) }
func (r runs) cpu() float64  { return r.median(func(one run) time.Duration { return one.cpu }) }

func (r runs) median(of func(run) time.Duration) float64 {
	all := make([]time.Duration, len(r))
	for i, one := range r {
		all[i] = of(one)
	}
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}

func measure(do func()) run {
	cpu, began := cpuTime(), time.Now()
	do()
	return run{time.Since(began), cpuTime() - cpu}
}

func readOnScreen(b *testing.B, at connstr.EventHub, total int, visible bool) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	s := newScreen(ctx, Options{Open: openAt(at, events.Earliest())}, visible, uint64(total), &discard{})
	var showing sync.WaitGroup
	showing.Go(s.run)
	select {
	case <-s.done:
	case <-ctx.Done():
	}
	cancel()
	showing.Wait()
	if got := s.history.End(); got != uint64(total) || s.stats.dropped > 0 {
		b.Fatalf("%d of %d events, %d dropped", got, total, s.stats.dropped)
	}
}

// openAt opens a hub at a position, whatever the page asks for.
func openAt(at connstr.EventHub, from events.Position) func(Reading) (Source, error) {
	return func(Reading) (Source, error) { return events.New(events.Options{EventHub: &at, Start: from}) }
}

// readBare is the least that reads all partitions with azeventhubs, with what events.Monitor asks of it.
func readBare(b *testing.B, at connstr.EventHub, total int) {
	const prefetch, batch, gather = 1000, 1000, 5 * time.Millisecond
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	// With a key it would renew tokens in goroutines that outlive it.
	host, _, _ := strings.Cut(at.Host, ":")
	token := sas.EventHubs("sb://"+host+"/"+at.EntityPath, at.Key, at.PolicyName, time.Now().Add(time.Hour))
	text := "Endpoint=sb://" + at.Host + "/;SharedAccessSignature=" + token.Reveal() + ";EntityPath=" + at.EntityPath + ";UseDevelopmentEmulator=true"
	client, err := azeventhubs.NewConsumerClientFromConnectionString(text, "", "$Default", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close(context.Background())
	hub, err := client.GetEventHubProperties(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	var got atomic.Int64
	add := func(n int) {
		if got.Add(int64(n)) >= int64(total) {
			cancel()
		}
	}
	var reading sync.WaitGroup
	for _, id := range hub.PartitionIDs {
		reading.Go(func() {
			p, err := client.NewPartitionClient(id, &azeventhubs.PartitionClientOptions{
				StartPosition: azeventhubs.StartPosition{Earliest: new(true)}, Prefetch: prefetch,
			})
			if err != nil {
				b.Error(err)
				return
			}
			defer p.Close(context.Background())
			first, _ := p.ReceiveEvents(ctx, 1, nil) // attaches, which a short deadline could prevent
			add(len(first))
			for ctx.Err() == nil {
				short, cancel := context.WithTimeout(ctx, gather)
				more, _ := p.ReceiveEvents(short, batch, nil)
				cancel()
				add(len(more))
			}
		})
	}
	reading.Wait()
	if got.Load() != int64(total) {
		b.Fatalf("the loop read %d of %d events", got.Load(), total)
	}
}
