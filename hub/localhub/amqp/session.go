package amqp

import (
	"math"

	"hubscope/hub/localhub/amqp/frame"
)

// session is one session of a connection. Both directions use the number of
// the channel that the peer chose. All of it is guarded by the connection's
// mutex.
type session struct {
	c       *conn
	channel uint16
	links   map[uint32]endpoint // by handle; both directions use the peer's

	nextIncoming   uint32 // id of the peer's next transfer
	incomingWindow uint32 // transfers that the peer may still send
	nextOutgoing   uint32 // id of the next transfer to the peer
	remoteWindow   uint32 // transfers that the peer can still take
	nextDelivery   uint32
	unsettled      map[uint32]unsettled // deliveries whose outcome somebody waits for

	ending bool // end was sent with an error; the peer's is awaited
}

// endpoint is a sender or a receiver.
type endpoint interface {
	base() *link
	// onFlow takes the peer's credit or count.
	onFlow(f *frame.Flow)
	// dropLocked ends what waits in the endpoint.
	dropLocked() []func()
}

// unsettled is a delivery of which the node wants to know the outcome.
type unsettled struct {
	link *link
	done func(frame.State)
}

func (c *conn) onBegin(channel uint16, b *frame.Begin) error {
	if channel > channelMax {
		return fault(condNotAllowed, "Channel %d is above channel-max %d.", channel, channelMax)
	}
	if b.RemoteChannel.Set {
		return fault(condNotAllowed, "A begin with remote-channel answers a session that was not begun.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, used := c.sessions[channel]; used {
		return fault(condNotAllowed, "Channel %d is in use.", channel)
	}
	c.sessions[channel] = &session{
		c:              c,
		channel:        channel,
		links:          map[uint32]endpoint{},
		nextIncoming:   b.NextOutgoingID,
		incomingWindow: window,
		remoteWindow:   b.IncomingWindow,
	}
	c.sendLocked(channel, &frame.Begin{
		RemoteChannel:  frame.Some(channel),
		IncomingWindow: window,
		OutgoingWindow: window,
		HandleMax:      ^uint32(0),
	})
	return nil
}

// onEnd answers an end and releases the session's links.
func (c *conn) onEnd(channel uint16) error {
	c.mu.Lock()
	s, ok := c.sessions[channel]
	if !ok {
		c.mu.Unlock()
		return fault(condNotAllowed, "Channel %d has no session.", channel)
	}
	release := s.dropLocked()
	delete(c.sessions, channel)
	if !s.ending {
		c.sendLocked(channel, &frame.End{})
	}
	c.mu.Unlock()
	for _, f := range release {
		f()
	}
	return nil
}

// end ends the session because the peer broke a rule; frames that still come
// are dropped until the peer ends it too.
func (s *session) end(reason *frame.Error) {
	s.c.mu.Lock()
	if s.ending {
		s.c.mu.Unlock()
		return
	}
	release := s.dropLocked()
	s.ending = true
	s.c.sendLocked(s.channel, &frame.End{Error: reason})
	s.c.mu.Unlock()
	for _, f := range release {
		f()
	}
}

// dropLocked ends all links and returns what must be called without the mutex.
func (s *session) dropLocked() []func() {
	var release []func()
	for handle, e := range s.links {
		release = append(release, e.base().dropLocked(e)...)
		delete(s.links, handle)
		s.c.links--
	}
	return release
}

// lostLocked lists the links that no claim allows any more.
func (s *session) lostLocked() []*link {
	var lost []*link
	for _, e := range s.links {
		l := e.base()
		if l.need != nil && !l.detached && !s.c.claims.allow(*l.need) {
			lost = append(lost, l)
		}
	}
	return lost
}

// onFlow takes the peer's windows, and hands credit to the link it names.
func (s *session) onFlow(f *frame.Flow) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	// Before it has seen our begin the peer has no next-incoming-id; ours
	// starts at 0.
	s.remoteWindow = remaining(f.NextIncomingID.Or(0), f.IncomingWindow, s.nextOutgoing)
	for _, e := range s.links {
		if sender, ok := e.(*sender); ok {
			sender.flushLocked()
		}
	}
	if !f.Handle.Set {
		if f.Echo {
			s.sendFlowLocked(nil)
		}
		return
	}
	if e, ok := s.links[f.Handle.Value]; ok {
		e.base().active = true
		e.onFlow(f)
	}
}

// remaining is what is left of a window or credit of n that the peer granted
// when it had counted to its number, for us who have counted to ours.
func remaining(theirs, n, ours uint32) uint32 {
	left := int64(n) - int64(int32(ours-theirs))
	return uint32(min(max(left, 0), math.MaxUint32))
}

// sendFlowLocked tells the session's windows, and with link its credit.
func (s *session) sendFlowLocked(link func(*frame.Flow)) {
	f := &frame.Flow{
		NextIncomingID: frame.Some(s.nextIncoming),
		IncomingWindow: s.incomingWindow,
		NextOutgoingID: s.nextOutgoing,
		OutgoingWindow: window,
	}
	if link != nil {
		link(f)
	}
	s.c.sendLocked(s.channel, f)
}

// takeTransferLocked counts a transfer against the window, and opens the
// window again when half of it is used.
func (s *session) takeTransferLocked() error {
	if s.incomingWindow == 0 {
		return fault(condWindow, "More transfers than the incoming-window of %d.", window)
	}
	s.incomingWindow--
	s.nextIncoming++
	if s.incomingWindow <= window/2 {
		s.incomingWindow = window
		s.sendFlowLocked(nil)
	}
	return nil
}
