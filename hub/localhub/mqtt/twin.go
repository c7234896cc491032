package mqtt

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// twinFeature gives a device its twin, takes reported properties and tells of changes of the desired ones
// (protocol 4.3).
type twinFeature struct{ unacknowledged }

func (f twinFeature) publish(c *conn, t topic.Publish, p *packets.PublishPacket) error {
	if t.Kind == topic.TwinGet {
		document, err := c.server.hub.DeviceTwin(c.id)
		return c.answerTwin(t.RequestID, statusOK, document, nil, err)
	}
	version, err := c.server.hub.ReportTwin(c.context(), c.id, p.Payload, t.Version)
	return c.answerTwin(t.RequestID, statusNoContent, nil, &version, err)
}

func (twinFeature) granted(c *conn, f topic.Filter, qos byte) {
	if f.Kind != topic.DesiredFilter {
		return
	}
	c.session.OnDesired(func(patch []byte, version int64) {
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.TopicName, p.Payload = topic.DesiredPatch(version), patch
		c.push(p)
	})
}

func (twinFeature) revoked(c *conn, f topic.Filter) {
	if f.Kind == topic.DesiredFilter {
		c.session.OnDesired(nil)
	}
}

func (twinFeature) closed(c *conn) {
	if c.stored.has(topic.DesiredFilter) {
		c.session.OnDesired(nil)
	}
}

// The statuses of twin responses that tell of success.
const (
	statusOK        = 200
	statusNoContent = 204
)

// answerTwin answers a request on the topic with its status, when the device listens there. The status of a
// failure is in the body as well, since the Node SDK reads only that (protocol 0.13, 4.3).
func (c *conn) answerTwin(requestID string, status int, document []byte, version *int64, failure error) error {
	if failure != nil {
		e := asError(failure)
		status, document, version = e.Status, failureBody(e), nil
		c.log.Info("MQTT twin request refused", "client", c.clientID, "reason", failure)
	}
	if !c.stored.has(topic.TwinResponseFilter) {
		return nil
	}
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload = topic.TwinResponse(status, requestID, version), document
	return c.out.send(p)
}

// asError is an error as the service tells it.
func asError(err error) *core.Error {
	var e *core.Error
	if errors.As(err, &e) {
		return e
	}
	return core.NewError(core.CodeServerError, "%v", err)
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
