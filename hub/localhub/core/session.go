package core

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hubscope/hub/localhub/core/d2c"
	"hubscope/hub/localhub/core/eventlog"
)

// SessionInfo describes a device's connection.
type SessionInfo struct {
	ID        ID
	Principal Principal
	// Protocol is "mqtt", "amqp" or "https", for the log.
	Protocol string
	// Remote is the address of the peer, if it is known.
	Remote string
	// ModelID is the Plug and Play model that the device announced, if any.
	ModelID string
}

// Session is the one live connection of an identity. Its methods may be called
// concurrently.
type Session struct {
	hub       *Hub
	info      SessionInfo
	encoder   *d2c.Encoder
	partition int
	since     time.Time
	lastHeard atomic.Int64 // ns since 1970
	lastSaved atomic.Int64 // lastHeard as noted for the store

	mu     sync.Mutex
	kick   func(error) // nil after the session ended
	reason error       // why it ended
	expiry *time.Timer
	// desired is what OnDesired asked for; nil for nothing.
	desired func(patch []byte, version int64)
	// c2d is what OnC2D asked for; nil for nothing.
	c2d func()
}

// Info is what the session was started with.
func (s *Session) Info() SessionInfo { return s.info }

// Send appends a message to the event log. Done is called exactly once: with nil
// when the message is durable, else with the reason why it was refused (an
// *Error: 413001, or why the session ended). It may run on the caller's
// goroutine or on the store's writer, and must not block. Nothing of m is used
// after Send returned. Send blocks while the log can not take more.
func (s *Session) Send(m Message, done func(error)) {
	if reason := s.ended(); reason != nil {
		done(reason)
		return
	}
	s.append(m, done)
}

// SendLast is Send for a will. It is taken after the session ended, too, if the identity is still one that may
// speak: a newer connection took over, the token ran out, the connection was dropped (protocol 4.1, [MQTT-3.1.2-8]).
func (s *Session) SendLast(m Message, done func(error)) {
	if reason := s.ended(); reason != nil && !mayStillSpeak(reason) {
		done(reason)
		return
	}
	s.append(m, done)
}

func mayStillSpeak(reason error) bool {
	var e *Error
	return errors.As(reason, &e) && slices.Contains([]int{CodeTakenOver, CodeUnauthorized, CodeDropped}, e.Code)
}

func (s *Session) append(m Message, done func(error)) {
	if size := m.Size(); size > MaxMessageSize {
		done(NewError(CodeMessageTooLarge, "The message has %d bytes, the limit is %d.", size, MaxMessageSize))
		return
	}
	if err := s.ask(context.Background(), OpTelemetry, m.Size()); err != nil {
		done(err)
		return
	}
	now := s.hub.o.Now()
	s.lastHeard.Store(now.UnixNano())
	s.hub.log.Append(s.partition, s.encoder.Encode(&m, now), func(err error) { done(sendError(err)) })
}

// sendError words what the log could not do as the service would.
func sendError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, eventlog.ErrClosed):
		return NewError(CodeUnavailable, "The hub is shutting down.")
	}
	return NewError(CodeServerError, "The message could not be stored: %s.", err)
}

// Touch notes that the device was heard of, for lastActivityTime.
func (s *Session) Touch() { s.lastHeard.Store(s.hub.o.Now().UnixNano()) }

// Close ends the session without a kick. It may be called more than once.
func (s *Session) Close() {
	s.finish(NewError(CodeUnavailable, "The session was closed."))
}

// end closes the session for a reason that its connection must be told of.
func (s *Session) end(reason *Error) {
	if kick := s.finish(reason); kick != nil {
		s.hub.o.Logger.Debug("session ended", "identity", s.info.ID.String(), "protocol", s.info.Protocol, "reason", reason)
		kick(reason)
	}
}

// finish takes the session out; the kick is returned once.
func (s *Session) finish(reason error) (kick func(error)) {
	s.mu.Lock()
	kick, s.kick = s.kick, nil
	if s.reason == nil {
		s.reason = reason
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	s.mu.Unlock()
	if kick != nil {
		s.hub.methods.ended(s)
	}
	if kick != nil && s.hub.sessions.remove(s) {
		s.hub.activity.note(s.info.ID, activity{Last: s.heard(), StateChanged: s.hub.now()})
	}
	return kick
}

func (s *Session) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason
}

func (s *Session) heard() time.Time { return time.Unix(0, s.lastHeard.Load()).UTC().Truncate(100) }

func (s *Session) activity() activity { return activity{Last: s.heard(), StateChanged: s.since} }

// unsaved is the activity, if it is newer than what was asked for last.
func (s *Session) unsaved() (activity, bool) {
	heard := s.lastHeard.Load()
	if s.lastSaved.Swap(heard) == heard {
		return activity{}, false
	}
	return s.activity(), true
}
