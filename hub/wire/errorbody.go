package wire

// ErrorBody is the body of every refusal (protocol 2.3). Message has the shape
// "ErrorCode:<name>;<text>", or it is itself the JSON text of an [ErrorDetail].
type ErrorBody struct {
	Message          string `json:"Message"`
	ExceptionMessage string `json:"ExceptionMessage"`
}

// ErrorDetail is the JSON inside the Message of the second shape, used by
// direct methods and by newer operations.
type ErrorDetail struct {
	ErrorCode    int            `json:"errorCode"`
	TrackingID   string         `json:"trackingId"`
	Message      string         `json:"message"`
	Info         map[string]any `json:"info"`
	TimestampUTC string         `json:"timestampUtc"`
}
