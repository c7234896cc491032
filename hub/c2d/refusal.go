package c2d

import (
	"errors"
	"regexp"
	"strings"

	"github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/events"
)

// code is a number of the service with its name (protocol 2.3).
type code struct {
	number int
	name   string
}

var (
	argumentInvalid = code{400004, "ArgumentInvalid"}
	noSuchHub       = code{401001, "IotHubNotFound"}
	noRights        = code{401002, "IotHubUnauthorizedAccess"}
	badToken        = code{401003, "IotHubUnauthorized"}
	suspended       = code{403001, "IotHubSuspended"}
	quota           = code{403002, "IotHubQuotaExceeded"}
	queueFull       = code{403004, "DeviceMaximumQueueDepthExceeded"}
	expiry          = code{403009, "InvalidMessageExpiryTime"}
	basicTier       = code{403010, "OperationNotAvailableInCurrentTier"}
	deviceUnknown   = code{404001, "DeviceNotFound"}
	moduleUnknown   = code{404010, "ModuleNotFound"}
	tooLarge        = code{413001, "MessageTooLarge"}
	throttled       = code{429001, "ThrottlingException"}
	unavailable     = code{503001, "ServiceUnavailable"}
)

// conditions are what the hub says in AMQP of the codes; those that mean several are told apart by the words beside them.
var conditions = map[amqp.ErrCond]code{
	"com.microsoft:argument-error":             argumentInvalid,
	"com.microsoft:iot-hub-not-found-error":    noSuchHub,
	amqp.ErrCondUnauthorizedAccess:             noRights,
	"com.microsoft:iot-hub-suspended":          suspended,
	amqp.ErrCondResourceLimitExceeded:          queueFull,
	amqp.ErrCondNotFound:                       deviceUnknown,
	amqp.ErrCondMessageSizeExceeded:            tooLarge,
	"com.microsoft:device-container-throttled": throttled,
	"com.microsoft:server-busy":                unavailable,
}

// refusal is the answer of the hub as an error of package hub; nil when err is none.
func refusal(err error, to To) *hub.Error {
	var said *amqp.Error
	if !errors.As(err, &said) {
		return nil
	}
	what, known := conditions[said.Condition]
	switch {
	case said.Condition == amqp.ErrCondNotAllowed:
		what, known = forbidden(said.Description)
	case what == queueFull && mentions(said.Description, "quota", "403002"):
		what = quota
	case what == deviceUnknown && to.ModuleID != "" && mentions(said.Description, "module", "404010"):
		what = moduleUnknown
	}
	if !known {
		return nil
	}
	e := &hub.Error{Status: what.number / 1000, Code: what.number, Name: what.name}
	e.Message, e.TrackingID = wordsOf(said.Description)
	return e
}

// forbidden tells apart what has no condition of its own.
func forbidden(description string) (code, bool) {
	switch {
	case mentions(description, "expir", "403009"):
		return expiry, true
	case mentions(description, "tier", "403010"):
		return basicTier, true
	}
	return code{}, false
}

func mentions(text string, any ...string) bool {
	text = strings.ToLower(text)
	for _, words := range any {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

var tracking = regexp.MustCompile(`(?i)[,;.\s]*\btracking ?id:\s*(\S+(?:\s+\d\d:\d\d:\d\d)?)`)

// wordsOf splits the hub's words and the tracking id in them.
func wordsOf(description string) (message, trackingID string) {
	found := tracking.FindStringSubmatchIndex(description)
	if found == nil {
		return strings.TrimSpace(description), ""
	}
	trackingID = strings.TrimRight(description[found[2]:found[3]], ",;.")
	rest := strings.TrimSpace(description[:found[0]] + description[found[1]:])
	return rest, trackingID
}

// refusedKey is what a hub says that does not take the token, as an error of package hub; nil when err is none.
func refusedKey(err error) *hub.Error {
	var failed *events.Error
	if !errors.As(err, &failed) || failed.Kind != events.ErrUnauthorized {
		return nil
	}
	e := &hub.Error{Status: badToken.number / 1000, Code: badToken.number, Name: badToken.name}
	e.Message, e.TrackingID = wordsOf(failed.Detail)
	return e
}
