package events

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/wire"
)

// events are the records of a message, each with its own part of the body. What cannot be read as it should is one
// event with the body as it came.
func (q Queue) events(m *amqp.Message, received time.Time) []Event {
	whole := q.event(m, received)
	if q == FileQueue {
		whole.takeFile()
		return []Event{whole}
	}
	var records []json.RawMessage
	if json.Unmarshal(whole.Body, &records) != nil || len(records) == 0 {
		return []Event{whole}
	}
	all := make([]Event, 0, len(records))
	for _, record := range records {
		e := whole
		e.Body = record
		e.takeFeedback()
		all = append(all, e)
	}
	return all
}

// event is a message as one event.
func (q Queue) event(m *amqp.Message, received time.Time) Event {
	e := Event{Source: q.Source(), Received: received, Enqueued: received, ContentType: "application/json"}
	for _, section := range m.Data {
		e.Body = append(e.Body, section...)
	}
	for key, value := range m.Annotations {
		name := fmt.Sprint(key)
		switch name {
		case "x-opt-sequence-number":
			switch n := value.(type) {
			case int64:
				e.Sequence = n
			case uint64:
				e.Sequence = int64(n)
			}
		case "iothub-enqueuedtime":
			if at, ok := value.(time.Time); ok {
				e.Enqueued = at
			}
		}
		e.annotate(name, value)
	}
	if p := m.Properties; p != nil {
		e.MessageID, e.CorrelationID = idText(p.MessageID), idText(p.CorrelationID)
		if len(p.UserID) > 0 {
			e.annotate("user-id", bytesText(p.UserID))
		}
	}
	return e
}

func (e *Event) takeFeedback() {
	var record wire.FeedbackRecord
	if json.Unmarshal(e.Body, &record) != nil {
		return
	}
	e.DeviceID, e.ModuleID, e.CorrelationID = record.DeviceID, record.ModuleID, record.OriginalMessageID
	if !record.EnqueuedTimeUTC.IsZero() {
		e.Enqueued = record.EnqueuedTimeUTC.Time
	}
}

func (e *Event) takeFile() {
	var file struct {
		DeviceID        string    `json:"deviceId"`
		EnqueuedTimeUTC wire.Time `json:"enqueuedTimeUtc"`
	}
	if json.Unmarshal(e.Body, &file) != nil {
		return
	}
	e.DeviceID = file.DeviceID
	if !file.EnqueuedTimeUTC.IsZero() {
		e.Enqueued = file.EnqueuedTimeUTC.Time
	}
}
