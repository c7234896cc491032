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
	// ErrTimeout: the hub did not answer in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrBusy: the hub asked to come back later.
	ErrBusy = errors.New("hub is busy")
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
	// Err is the cause, nil when the hub said no in plain words.
	Err error
}

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
	what := wordings[e.Kind]
	if what.sentence == "" {
		return fmt.Sprintf("reading events from %s went wrong", e.Subject), ""
	}
	return fmt.Sprintf(what.sentence, e.Subject), what.next
}

// wordings has one %s in each sentence: the subject.
var wordings = map[error]struct{ sentence, next string }{
	ErrUnauthorized:     {"%s refused the key", "check policy name and key: the policy needs the service connect right (iothubowner and service have it)"},
	ErrNotIoTHub:        {"%s does not answer like an IoT Hub", "check HostName; for an Event Hubs-compatible endpoint use its own connection string (Endpoint=sb://…)"},
	ErrHubNotFound:      {"there is no event hub %s on this endpoint", "check EntityPath in the connection string"},
	ErrConsumerGroup:    {"there is no consumer group %s", "create it in the hub (Built-in endpoints), or use $Default"},
	ErrPartition:        {"there is no partition %s", "ask for partitions that the hub has, or for all"},
	ErrStolen:           {"another reader with a higher owner level has partition %s", "use another consumer group, or stop the other reader"},
	ErrTooManyReceivers: {"partition %s has five readers in this consumer group, which is the limit", "use another consumer group, or stop one of the other readers"},
	ErrPosition:         {"partition %s cannot be read from there", "start from the beginning or from now"},
	ErrUntrusted:        {"the certificate of %s is not trusted", "trust its authority (for a local hub: the CA file that it prints), or check the host name"},
	ErrUnreachable:      {"%s cannot be reached", "check the host name, the network, and that port 5671 is open"},
	ErrConnectionLost:   {"the connection to %s was lost", "wait: it is tried again"},
	ErrTimeout:          {"%s does not answer", "wait: it is tried again; check the network if it lasts"},
	ErrBusy:             {"%s is busy", "wait: it is tried again"},
}

// fatal tells whether waiting cannot mend the error.
func (e *Error) fatal() bool {
	switch e.Kind {
	case ErrUnauthorized, ErrNotIoTHub, ErrHubNotFound, ErrConsumerGroup, ErrPartition,
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

// patient tells whether an error of one partition passes after all, where its receiver has worked before.
func (e *Error) patient(worked bool) bool {
	switch e.Kind {
	case ErrTooManyReceivers: // the hub has not noticed yet that the connection before is gone
		return worked
	case ErrPosition: // the hub was made anew a moment ago
		return worked
	}
	return false
}

// passing tells whether a fatal error is likely to pass after all, in a run whose receivers have worked (ever), also
// on the connection that it ended (last).
func (e *Error) passing(ever, last bool) bool {
	switch e.Kind {
	case ErrUntrusted, ErrNotIoTHub: // something on the way: a captive portal, a proxy that starts
		return ever
	case ErrUnauthorized: // the token has ended; whether the key is still good the next connection will tell
		return ever && last
	}
	return false
}
