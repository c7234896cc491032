package amqp

import (
	"errors"
	"fmt"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/core/eventlog"
)

// Error conditions (protocol 5.1, 6.6, 7.5 to 7.7, 8.3).
const (
	condInternal       = "amqp:internal-error"
	condNotFound       = "amqp:not-found"
	condUnauthorized   = "amqp:unauthorized-access"
	condNotAllowed     = "amqp:not-allowed"
	condInvalidField   = "amqp:invalid-field"
	condNotImplemented = "amqp:not-implemented"
	condLimit          = "amqp:resource-limit-exceeded"
	condDecode         = "amqp:decode-error"
	condForced         = "amqp:connection:forced"
	condFraming        = "amqp:connection:framing-error"
	condWindow         = "amqp:session:window-violation"
	condHandleInUse    = "amqp:session:handle-in-use"
	condUnattached     = "amqp:session:unattached-handle"
	condDetachForced   = "amqp:link:detach-forced"
	condTransferLimit  = "amqp:link:transfer-limit-exceeded"
	condTooLarge       = "amqp:link:message-size-exceeded"
	condRedirect       = "amqp:link:redirect"
	condStolen         = "amqp:link:stolen"
)

func fault(condition, format string, a ...any) *frame.Error {
	return &frame.Error{Condition: condition, Description: fmt.Sprintf(format, a...)}
}

// entityNotFound is for unknown addresses, hubs and consumer groups
// (protocol 7.7).
func entityNotFound(address string) *frame.Error {
	return fault(condNotFound, "The messaging entity '%s' could not be found.", address)
}

// asFault gives any error the shape in which it can be sent.
func asFault(err error) *frame.Error {
	var fe *frame.Error
	if errors.As(err, &fe) {
		return fe
	}
	var ce *core.Error
	if errors.As(err, &ce) {
		return fault(ce.Condition, "%s TrackingId:%s", ce.Message, ce.TrackingID)
	}
	var pe *eventlog.PositionError
	if errors.As(err, &pe) {
		return fault(core.ConditionArgument, "%s", pe.Error())
	}
	if errors.Is(err, eventlog.ErrClosed) {
		return fault(condDetachForced, "The event hub is closing.")
	}
	var me *frame.MalformedError
	if errors.As(err, &me) {
		return fault(condDecode, "%s", me.Error())
	}
	return fault(condInternal, "The service was unable to process the request.")
}
