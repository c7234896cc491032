package events_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/events"
)

// printer is the smallest useful sink.
type printer struct{}

func (printer) Events(batch []events.Event) {
	for _, e := range batch {
		fmt.Printf("%s %s %s\n", e.Enqueued.Format("15:04:05.000"), e.DeviceID, e.Body)
	}
}

func (printer) State(s events.PartitionState) {
	if s.Phase == events.Retrying {
		fmt.Fprintf(os.Stderr, "partition %s: %v, next try in %v\n", s.Partition, s.Err, s.RetryIn)
	}
}

// Follow a hub until ctrl+c, with nothing but its connection string.
func Example() {
	service, err := connstr.ParseService(os.Getenv("IOTHUB_CONNECTION_STRING"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	monitor, err := events.New(events.Options{Service: service})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := monitor.Run(ctx, printer{}); err != nil {
		sentence, next := hub.Explain(err)
		fmt.Fprintf(os.Stderr, "%s: %s\n", sentence, next)
	}
}
