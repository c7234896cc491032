package events

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/Azure/go-amqp"
)

// Conditions of Azure that go-amqp has no name for. protocol 7.7
const (
	condArgument      amqp.ErrCond = "com.microsoft:argument-error"
	condArgumentRange amqp.ErrCond = "com.microsoft:argument-out-of-range"
	condBusy          amqp.ErrCond = "com.microsoft:server-busy"
	condTimeout       amqp.ErrCond = "com.microsoft:timeout"
	condDisabled      amqp.ErrCond = "com.microsoft:entity-disabled"
	condGeoOffset     amqp.ErrCond = "com.microsoft:georeplication:invalid-offset"
	conditionText                  = "Condition: "
	descriptionText                = ", Description: "
	infoText                       = ", Info: "
)

// A scope is what an operation was about: it gives a condition its meaning and an error its subject.
type scope struct {
	host, hub, group string
	partition        string // "" for the hub as a whole
}

// classify turns an error of azeventhubs or go-amqp into one of ours.
func (s scope) classify(err error) *Error {
	var mine *Error
	if errors.As(err, &mine) {
		return mine
	}
	e := &Error{Partition: s.partition, Err: err}
	e.Detail, e.Kind = kindOf(err)
	if e.Kind == ErrHubNotFound && s.partition != "" {
		e.Kind = ErrConsumerGroup // the hub was found before: what is missing is the group in its address
	}
	if e.Kind == ErrTooManyReceivers {
		e.Kind = limitIn(e.Detail)
	}
	if (e.Kind == ErrDetached || e.Kind == ErrTooManyReceivers) && s.partition == "" {
		e.Kind = ErrConnectionLost
	}
	e.reason = reasonIn(e.Kind, e.Detail)
	e.Subject = s.subject(e.Kind)
	return e
}

func (s scope) subject(kind error) string {
	switch kind {
	case ErrHubNotFound:
		return s.hub
	case ErrConsumerGroup:
		return s.group
	case ErrPartition, ErrStolen, ErrTooManyReceivers, ErrPosition, ErrDetached:
		return s.partition
	}
	return s.host
}

func kindOf(err error) (detail string, kind error) {
	var known *azeventhubs.Error
	if errors.As(err, &known) {
		return kindOfCode(known)
	}
	var condition *amqp.Error
	if errors.As(err, &condition) {
		return condition.Description, kindOfCondition(condition.Condition)
	}
	var reply interface{ RPCCode() int } // what $cbs and $management answer; azeventhubs keeps the type to itself
	if errors.As(err, &reply) {
		return descriptionOfReply(err.Error()), kindOfStatus(reply.RPCCode())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "", ErrTimeout
	}
	return "", ErrConnectionLost
}

// kindOfCode reads the condition out of the text where there is one: an azeventhubs.Error does not unwrap.
func kindOfCode(err *azeventhubs.Error) (detail string, kind error) {
	condition, description := conditionIn(err.Error())
	switch err.Code {
	case azeventhubs.ErrorCodeUnauthorizedAccess:
		if condition == "" {
			description = descriptionOfReply(err.Error())
		}
		return description, ErrUnauthorized
	case azeventhubs.ErrorCodeOwnershipLost:
		return description, ErrStolen
	}
	if condition == "" {
		return "", ErrConnectionLost
	}
	return description, kindOfCondition(condition)
}

func kindOfCondition(condition amqp.ErrCond) error {
	switch condition {
	case amqp.ErrCondUnauthorizedAccess:
		return ErrUnauthorized
	case amqp.ErrCondNotFound:
		return ErrHubNotFound
	case condArgumentRange:
		return ErrPartition
	case amqp.ErrCondStolen:
		return ErrStolen
	case amqp.ErrCondResourceLimitExceeded:
		return ErrTooManyReceivers
	case condArgument, condGeoOffset, amqp.ErrCondNotAllowed:
		return ErrPosition
	case condDisabled:
		return ErrDisabled
	case amqp.ErrCondDetachForced:
		return ErrDetached
	case condBusy:
		return ErrBusy
	case condTimeout:
		return ErrTimeout
	}
	return ErrConnectionLost
}

func kindOfStatus(status int) error {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return ErrUnauthorized
	case http.StatusNotFound:
		return ErrHubNotFound
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return ErrBusy
	case http.StatusRequestTimeout:
		return ErrTimeout
	}
	return ErrConnectionLost
}

// conditionIn finds "Condition: c, Description: d, Info: …" in the text of a wrapped amqp.Error.
func conditionIn(text string) (condition amqp.ErrCond, description string) {
	_, rest, found := strings.Cut(text, conditionText)
	if !found {
		return "", ""
	}
	name, rest, found := strings.Cut(rest, descriptionText)
	if !found {
		return "", ""
	}
	if i := strings.LastIndex(rest, infoText); i >= 0 {
		rest = rest[:i]
	}
	return amqp.ErrCond(name), rest
}

// descriptionOfReply finds the service's words in "rpc: failed, status code 401 and description: …".
func descriptionOfReply(text string) string {
	_, words, _ := strings.Cut(text, "and description: ")
	return words
}
