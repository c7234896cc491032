package core

import (
	"encoding/json"

	"hubscope/hub/wire"
)

// twinChange is the body of a twin change event: a twin with only what changed.
type twinChange struct {
	Version    int64                `json:"version"`
	Tags       json.RawMessage      `json:"tags,omitempty"`
	Properties *wire.TwinProperties `json:"properties,omitempty"`
}

// announceChange tells of a write to a twin, if such events are wanted. Writer
// goroutine.
func (h *Hub) announceChange(id ID, opType string, c twinChange) {
	if !h.announces(SourceTwinChange) {
		return
	}
	body, err := json.Marshal(c)
	if err != nil {
		h.o.Logger.Warn("encode a twin change", "error", err)
		return
	}
	h.announce(announcement{id: id, source: SourceTwinChange, opType: opType, schema: "twinChangeNotification", body: body})
}
