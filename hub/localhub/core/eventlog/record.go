package eventlog

import (
	"errors"
	"fmt"
	"time"
)

// Record is an event in the log.
type Record struct {
	// Sequence grows by one with each event of a partition, from 0.
	Sequence int64
	// Offset is a decimal number that grows by the size of each event.
	Offset string
	// Enqueued is when the log took the event; it never goes back within a
	// partition. Milliseconds.
	Enqueued time.Time
	// Payload is a complete encoded AMQP message, to be framed as it is. It is
	// shared by all readers: never change it.
	Payload []byte
}

// PartitionInfo is the state of a partition, as $management tells it
// (protocol 7.4).
type PartitionInfo struct {
	ID int
	// Begin is the sequence number of the oldest event kept, or of the next
	// event when none is.
	Begin int64
	// Last is the sequence number of the newest event ever, -1 when there was
	// none.
	Last int64
	// LastOffset is the offset of that event, "-1" when there was none.
	LastOffset string
	// LastEnqueued is its time, zero when there was none.
	LastEnqueued time.Time
	// Empty says that no event is kept.
	Empty bool
}

// Kind is how a Position names its place.
type Kind uint8

// The kinds of Position (protocol 7.5).
const (
	Earliest Kind = iota
	Latest
	Offset
	Sequence
	Enqueued
)

// Position is where a reader starts.
type Position struct {
	Kind Kind
	// Offset, for kind Offset, also takes "-1" (earliest) and "@latest".
	Offset string
	// Sequence, for kind Sequence.
	Sequence int64
	// Time, for kind Enqueued.
	Time time.Time
	// Inclusive takes the named event itself too: >= and not >.
	Inclusive bool
}

// Errors of the log.
var (
	// ErrClosed says that the log or the reader was closed.
	ErrClosed = errors.New("the event log is closed")
	// ErrNoPartition says that a partition does not exist.
	ErrNoPartition = errors.New("no such partition")
)

// PositionError says that a position lies beyond the end of the partition, or
// is no position at all (protocol 7.5).
type PositionError struct {
	What  string // "offset" or "sequence number"
	Given string
	Last  string
}

func (e *PositionError) Error() string {
	return fmt.Sprintf("The supplied %s '%s' is invalid. The last %s in the system is '%s'", e.What, e.Given, e.What, e.Last)
}
