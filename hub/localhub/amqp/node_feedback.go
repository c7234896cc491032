package amqp

import (
	"encoding/json"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// feedbackNode is messages/serviceBound/feedback (protocol 6.4).
type feedbackNode struct{ srv *Server }

const contentFeedback = "application/vnd.microsoft.iothub.feedback.json"

func (n *feedbackNode) target(r *receiver) error { return nothingToSend(r.link) }

func (n *feedbackNode) source(s *sender) error {
	if err := s.authorize(core.ServiceConnect, s.address.path()); err != nil {
		return err
	}
	hub := n.srv.hub
	sendFrom(s, queue{lock: n.lock, settle: hub.SettleFeedback, watch: hub.OnFeedback})
	return nil
}

func nothingToSend(l *link) error {
	return fault(condNotAllowed, "Nothing can be sent to '%s'.", l.address.text)
}

func (n *feedbackNode) lock() (locked, bool, error) {
	batch, ok, err := n.srv.hub.LockFeedback(0)
	if err != nil || !ok {
		return locked{}, false, err
	}
	body, err := json.Marshal(feedbackRecords(batch.Records))
	if err != nil {
		return locked{}, false, err
	}
	content := contentFeedback
	payload, err := serviceBound(n.srv, batch.LockToken, batch.Sequence, batch.Enqueued, batch.DeliveryCount, &content, body)
	return locked{batch.LockToken, payload}, true, err
}

// feedbackRecord is a record as services read it.
type feedbackRecord struct {
	OriginalMessageID  string `json:"originalMessageId"`
	EnqueuedTimeUTC    string `json:"enqueuedTimeUtc"`
	StatusCode         string `json:"statusCode"`
	Description        string `json:"description"`
	DeviceID           string `json:"deviceId"`
	ModuleID           string `json:"moduleId,omitempty"`
	DeviceGenerationID string `json:"deviceGenerationId"`
}

func feedbackRecords(records []core.FeedbackRecord) []feedbackRecord {
	out := make([]feedbackRecord, 0, len(records))
	for _, r := range records {
		out = append(out, feedbackRecord{
			OriginalMessageID: r.OriginalMessageID, EnqueuedTimeUTC: timeText(r.Enqueued),
			StatusCode: r.StatusCode, Description: r.StatusCode,
			DeviceID: r.DeviceID, ModuleID: r.ModuleID, DeviceGenerationID: r.DeviceGenerationID,
		})
	}
	return out
}

// serviceBound is a message of the hub for services.
func serviceBound(srv *Server, token string, sequence uint64, enqueued time.Time, deliveryCount int, content *string, body []byte) ([]byte, error) {
	return (&goamqp.Message{
		Annotations: goamqp.Annotations{
			keySequence:      sequence,
			keyLockToken:     token,
			keyEnqueued:      enqueued,
			keyDeliveryCount: uint8(min(deliveryCount, 255)),
		},
		Properties: &goamqp.MessageProperties{
			MessageID: token, UserID: []byte(srv.hub.Names()[0]), ContentType: content,
		},
		Data: [][]byte{body},
	}).MarshalBinary()
}

// fileNode is messages/serviceBound/filenotifications (protocol 6.5).
type fileNode struct{ srv *Server }

func (n *fileNode) target(r *receiver) error { return nothingToSend(r.link) }

func (n *fileNode) source(s *sender) error {
	if err := s.authorize(core.ServiceConnect, s.address.path()); err != nil {
		return err
	}
	hub := n.srv.hub
	sendFrom(s, queue{lock: n.lock, settle: hub.SettleFileNotification, watch: hub.OnFileNotification})
	return nil
}

func (n *fileNode) lock() (locked, bool, error) {
	d, ok, err := n.srv.hub.LockFileNotification()
	if err != nil || !ok {
		return locked{}, false, err
	}
	body, err := json.Marshal(fileNotification(d.Notification))
	if err != nil {
		return locked{}, false, err
	}
	payload, err := serviceBound(n.srv, d.LockToken, d.Sequence, d.Enqueued, d.DeliveryCount, nil, body)
	return locked{d.LockToken, payload}, true, err
}

// fileRecord is a notification as services read it.
type fileRecord struct {
	DeviceID        string `json:"deviceId"`
	BlobURI         string `json:"blobUri"`
	BlobName        string `json:"blobName"`
	LastUpdatedTime string `json:"lastUpdatedTime"`
	BlobSizeInBytes int64  `json:"blobSizeInBytes"`
	EnqueuedTimeUTC string `json:"enqueuedTimeUtc"`
}

func fileNotification(n core.FileNotification) fileRecord {
	return fileRecord{
		DeviceID: n.DeviceID, BlobURI: n.BlobURI, BlobName: n.BlobName,
		LastUpdatedTime: n.LastUpdated.UTC().Format("2006-01-02T15:04:05+00:00"),
		BlobSizeInBytes: n.Size,
		EnqueuedTimeUTC: n.Enqueued.UTC().Format("2006-01-02T15:04:05.0000000Z"),
	}
}
