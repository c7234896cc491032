package core

import "context"

// SessionInfo describes a device's connection.
type SessionInfo struct {
	ID        ID
	Principal Principal
	// Protocol is "mqtt", "amqp" or "https", for the log.
	Protocol string
	// ModelID is the Plug and Play model that the device announced, if any.
	ModelID string
}

// Session is the one live connection of an identity.
type Session struct {
	hub  *Hub
	info SessionInfo
}

// Connect starts a session. An older session of the same identity is kicked
// with 400027 (protocol 0.19). Errors: 404001, 404010, 403012, 401003.
//
// Kick is called at most once, on any goroutine, when the session must end: the
// connection is then to be closed, for the given reason (an *Error). It must
// not block. It is not called after Close.
func (h *Hub) Connect(ctx context.Context, info SessionInfo, kick func(reason error)) (*Session, error) {
	return &Session{hub: h, info: info}, nil
}

// Info is what the session was started with.
func (s *Session) Info() SessionInfo { return s.info }

// Send appends a message to the event log. Done is called exactly once: with nil
// when the message is durable, else with the reason why it was refused (an
// *Error: 413001, or the reason of a kick). It may run on the caller's
// goroutine or on the store's writer, and must not block. Send blocks while the
// log can not take more.
func (s *Session) Send(m Message, done func(error)) {
	done(NewError(CodeUnavailable, "The hub is not ready."))
}

// Touch notes that the device was heard of: for lastActivityTime.
func (s *Session) Touch() {}

// Close ends the session. It may be called more than once.
func (s *Session) Close() {}
