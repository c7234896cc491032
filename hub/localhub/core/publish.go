package core

import (
	"context"

	"hubscope/hub/localhub/core/d2c"
)

// Publish is Session.Send for an identity that has no session: a request of an
// HTTPS device does not take the place of a live connection, nor does it make
// the device connected. Done is as in Session.Send; it also gets 404001, 404010
// and 403012.
func (h *Hub) Publish(info SessionInfo, m Message, done func(error)) {
	i, err := h.connectable(info.ID)
	if err != nil {
		done(err)
		return
	}
	if size := m.Size(); size > MaxMessageSize {
		done(NewError(CodeMessageTooLarge, "The message has %d bytes, the limit is %d.", size, MaxMessageSize))
		return
	}
	if err := h.Ask(context.Background(), info.act(OpTelemetry, m.Size())); err != nil {
		done(err)
		return
	}
	encoder := d2c.NewEncoder(d2c.Origin{
		DeviceID: info.ID.Device, ModuleID: info.ID.Module, AuthMethod: info.Principal.AuthMethod,
		GenerationID: i.Generation, ModelID: info.ModelID,
	})
	h.log.Append(partitionOf(info.ID.Device, h.Partitions()), encoder.Encode(&m, h.o.Now()), func(err error) { done(sendError(err)) })
}

// Heard notes that a device or module without a session was heard of, and tells
// whether it may do anything. Errors: 404001, 404010, 403012.
func (h *Hub) Heard(id ID) error {
	if _, err := h.connectable(id); err != nil {
		return err
	}
	h.activity.note(id, activity{Last: h.now()})
	return nil
}
