package core

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"
)

// How many calls may be under way; the service has its own limits, which are
// not known.
const (
	maxMethods         = 10_000
	maxMethodsOfDevice = 100
)

// methods are the direct methods under way, of all identities.
type methods struct {
	mu   sync.Mutex
	last uint64 // request id
	// pending holds every call from its begin to its end.
	pending map[uint64]*pendingMethod
	of      map[ID]map[uint64]*pendingMethod
	online  map[ID]*onlineSession
}

// onlineSession is a session that takes methods.
type onlineSession struct {
	session *Session
	deliver func(MethodRequest)
	names   []string // those that it takes; empty for all
}

func (o *onlineSession) takes(name string) bool {
	return len(o.names) == 0 || slices.Contains(o.names, name)
}

// pendingMethod is one call. Its session and deliver are set once, under the
// lock of methods, when the device is online.
type pendingMethod struct {
	id        ID
	name      string
	number    uint64
	requestID string
	session   *Session
	deliver   func(MethodRequest)
	online    chan struct{}     // closed when session is set
	answer    chan methodAnswer // takes one, without blocking
}

// begin gives a call its place.
func (m *methods) begin(id ID, name string) (*pendingMethod, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pending) >= maxMethods {
		e := NewError(CodeThrottled, "%d direct methods are under way, the hub takes no more.", len(m.pending))
		e.RetryAfter = time.Second
		return nil, e
	}
	if len(m.of[id]) >= maxMethodsOfDevice {
		return nil, NewError(CodeTooManyMethods, "%d direct methods of '%s' are under way, it can have no more.", len(m.of[id]), id)
	}
	m.last++
	p := &pendingMethod{
		id: id, name: name, number: m.last, requestID: strconv.FormatUint(m.last, 16),
		online: make(chan struct{}), answer: make(chan methodAnswer, 1),
	}
	m.add(p)
	if o := m.online[id]; o != nil && o.takes(name) {
		p.join(o)
	}
	return p, nil
}

// add is called with mu held.
func (m *methods) add(p *pendingMethod) {
	if m.pending == nil {
		m.pending = make(map[uint64]*pendingMethod)
		m.of = make(map[ID]map[uint64]*pendingMethod)
	}
	if m.of[p.id] == nil {
		m.of[p.id] = make(map[uint64]*pendingMethod)
	}
	m.pending[p.number], m.of[p.id][p.number] = p, p
}

// end forgets a call; an answer that comes later goes nowhere.
func (m *methods) end(p *pendingMethod) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.pending, p.number)
	delete(m.of[p.id], p.number)
	if len(m.of[p.id]) == 0 {
		delete(m.of, p.id)
	}
}

// join sends the call to a session. Called once, with the lock held.
func (p *pendingMethod) join(o *onlineSession) {
	p.session, p.deliver = o.session, o.deliver
	close(p.online)
}

// waitOnline waits until the device takes methods.
func (m *methods) waitOnline(ctx context.Context, p *pendingMethod, timeout time.Duration) error {
	select {
	case <-p.online:
		return nil
	default:
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.online:
		return nil
	case a := <-p.answer: // only an error: nobody was asked
		return a.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return timedOut(CodeDeviceNotOnline, "Timed out waiting for device to connect.", timeout)
	}
}

// setOnline makes s take the methods of these names, of any when there are none,
// or with nil no longer.
func (m *methods) setOnline(s *Session, deliver func(MethodRequest), names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := s.info.ID
	if deliver == nil {
		if o := m.online[id]; o != nil && o.session == s {
			delete(m.online, id)
		}
		return
	}
	if m.online == nil {
		m.online = make(map[ID]*onlineSession)
	}
	o := &onlineSession{s, deliver, names}
	m.online[id] = o
	for _, p := range m.of[id] {
		if p.session == nil && o.takes(p.name) {
			p.join(o)
		}
	}
}

// ended ends the calls that a session has got and can no longer answer.
func (m *methods) ended(s *Session) {
	m.setOnline(s, nil)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.of[s.info.ID] {
		if p.session == s {
			p.finish(methodAnswer{err: NewError(CodeClosedRemotely, "The connection of '%s' was closed before it answered.", p.id)})
		}
	}
}

// forget ends all calls of an identity that is no longer there.
func (m *methods) forget(id ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.of[id] {
		p.finish(methodAnswer{err: deviceNotFound(id.Device)})
	}
}

// answered hands an answer on; false when nobody waits for it.
func (m *methods) answered(s *Session, requestID string, a methodAnswer) bool {
	number, err := strconv.ParseUint(requestID, 16, 64)
	if err != nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.pending[number]
	return p != nil && p.session == s && p.requestID == requestID && p.finish(a)
}

// finish keeps the first answer.
func (p *pendingMethod) finish(a methodAnswer) bool {
	select {
	case p.answer <- a:
		return true
	default:
		return false
	}
}

// OnMethod makes the device online for methods: fn gets every call, or with names
// only the calls of these methods, and must not block. For the others the device is
// as good as not online (protocol 2.7, 4.2). Nil makes it offline again; calls that
// fn has got may still be answered.
func (s *Session) OnMethod(fn func(MethodRequest), names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kick != nil {
		s.hub.methods.setOnline(s, fn, names...)
	}
}

// AnswerMethod answers a call that OnMethod's function got. An empty payload is
// null. An answer to a call that is not waited for any more is an error with
// code 404000, which a protocol may ignore (protocol 4.3).
func (s *Session) AnswerMethod(requestID string, status int, payload []byte) error {
	s.Touch()
	if !s.hub.methods.answered(s, requestID, answerOf(status, payload)) {
		return NewError(CodeNotFound, "Nobody waits for an answer to the method call '%s'.", requestID)
	}
	return nil
}
