package rest

import (
	"encoding/json"
	"errors"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// detailed is a refusal whose body has the second shape of protocol 2.3, in
// which the message is itself the text of a JSON document.
type detailed struct{ refusal *core.Error }

func (d detailed) Error() string { return d.refusal.Error() }
func (d detailed) Unwrap() error { return d.refusal }

// errorBody gives e in the shape that err asks for.
func errorBody(err error, e *core.Error) wire.ErrorBody {
	if !errors.As(err, new(detailed)) {
		return wire.ErrorBody{
			Message:          "ErrorCode:" + e.Name + ";" + e.Message,
			ExceptionMessage: "Tracking ID:" + e.TrackingID,
		}
	}
	info := make(map[string]any, len(e.Info))
	for name, value := range e.Info {
		info[name] = value
	}
	text, _ := json.Marshal(wire.ErrorDetail{
		ErrorCode: e.Code, TrackingID: e.TrackingID, Message: e.Message, Info: info,
		TimestampUTC: wire.Time{Time: time.Now()}.String(),
	})
	return wire.ErrorBody{Message: string(text)}
}
