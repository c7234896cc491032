package hub

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The kinds of an [Error], for errors.Is.
var (
	ErrBadRequest   = errors.New("bad request")
	ErrUnauthorized = errors.New("unauthorized")
	ErrForbidden    = errors.New("forbidden")
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("conflict")
	ErrPrecondition = errors.New("precondition failed")
	ErrTooLarge     = errors.New("too large")
	ErrThrottled    = errors.New("throttled")
	ErrUnavailable  = errors.New("service unavailable")
)

// Error is a refusal by the service (protocol 2.3).
type Error struct {
	// Op says what was being done: update device "pump-7".
	Op string
	// Status is the HTTP status.
	Status int
	// Code is the service's number, such as 404001; 0 when it gave none.
	Code int
	// Name is the service's name for the code, such as DeviceNotFound; may be empty.
	Name string
	// Message is the service's text.
	Message string
	// TrackingID names the request to the service's support; may be empty.
	TrackingID string
	// RetryAfter is what the service asked to wait; 0 when it did not.
	RetryAfter time.Duration
	// ClockAhead is how far this machine's clock is ahead of the service's, negative when it is
	// behind; 0 when they differ by less than the skew that tokens allow (protocol 1.2).
	ClockAhead time.Duration
}

// Error gives what was being done, the status, the service's words and the tracking id.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	fmt.Fprintf(&b, "%d %s", e.Status, strings.ToLower(http.StatusText(e.Status)))
	if e.Name != "" {
		b.WriteString(" (" + e.Name + ")")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.TrackingID != "" {
		b.WriteString(" (tracking " + e.TrackingID + ")")
	}
	return b.String()
}

// Is says whether the refusal is of the kind target, one of the Err values of this package.
func (e *Error) Is(target error) bool { return target != nil && kindOf(e.Status) == target }

func kindOf(status int) error {
	switch status {
	case http.StatusBadRequest:
		return ErrBadRequest
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusPreconditionFailed:
		return ErrPrecondition
	case http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	case http.StatusTooManyRequests:
		return ErrThrottled
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrUnavailable
	}
	return nil
}
