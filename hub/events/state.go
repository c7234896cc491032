package events

import "time"

// A Phase is what a partition's receiver is doing.
type Phase uint8

const (
	// Connecting: on the way to the hub, or waiting for its answer.
	Connecting Phase = iota
	// CatchingUp: receiving, and well behind the newest event.
	CatchingUp
	// Live: receiving what devices send as they send it.
	Live
	// Retrying: waiting for the next attempt.
	Retrying
	// Stopped: ended, by its context or by an error that waiting cannot mend.
	Stopped
)

// String is the phase as a word for people.
func (p Phase) String() string {
	switch p {
	case Connecting:
		return "connecting"
	case CatchingUp:
		return "catching up"
	case Live:
		return "live"
	case Retrying:
		return "retrying"
	case Stopped:
		return "stopped"
	default:
		return "unknown"
	}
}

// A PartitionState is what a [Monitor] says about one partition each time that changes.
type PartitionState struct {
	// Partition is the id of the partition, or "" for the hub as a whole: for as long as its partitions are not
	// known yet, and with a Notice that is about all of them.
	Partition string
	Phase     Phase
	// Behind is the number of events enqueued and not received, as of the last look at the partition
	// (every few seconds), and BehindTime the time between the last received and the newest event.
	Behind     int64
	BehindTime time.Duration
	// Attempt is the number of the attempt under way (Connecting) or to come (Retrying), counted from 1
	// since the last success. RetryIn is the wait from now until the one to come.
	Attempt int
	RetryIn time.Duration
	// Err is why it is Retrying or Stopped, mostly an [*Error]; nil when the context was ended.
	Err error
	// Total is the number of partitions of the hub; 0 while not known.
	Total int
	// Notice is what has just happened that a person should know of, told once; nil mostly.
	Notice *Notice
}

// A Sink takes what a [Monitor] receives. Both methods are called from many goroutines, calls for one
// partition one after another. A partition waits for them, and so does the end of [Monitor.Run]: State must not block,
// and Events may, until ctx ends, to slow the reading down. What is not read yet stays in the hub.
type Sink interface {
	// Events takes the next events of one partition, in order. The slice belongs to the sink.
	Events(batch []Event)
	// State takes the new state of a partition.
	State(s PartitionState)
}
