package printer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/events"
	"hubscope/hub/events/printer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type source func(ctx context.Context, sink events.Sink) error

func (s source) Run(ctx context.Context, sink events.Sink) error { return s(ctx, sink) }

func wind(n int) events.Event {
	return events.Event{
		Partition: "1", Sequence: int64(n), DeviceID: fmt.Sprintf("wind-%d", n%2), Source: "Telemetry", MessageID: fmt.Sprint("m-", n),
		Properties: map[string]any{"alarm": "\x1b[2J"}, System: map[string]any{"iothub-enqueuedtime": "x", "user-id": "u"},
		Body: []byte(`{"windSpeed": 14}`),
	}
}

// live is a source that is connected, brings so many events and waits for its end.
func live(n int) source {
	return func(ctx context.Context, sink events.Sink) error {
		sink.State(events.PartitionState{Phase: events.Connecting})
		for i := range 2 {
			sink.State(events.PartitionState{Partition: fmt.Sprint(i), Phase: events.Live, Total: 2})
		}
		for i := range n {
			sink.Events([]events.Event{wind(i)})
		}
		<-ctx.Done()
		return nil
	}
}

func run(t *testing.T, s printer.Source, o printer.Options) (out, said string, err error) {
	t.Helper()
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	o.From, o.Start = "localhost, consumer group $Default", "from now"
	var print, say strings.Builder
	err = printer.Run(t.Context(), s, &print, &say, o)
	return print.String(), say.String(), err
}

func TestOutputs(t *testing.T) {
	const all = `"applicationProperties":{"alarm":"\u001b[2J"},"systemProperties":{"iothub-enqueuedtime":"x","user-id":"u"},`
	const head = `"deviceId":"wind-0","partition":"1","sequenceNumber":0,"messageSource":"Telemetry",`
	const body = `"body":{"windSpeed": 14}}`
	for _, c := range []struct {
		o    printer.Options
		want string
	}{
		{printer.Options{}, `{"formatVersion":1,` + head + `"messageId":"m-0",` + all + body},
		{printer.Options{Sections: []string{"app"}}, `{"formatVersion":1,` + head + `"applicationProperties":{"alarm":"\u001b[2J"},` + body},
		{printer.Options{Sections: []string{"sys"}}, `{"formatVersion":1,` + head + `"messageId":"m-0","systemProperties":{"user-id":"u"},` + body},
		{printer.Options{Sections: []string{"anno"}}, `{"formatVersion":1,` + head + `"systemProperties":{"iothub-enqueuedtime":"x"},` + body},
		{printer.Options{Sections: []string{"none"}}, `{"formatVersion":1,` + head + body},
		{printer.Options{Output: printer.Raw}, `{"windSpeed": 14}`},
		{printer.Options{Output: printer.Text}, `0001-01-01 00:00:00.000  wind-0  p1 #0  {"windSpeed":14}`},
		{printer.Options{Output: printer.Text, Sections: []string{"all"}}, `0001-01-01 00:00:00.000  wind-0  p1 #0  {"windSpeed":14}  alarm=\u001b[2J  messageId=m-0  iothub-enqueuedtime=x  user-id=u`},
	} {
		c.o.Count = 1
		out, said, err := run(t, live(3), c.o)
		if err != nil || out != c.want+"\n" {
			t.Errorf("%s %v: %v\n%s%s", c.o.Output, c.o.Sections, err, out, c.want)
		}
		if want := "hubscope: connecting to localhost, consumer group $Default, to read from now\n" +
			"hubscope: connected to localhost, consumer group $Default, 2 of 2 partitions, reading from now\n" +
			"hubscope: as many events as were asked for have come: 1 event printed\n"; said != want {
			t.Errorf("it says\n%s", said)
		}
	}
}

func TestWhichEvents(t *testing.T) {
	even := func(e *events.Event) bool { return e.Sequence%4 == 0 }
	for _, c := range []struct {
		o    printer.Options
		want int
	}{
		{printer.Options{Device: "wind-0"}, 4},
		{printer.Options{Device: "wind-?"}, 8},
		{printer.Options{Device: "Wind-*"}, 0},
		{printer.Options{Device: "wind.0"}, 0},
		{printer.Options{Module: "edge"}, 0},
		{printer.Options{Shows: even}, 2},
		{printer.Options{Device: "wind-1", Shows: even}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.o.Duration = time.Second
			out, said, err := run(t, live(8), c.o)
			if got := strings.Count(out, "\n"); got != c.want || err != nil {
				t.Errorf("%+v: %d lines, %v", c.o, got, err)
			}
			if !strings.Contains(said, fmt.Sprintf("the duration is over: %d events printed", c.want)) {
				t.Errorf("%s", said)
			}
		})
	}
}

func TestItIsNeverSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := &events.Error{Kind: events.ErrConnectionLost, Subject: "localhost"}
		_, said, err := run(t, source(func(ctx context.Context, sink events.Sink) error {
			for round := range 2 {
				for i := range 2 {
					sink.State(events.PartitionState{Partition: fmt.Sprint(i), Phase: events.Live, Total: 2})
				}
				time.Sleep(20 * time.Second)
				for i := range 2 * (1 - round) {
					sink.State(events.PartitionState{Partition: fmt.Sprint(i), Phase: events.Retrying, RetryIn: 2 * time.Second, Err: lost, Total: 2})
				}
			}
			sink.State(events.PartitionState{Partition: "0", Phase: events.CatchingUp, Behind: 12, Total: 2})
			sink.State(events.PartitionState{Notice: &events.Notice{Kind: events.Slept, Span: time.Minute}})
			<-ctx.Done()
			return nil
		}), printer.Options{Duration: time.Minute})
		const want = `hubscope: connecting to localhost, consumer group $Default, to read from now
hubscope: connected to localhost, consumer group $Default, 2 of 2 partitions, reading from now
hubscope: no event has come yet: nothing was sent from now, or a route of the hub takes the messages elsewhere; --start-time beginning prints what the hub has kept
hubscope: the connection to localhost was lost, next try in 2s
hubscope: connected to localhost, consumer group $Default, 2 of 2 partitions, reading from now
hubscope: partition 0 has 12 events more to bring
hubscope: this machine was asleep for 1m0s: the hub is connected to again
hubscope: the duration is over: 0 events printed
`
		if said != want || err != nil {
			t.Errorf("%v\n%s", err, said)
		}
	})
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestTheEnd(t *testing.T) {
	failed := errors.New("the hub is gone")
	full := &os.PathError{Op: "write", Path: "out", Err: syscall.ENOSPC}
	for _, c := range []struct {
		name   string
		source source
		out    io.Writer
		want   error
	}{
		{"the source ends", func(context.Context, events.Sink) error { return failed }, io.Discard, failed},
		{"nobody reads", live(100), broken{syscall.EPIPE}, nil},
		{"the disk is full", live(100), broken{full}, full},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := printer.Run(t.Context(), c.source, c.out, io.Discard, printer.Options{}); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestAReaderThatStops: an interrupt ends the run although nobody takes what was printed.
func TestAReaderThatStops(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	defer read.Close()
	done := make(chan error)
	go func() { done <- printer.Run(ctx, live(100), write, io.Discard, printer.Options{}) }()
	if _, err := read.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	interrupt()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
