package core

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
)

// Protocol 2.3.6.
func TestNewError(t *testing.T) {
	for _, c := range []struct {
		code      int
		name      string
		status    int
		condition string
	}{
		{404001, "DeviceNotFound", 404, "amqp:not-found"},
		{409001, "DeviceAlreadyExists", 409, "com.microsoft:device-already-exists"},
		{412001, "PreconditionFailed", 412, "com.microsoft:precondition-failed"},
		{401003, "IotHubUnauthorized", 401, "amqp:unauthorized-access"},
		{403012, "DeviceDisabled", 403, "amqp:not-allowed"},
		{413001, "MessageTooLarge", 413, "amqp:link:message-size-exceeded"},
		{429001, "ThrottlingException", 429, "com.microsoft:device-container-throttled"},
		{500001, "ServerError", 500, "amqp:internal-error"},
		{404999, "Error404999", 404, "amqp:not-found"},
	} {
		e := NewError(c.code, "text %d", 1)
		if e.Name != c.name || e.Status != c.status || e.Condition != c.condition || e.Message != "text 1" {
			t.Errorf("%d: %+v", c.code, e)
		}
	}
}

// Protocol 2.3.6.
func TestErrorTableIsWhole(t *testing.T) {
	if n := len(errorTable()); n < 160 {
		t.Errorf("%d codes", n)
	}
	for code, entry := range errorTable() {
		if entry.name == "" || entry.status != code/1000 || entry.condition == "" {
			t.Errorf("%d: %+v", code, entry)
		}
	}
	for _, code := range []int{
		CodeInvalidOperation, CodeArgumentInvalid, CodeTakenOver, CodeInvalidDeviceScope, CodeUnauthorizedHub, CodeUnauthorized, CodeDeviceDisabled,
		CodeDeviceNotFound, CodeModuleNotFound, CodeDeviceExists, CodePrecondition, CodeMessageTooLarge, CodeTooManyDevices, CodeServerError, CodeUnavailable,
	} {
		if _, found := errorTable()[code]; !found {
			t.Errorf("%d is not in the table", code)
		}
	}
}

// Protocol 2.3.5.
func TestTrackingID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{32}-G:0-TimeStamp:\d\d/\d\d/\d{4} \d\d:\d\d:\d\d$`)
	a, b := NewError(404001, ""), NewError(404001, "")
	if !form.MatchString(a.TrackingID) || a.TrackingID == b.TrackingID {
		t.Errorf("tracking ids %q, %q", a.TrackingID, b.TrackingID)
	}
}

func TestErrorIs(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", NewError(404001, "x"))
	if !errors.Is(err, &Error{Code: 404001}) || errors.Is(err, &Error{Code: 404010}) {
		t.Error("errors are not told apart by code")
	}
}
