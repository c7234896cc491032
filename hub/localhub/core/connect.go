package core

import (
	"context"

	"hubscope/hub/localhub/core/d2c"
)

// Connect starts a session. An older session of the same identity is kicked
// with 400027 (protocol 0.19). Errors: 404001, 404010, 403012, 401003.
//
// Kick is called at most once, on any goroutine, when the session must end: the
// connection is then to be closed, for the given reason (an *Error). It must
// not block. It is not called after Close.
func (h *Hub) Connect(ctx context.Context, info SessionInfo, kick func(reason error)) (*Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	before, err := h.connectable(info.ID)
	if err != nil {
		return nil, err
	}
	if err := h.Ask(ctx, info.act(OpConnect, 0)); err != nil {
		return nil, err
	}
	if err := h.noteModel(ctx, info.ID, info.ModelID); err != nil {
		return nil, err
	}
	s := h.newSession(info, before.Generation, kick)
	if err := h.sessions.add(s); err != nil {
		return nil, err
	}
	// What changed before the session was known has not ended it: look again.
	after, err := h.connectable(info.ID)
	if err == nil && after.Generation != before.Generation {
		err = deviceNotFound(info.ID.Device)
	}
	if err == nil && info.Principal.Policy == "" && !after.sameCredentials(&before) {
		err = credentialsChanged(info.ID)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.startExpiry(info.Principal.Expiry)
	h.o.Logger.Debug("session started", "identity", info.ID.String(), "protocol", info.Protocol)
	return s, nil
}

// connectable reads an identity that may connect now.
func (h *Hub) connectable(id ID) (identity, error) {
	i, err := h.identity(id)
	if err == nil && i.Disabled {
		err = disabledError(id)
	}
	return i, err
}

func (h *Hub) newSession(info SessionInfo, generation string, kick func(error)) *Session {
	s := &Session{
		hub: h, info: info, kick: kick, since: h.now(),
		partition: partitionOf(info.ID.Device, h.Partitions()),
		encoder: d2c.NewEncoder(d2c.Origin{
			DeviceID: info.ID.Device, ModuleID: info.ID.Module, AuthMethod: info.Principal.AuthMethod,
			GenerationID: generation, ModelID: info.ModelID,
		}),
	}
	s.lastHeard.Store(s.since.UnixNano())
	return s
}
