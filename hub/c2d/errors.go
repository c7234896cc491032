package c2d

import (
	"context"
	"errors"

	"hubscope/hub"
	"hubscope/hub/events"
)

// ErrUnknownOutcome is a kind of [*Error]: the message had left when the answer went missing, so that the hub may have
// it, and may deliver it.
var ErrUnknownOutcome = errors.New("it is not known whether the hub has the message")

// An Error is a message that was not sent for another reason than a refusal of the hub, or perhaps was
// ([ErrUnknownOutcome]).
type Error struct {
	// Op says what was being done: send a message to "pump-7".
	Op string
	// Unknown says that the hub may have the message.
	Unknown bool
	// Err is the cause, mostly an [*events.Error].
	Err error
}

func (e *Error) Error() string { return e.Op + ": " + e.Err.Error() }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is tells whether target is [ErrUnknownOutcome], and this is such an error.
func (e *Error) Is(target error) bool { return e.Unknown && target == ErrUnknownOutcome }

// Explain implements hub.Explainer.
func (e *Error) Explain() (sentence, next string) {
	var failed *events.Error
	switch {
	case errors.As(e.Err, &failed):
		sentence, next = failed.Explain()
	case errors.Is(e.Err, context.DeadlineExceeded):
		sentence = "the hub did not answer in time"
	default:
		sentence, next = hub.Explain(e.Err)
	}
	switch {
	case e.Unknown:
		next = "the hub may have it all the same: look at the queue before you send it again"
	case next == "" || failed != nil && passing(failed):
		next = "send it again"
	}
	return "could not " + e.Op + ": " + sentence, next
}

// passing tells whether an error of the connection may be another time better by itself.
func passing(e *events.Error) bool {
	for _, kind := range []error{events.ErrConnectionLost, events.ErrTimeout, events.ErrBusy, events.ErrDetached} {
		if errors.Is(e, kind) {
			return e.Remedy() == events.NoRemedy
		}
	}
	return false
}
