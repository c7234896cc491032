package events

import (
	"errors"
	"fmt"
)

// Kinds of failure, for errors.Is.
var (
	// ErrUnauthorized: the key, the policy's rights or the token's lifetime were refused.
	ErrUnauthorized = errors.New("not authorized")
	// ErrNotIoTHub: the host answers, and not as an IoT Hub does.
	ErrNotIoTHub = errors.New("not an IoT Hub")
	// ErrHubNotFound: there is no such event hub on the endpoint.
	ErrHubNotFound = errors.New("event hub not found")
	// ErrDisabled: the event hub is switched off.
	ErrDisabled = errors.New("event hub disabled")
	// ErrConsumerGroup: there is no such consumer group.
	ErrConsumerGroup = errors.New("consumer group not found")
	// ErrPartition: there is no such partition.
	ErrPartition = errors.New("partition not found")
	// ErrStolen: a reader with a higher owner level has the partition.
	ErrStolen = errors.New("partition taken by another reader")
	// ErrTooManyReceivers: the partition has as many readers in this consumer group as it may have.
	ErrTooManyReceivers = errors.New("too many readers")
	// ErrPosition: the hub does not take the position to start from.
	ErrPosition = errors.New("position refused")
	// ErrUntrusted: the certificate of the host was refused.
	ErrUntrusted = errors.New("certificate not trusted")
	// ErrUnreachable: no connection to the host came about.
	ErrUnreachable = errors.New("host not reached")
	// ErrConnectionLost: the connection or a link on it ended.
	ErrConnectionLost = errors.New("connection lost")
	// ErrDetached: the hub ended the link of a receiver, as it does after a long silence or when it moves a partition.
	ErrDetached = errors.New("receiver detached")
	// ErrTimeout: the hub did not answer in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrBusy: the hub asked to come back later.
	ErrBusy = errors.New("hub is busy")
	// ErrQuota: a quota of the hub is used up.
	ErrQuota = errors.New("quota exceeded")
)

// A Remedy is what a person can do about an [Error], beside waiting and trying again, for programs that have a key
// for it.
type Remedy uint8

const (
	// NoRemedy: nothing that this package could be told.
	NoRemedy Remedy = iota
	// OtherGroup: choose another consumer group, [Options.ConsumerGroup].
	OtherGroup
	// OtherPartitions: choose other partitions, [Options.Partitions].
	OtherPartitions
	// OtherStart: choose another position, [Options.Start].
	OtherStart
	// UseWebSocket: read over WebSocket, [Options.WebSocket]. It was tried, and port 443 answers.
	UseWebSocket
)

// An Error is a failure of a [Monitor] or of [Discover], told so that a person knows what to do.
type Error struct {
	// Kind is one of the Err values of this package.
	Kind error
	// Subject is what it is about: the host, the consumer group, the partition.
	Subject string
	// Detail is what the hub or the network said, as far as it is known.
	Detail string
	// Partition is the one concerned, "" for the whole hub.
	Partition string
	// WebSocket is what a WebSocket on port 443 did when 5671 could not be reached.
	WebSocket Try
	// Err is the cause, nil when the hub said no in plain words.
	Err error

	reason reason
}

// Try is what became of an attempt.
type Try uint8

// Attempts.
const (
	Untried Try = iota
	Worked
	Failed
)

// Error is what was wrong and the words of the other side.
func (e *Error) Error() string {
	sentence, _ := e.Explain()
	if e.Detail == "" {
		return sentence
	}
	return sentence + ": " + e.Detail
}

// Is reports whether target is the kind of this error.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Explain gives one plain sentence, with no full stop, and what to do about it.
func (e *Error) Explain() (sentence, next string) {
	what := e.words()
	if what.sentence == "" {
		return fmt.Sprintf("reading events from %s went wrong", e.Subject), ""
	}
	next = what.next
	switch e.WebSocket {
	case Worked:
		next = "WebSocket on port 443 works: read over it"
	case Failed:
		next += "; port 443 does not work either"
	}
	return fmt.Sprintf(what.sentence, e.Subject), next
}

// Remedy is what can be done about it.
func (e *Error) Remedy() Remedy {
	if e.WebSocket == Worked {
		return UseWebSocket
	}
	switch e.Kind {
	case ErrStolen, ErrTooManyReceivers, ErrConsumerGroup:
		return OtherGroup
	case ErrPartition:
		return OtherPartitions
	case ErrPosition:
		return OtherStart
	}
	return NoRemedy
}

// fatal tells whether waiting cannot mend the error.
func (e *Error) fatal() bool {
	switch e.Kind {
	case ErrUnauthorized, ErrNotIoTHub, ErrHubNotFound, ErrDisabled, ErrConsumerGroup, ErrPartition,
		ErrStolen, ErrTooManyReceivers, ErrPosition, ErrUntrusted:
		return true
	}
	return false
}

// alone tells whether the error is about one partition, so that the others can go on.
func (e *Error) alone() bool {
	switch e.Kind {
	case ErrPartition, ErrStolen, ErrTooManyReceivers, ErrPosition:
		return e.Partition != ""
	}
	return false
}

// patient tells whether an error of one partition passes after all, in a run whose receivers have worked (ever).
func (e *Error) patient(ever bool) bool {
	switch e.Kind {
	case ErrTooManyReceivers, // the hub has not noticed yet that the connection before is gone
		ErrPosition: // the hub was made anew a moment ago
		return ever
	}
	return false
}

// passing tells whether a fatal error is likely to pass after all, in a run whose receivers have worked (ever), also
// on the connection that it ended (last).
func (e *Error) passing(ever, last bool) bool {
	switch e.Kind {
	case ErrUntrusted, ErrNotIoTHub: // something on the way: a captive portal, a proxy that starts
		return ever
	case ErrDisabled: // it was enabled a moment ago
		return ever
	case ErrUnauthorized: // the token has ended; whether the key is still good the next connection will tell
		return last && (ever || e.reason == tokenEnded)
	}
	return false
}
