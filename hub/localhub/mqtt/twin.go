package mqtt

import (
	"encoding/json"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

const codeUnsupported = 404013 // FeatureNotSupported

// twinFeature answers requests for the twin. Until the hub serves twins to devices, every request is
// refused with a status, so that a device learns at once what it would otherwise wait for.
type twinFeature struct{ passive }

func (twinFeature) publish(c *conn, t topic.Publish, _ *packets.PublishPacket) error {
	if !c.stored.has(topic.TwinResponseFilter) {
		return nil // the answer has nowhere to go
	}
	return c.answerTwin(t.RequestID, nil, core.NewError(codeUnsupported, "Twins are not yet served to devices."))
}

// answerTwin sends a twin response: document, or an error. The status is in the topic and, of an error,
// in the body as well, since the Node SDK reads only the latter (protocol 0.13, 4.3).
func (c *conn) answerTwin(requestID string, document []byte, failure *core.Error) error {
	status := 200
	if failure != nil {
		status = failure.Status
		document = failureBody(failure)
	}
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName = topic.TwinResponse(status, requestID, nil)
	p.Payload = document
	return c.out.send(p)
}

// failureBody is the body of a twin response other than 200 and 204 (protocol 4.3).
func failureBody(e *core.Error) []byte {
	body, err := json.Marshal(struct {
		ErrorCode  int      `json:"errorCode"`
		TrackingID string   `json:"trackingId"`
		Message    string   `json:"message"`
		Info       struct{} `json:"info"`
		Time       string   `json:"timestampUtc"`
	}{
		ErrorCode:  e.Code,
		TrackingID: e.TrackingID,
		Message:    e.Message,
		Time:       time.Now().UTC().Format(time.RFC3339Nano),
	})
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return body
}
