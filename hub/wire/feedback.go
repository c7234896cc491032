package wire

// FeedbackRecord tells what became of a cloud-to-device message. A message of
// the feedback endpoint holds an array of them (protocol 6.4).
type FeedbackRecord struct {
	OriginalMessageID  string `json:"originalMessageId"`
	EnqueuedTimeUTC    Time   `json:"enqueuedTimeUtc"`
	StatusCode         string `json:"statusCode"`
	Description        string `json:"description"`
	DeviceID           string `json:"deviceId"`
	ModuleID           string `json:"moduleId,omitempty"`
	DeviceGenerationID string `json:"deviceGenerationId"`
}

// ContentTypeFeedback is the content type of a message of the feedback endpoint.
const ContentTypeFeedback = "application/vnd.microsoft.iothub.feedback.json"
