package events

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/Azure/go-amqp"
)

// A Queue is what a hub keeps for its back end beside the events. Each message of it goes to one receiver: who takes
// it, takes it away from the others.
type Queue string

const (
	// FeedbackQueue has what became of cloud-to-device messages that asked for an acknowledgement. protocol 6.4
	FeedbackQueue Queue = "/messages/serviceBound/feedback"
	// FileQueue has a notification for each file that a device has uploaded. protocol 6.5
	FileQueue Queue = "/messages/serviceBound/filenotifications"
)

// The Source of an [Event] out of a queue, which the hub itself has no word for.
const (
	SourceFeedback = "feedback"
	SourceUpload   = "upload"
)

// Source is the Source of the events out of the queue.
func (q Queue) Source() string {
	if q == FileQueue {
		return SourceUpload
	}
	return SourceFeedback
}

// A QueueReader takes the messages out of a [Queue], as events with no partition: one for each record of feedback, one
// for each file. It keeps trying as a [Monitor] does.
type QueueReader struct {
	o     Options
	queue Queue
}

// NewQueueReader checks the options, of which Service is required, and connects to nothing.
func NewQueueReader(o Options, q Queue) (*QueueReader, error) {
	if o.Service.HostName == "" {
		return nil, errors.New("events: feedback and file notifications need the connection string of the IoT Hub")
	}
	return &QueueReader{o.withDefaults(), q}, nil
}

// Run takes messages until ctx ends, then returns nil; it ends by itself only with an error that waiting cannot mend.
// A message is accepted, and gone for good, when the sink has it. States are about the hub as a whole.
func (r *QueueReader) Run(ctx context.Context, sink Sink) error {
	wait := (&run{o: r.o}).backoff()
	ever := false
	for attempt := 1; ; attempt++ {
		sink.State(PartitionState{Phase: Connecting, Attempt: attempt})
		began := time.Now()
		worked, err := r.once(ctx, sink)
		if ctx.Err() != nil {
			sink.State(PartitionState{Phase: Stopped})
			return nil
		}
		if worked {
			attempt, ever = 0, true
		}
		if time.Since(began) > r.o.RetryMax {
			wait.Reset()
		}
		if errors.Is(err, errRenew) {
			continue
		}
		var failed *Error
		if errors.As(err, &failed) && failed.fatal() && !failed.passing(ever, worked) {
			sink.State(PartitionState{Phase: Stopped, Err: failed})
			return failed
		}
		pause := wait.NextBackOff()
		sink.State(PartitionState{Phase: Retrying, Attempt: attempt + 1, RetryIn: pause, Err: err})
		r.o.Logger.Info("connection to the hub ended", "queue", r.queue, "error", err, "next try in", pause)
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// once is one connection. It tells whether the receiver came about.
func (r *QueueReader) once(ctx context.Context, sink Sink) (worked bool, err error) {
	conn, err := DialHub(ctx, r.o, string(r.queue))
	if err != nil {
		return false, err
	}
	defer conn.Close()
	setUp, cancel := context.WithTimeout(ctx, r.o.Timeout)
	defer cancel()
	// Few at a time: what has been sent here and is not settled yet is lost to others until its lock ends.
	const credit = 10
	receiver, err := conn.Session.NewReceiver(setUp, string(r.queue), &amqp.ReceiverOptions{Credit: credit})
	if err != nil {
		return false, conn.Explain(err)
	}
	sink.State(PartitionState{Phase: Live})
	until, stop := context.WithDeadlineCause(ctx, conn.Renew(), errRenew)
	defer stop()
	err = r.drain(until, receiver, sink)
	if context.Cause(until) == errRenew {
		return true, errRenew
	}
	return true, conn.Explain(err)
}

// drain hands messages to the sink until something fails.
func (r *QueueReader) drain(ctx context.Context, receiver *amqp.Receiver, sink Sink) error {
	for {
		m, err := receiver.Receive(ctx, nil)
		if err != nil {
			return err
		}
		sink.Events(r.queue.events(m, time.Now()))
		settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.o.Timeout)
		err = receiver.AcceptMessage(settle, m)
		cancel()
		if err != nil {
			return fmt.Errorf("accept a message: %w", err)
		}
	}
}
