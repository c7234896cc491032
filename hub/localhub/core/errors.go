package core

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"
)

// Error is a refusal as IoT Hub words it (protocol 2.3).
type Error struct {
	// Code is the service's number of six digits, such as 404001.
	Code int
	// Name belongs to Code: "DeviceNotFound". It is what the header
	// iothub-errorcode carries.
	Name string
	// Status is the HTTP status.
	Status int
	// Condition is the AMQP error condition, never empty.
	Condition string
	// Message is one sentence, without code and tracking id, and without keys.
	Message string
	// TrackingID is "{32 hex}-G:0-TimeStamp:{MM/dd/yyyy HH:mm:ss}".
	TrackingID string
	// RetryAfter is when to try again; zero when that makes no sense.
	RetryAfter time.Duration
	// Info is what "info" holds in an error body of the second shape: timeout as
	// hh:mm:ss. Nil for most.
	Info map[string]string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (%d %s)", e.Message, e.Code, e.Name)
}

// Is lets errors.Is compare by code: errors.Is(err, &core.Error{Code: 404001}).
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Codes that this package gives; all others are in the table that NewError
// reads (protocol 2.3).
const (
	CodeInvalidOperation   = 400003
	CodeArgumentInvalid    = 400004
	CodeTakenOver          = 400027 // ConnectionForcefullyClosedOnNewConnection
	CodeInvalidDeviceScope = 400028
	CodeUnauthorizedHub    = 401002 // IotHubUnauthorizedAccess
	CodeUnauthorized       = 401003 // IotHubUnauthorized
	CodeSystemModule       = 401100 // SystemModuleModifyUnauthorizedAccess
	CodeQueueFull          = 403004 // DeviceMaximumQueueDepthExceeded
	CodeInvalidExpiry      = 403009 // InvalidMessageExpiryTime
	CodeDeviceDisabled     = 403012
	CodeTooManyMethods     = 403800 // DeviceMaximumInflightMethodExceeded
	CodeNotFound           = 404000
	CodeDeviceNotFound     = 404001
	CodeModuleNotFound     = 404010
	CodeDeviceNotOnline    = 404103
	CodeClosedRemotely     = 404104 // DeviceConnectionClosedRemotely
	CodeDeviceExists       = 409001
	CodeModuleExists       = 409301
	CodePrecondition       = 412001
	CodeLockLost           = 412002 // DeviceMessageLockLost
	CodeMessageTooLarge    = 413001
	CodeTooManyDevices     = 413002
	CodeTooManyModules     = 413003
	CodeThrottled          = 429001
	CodeServerError        = 500001
	CodeBadDeviceAnswer    = 502000
	CodeUnavailable        = 503001
	CodePartitionNotFound  = 503003
	CodeGatewayTimeout     = 504101
)

// AMQP error conditions that are not in the table of codes (protocol 7.5, 7.7).
const (
	ConditionArgument   = "com.microsoft:argument-error"
	ConditionOutOfRange = "com.microsoft:argument-out-of-range"
)

// NewError returns the Error for a code of the service's table, with a new
// tracking id. A code that is not in the table gets the name and the condition
// of its HTTP status, which are its first three digits.
func NewError(code int, format string, args ...any) *Error {
	entry := lookup(code)
	return &Error{
		Code: code, Name: entry.name, Status: entry.status, Condition: entry.condition,
		Message:    fmt.Sprintf(format, args...),
		TrackingID: NewTrackingID(time.Now()),
	}
}

// NewTrackingID returns a tracking id in the service's form (protocol 2.3).
func NewTrackingID(now time.Time) string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return hex.EncodeToString(id[:]) + "-G:0-TimeStamp:" + now.UTC().Format("01/02/2006 15:04:05")
}
