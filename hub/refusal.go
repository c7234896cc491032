package hub

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hubscope/hub/sas"
	"hubscope/hub/wire"
)

// refusal makes an Error of an answer whose status is not a success.
func (c *Client) refusal(op string, response *http.Response, body []byte) *Error {
	e := readRefusal(response.StatusCode, response.Header, body)
	e.Op = op
	e.Message = c.redact(e.Message)
	return e
}

// readRefusal reads both shapes of protocol 2.3, and makes the best of others.
func readRefusal(status int, header http.Header, body []byte) *Error {
	e := &Error{
		Status:     status,
		Name:       header.Get(wire.HeaderErrorCode),
		TrackingID: header.Get(wire.HeaderRequestID),
		RetryAfter: parseRetryAfter(header.Get("Retry-After"), time.Now()),
		ClockAhead: clockAhead(header.Get("Date"), time.Now()),
	}
	var b wire.ErrorBody
	if err := json.Unmarshal(body, &b); err != nil || b.Message == "" {
		e.Message = plainText(header, body)
	} else if !e.readDetail(b.Message) {
		e.readNamed(b.Message)
	}
	if id, found := trackingID(b.ExceptionMessage); found {
		e.TrackingID = id
	}
	if e.Code == 0 {
		e.Code = codes[e.Name]
	}
	e.Message = oneLine(e.Message)
	e.Name, e.TrackingID = oneLine(e.Name), oneLine(e.TrackingID)
	return e
}

// readDetail reads the shape in which the message is JSON itself.
func (e *Error) readDetail(message string) bool {
	var d wire.ErrorDetail
	if !strings.HasPrefix(strings.TrimSpace(message), "{") || json.Unmarshal([]byte(message), &d) != nil {
		return false
	}
	e.Code, e.Message = d.ErrorCode, d.Message
	if d.TrackingID != "" {
		e.TrackingID = d.TrackingID
	}
	return true
}

// readNamed reads the shape "ErrorCode:<name>;<text>".
func (e *Error) readNamed(message string) {
	head, text, found := strings.Cut(message, ";")
	name, coded := strings.CutPrefix(strings.TrimSpace(head), "ErrorCode:")
	if !found || !coded {
		e.Message = message
		return
	}
	e.Name, e.Message = strings.TrimSpace(name), strings.TrimSpace(text)
}

func trackingID(text string) (string, bool) {
	_, id, found := strings.Cut(text, "Tracking ID:")
	id = strings.TrimSpace(id)
	return id, found && id != ""
}

// plainText keeps the words of an answer that is neither shape; a web page of some
// proxy between has none worth showing.
func plainText(header http.Header, body []byte) string {
	if strings.Contains(header.Get("Content-Type"), "html") || !utf8.Valid(body) || strings.HasPrefix(string(body), "<") {
		return ""
	}
	return string(body)
}

// parseRetryAfter reads seconds or a date; 0 when it is neither.
func parseRetryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// clockAhead compares this machine's clock with the Date of an answer.
func clockAhead(date string, now time.Time) time.Duration {
	theirs, err := http.ParseTime(date)
	if err != nil || now.Sub(theirs).Abs() <= sas.Skew {
		return 0
	}
	return now.Sub(theirs).Round(time.Minute)
}

var signatureField = regexp.MustCompile(`(?i)\b(sig|SharedAccessKey)=[^&;\s"']+`)

// redact takes out what a service may have repeated of the request.
func (c *Client) redact(text string) string {
	if key := c.service.Key.Reveal(); key != "" {
		text = strings.ReplaceAll(text, key, "***")
	}
	return redactFields(text)
}

func redactFields(text string) string { return signatureField.ReplaceAllString(text, "$1=***") }

const maxMessage = 1000

// oneLine makes outside text fit for one line of a terminal.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if len(text) <= maxMessage {
		return text
	}
	cut := maxMessage
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// codes are the numbers of the names that the first shape carries, for the codes
// that the registry and queries give (protocol 2.3).
var codes = map[string]int{
	"ArgumentInvalid":                    400004,
	"ArgumentNull":                       400005,
	"IotHubFormatError":                  400006,
	"InvalidProtocolVersion":             400001,
	"DeserializationError":               400012,
	"BulkRegistryOperationFailure":       400013,
	"IotHubNotFound":                     401001,
	"IotHubUnauthorizedAccess":           401002,
	"IotHubUnauthorized":                 401003,
	"IotHubSuspended":                    403001,
	"IotHubQuotaExceeded":                403002,
	"DeviceMaximumQueueDepthExceeded":    403004,
	"InvalidMessageExpiryTime":           403009,
	"OperationNotAvailableInCurrentTier": 403010,
	"DeviceDisabled":                     403012,
	"DeviceNotFound":                     404001,
	"JobNotFound":                        404002,
	"ModuleNotFound":                     404010,
	"DeviceNotOnline":                    404103,
	"DeviceConnectionClosedRemotely":     404104,
	"ConfigurationNotFound":              404301,
	"DeviceAlreadyExists":                409001,
	"ModuleAlreadyExistsOnDevice":        409301,
	"ConfigurationAlreadyExists":         409401,
	"PreconditionFailed":                 412001,
	"MessageTooLarge":                    413001,
	"TooManyDevices":                     413002,
	"TooManyModulesOnDevice":             413003,
	"ThrottlingException":                429001,
	"ThrottleBacklogLimitExceeded":       429002,
	"ServerError":                        500001,
	"ServiceUnavailable":                 503001,
	"GatewayTimeout":                     504101,
}
