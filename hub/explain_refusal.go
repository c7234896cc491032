package hub

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

func explainRefusal(err error) (reason, next string, ok bool) {
	var e *Error
	if !errors.As(err, &e) {
		return "", "", false
	}
	reason, next = e.byName()
	if reason == "" {
		reason, next = e.byStatus()
	}
	return reason, next, true
}

// byName has words for codes that say more than their status.
func (e *Error) byName() (reason, next string) {
	switch e.Name {
	case "DeviceNotFound":
		return "there is no such device", "reload the list: it may have been deleted meanwhile"
	case "ModuleNotFound":
		return "there is no such module", "reload the list: it may have been deleted meanwhile"
	case "DeviceAlreadyExists":
		return "a device with this id exists already", "choose another id, or open the device that is there"
	case "DeviceDisabled":
		return "the device is disabled", "enable it, then try again"
	case "DeviceNotOnline":
		return "the device is not connected", "start the device, then try again"
	case "DeviceConnectionClosedRemotely":
		return "the device went away before it answered", "see whether it is connected, then try again"
	case "GatewayTimeout":
		return "the device did not answer in time", "give it more time, or look at the device"
	case "GenericBadGateway":
		return "the device's answer is not JSON", "look at the program on the device"
	case "ModuleAlreadyExistsOnDevice":
		return "the device has a module with this id already", "choose another id, or open the module that is there"
	case "TooManyModulesOnDevice":
		return "the device has as many modules as it may have", "delete some modules"
	case "IotHubNotFound":
		return "there is no such IoT Hub at this address", "check HostName in the connection string"
	case "IotHubSuspended":
		return "the IoT Hub is suspended", "look at the subscription in the portal"
	case "IotHubQuotaExceeded":
		return "the message quota of the day is used up", "wait until midnight UTC, or add units to the hub"
	case "OperationNotAvailableInCurrentTier":
		return "the tier of this hub does not offer that", "a standard tier is needed"
	case "DeviceMaximumQueueDepthExceeded":
		return "50 messages wait for the device, and it can have no more", "let the device take them, or purge its queue"
	case "InvalidMessageExpiryTime":
		return e.withWords("the hub does not take the expiry of the message"), "choose a time to come, at most 2 days ahead"
	case "MessageTooLarge":
		return e.withWords("the message is larger than the hub takes"), "make it smaller, then try again"
	case "TooManyDevices":
		return "the hub has as many devices as it may have", "delete some devices, or use another tier"
	case "InvalidProtocolVersion":
		return "the hub does not know version " + APIVersion + " of the REST API", "check HostName in the connection string"
	}
	return "", ""
}

func (e *Error) byStatus() (reason, next string) {
	switch kindOf(e.Status) {
	case ErrBadRequest:
		return e.withWords("the hub did not accept the request"), "correct what it names, then try again"
	case ErrUnauthorized:
		if e.ClockAhead != 0 {
			return e.withWords("the hub refused the token, and this machine's clock " + e.clock()), "set the clock, then try again"
		}
		return e.withWords("the hub refused the policy or its key"),
			"check SharedAccessKeyName and SharedAccessKey, that the policy may do this, and this machine's clock"
	case ErrForbidden:
		return e.withWords("the hub does not allow that"), "look at the quota and the network rules of the hub"
	case ErrNotFound:
		return e.withWords("the hub has no such thing"), "reload: it may have been deleted meanwhile"
	case ErrConflict:
		return e.withWords("it exists already, or is in use"), "reload, then try again"
	case ErrPrecondition:
		return "it was changed by somebody else meanwhile", "reload, then change it again"
	case ErrTooLarge:
		return e.withWords("it is too large for the hub"), "make it smaller, then try again"
	case ErrThrottled:
		return "the hub is throttled: too many requests for its tier", e.waitHint("slow down, or add units to the hub")
	case ErrUnavailable:
		return e.withWords("the hub is not available at the moment"), e.waitHint("try again in a minute")
	}
	if e.Status >= http.StatusInternalServerError {
		return e.withWords("the hub has a problem of its own"), "try again in a minute"
	}
	return e.withWords(fmt.Sprintf("the answer has status %d, which no IoT Hub gives here", e.Status)),
		"check HostName in the connection string, and whether a proxy stands in between"
}

func (e *Error) withWords(reason string) string {
	if e.Message == "" {
		return reason
	}
	return reason + " (" + e.Message + ")"
}

func (e *Error) waitHint(otherwise string) string {
	if e.RetryAfter <= 0 {
		return otherwise
	}
	return fmt.Sprintf("try again in %s", e.RetryAfter.Round(time.Second))
}

func (e *Error) clock() string {
	if e.ClockAhead < 0 {
		return "is " + (-e.ClockAhead).String() + " behind the hub's"
	}
	return "is " + e.ClockAhead.String() + " ahead of the hub's"
}
