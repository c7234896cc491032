package events

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// A SharedQueue reads a [Queue] once for all in this program who want what is in it: two readers of their own would take
// it away from each other. It reads while somebody asks it to, over WebSocket where port 5671 is blocked. Its
// methods may be called concurrently.
type SharedQueue struct {
	open func(webSocket bool) (*QueueReader, error)

	telling sync.Mutex // held while a state is told: all hear of them in one order
	mu      sync.Mutex
	sinks   map[*member]struct{} // guarded by mu
	reading *reading             // guarded by mu; nil while nobody asks
	last    PartitionState       // guarded by mu
}

// member is somebody who is told.
type member struct {
	sink Sink
	mu   sync.RWMutex // held for reading while the sink is called
	gone bool         // guarded by mu
}

// reading is one time that the queue is read, for as long as it has users.
type reading struct {
	users     int                // guarded by SharedQueue.mu
	webSocket bool               // guarded by SharedQueue.mu
	again     context.CancelFunc // ends the reader, for another way; guarded by SharedQueue.mu
	end       context.CancelFunc
	done      chan struct{} // closed when err is set
	err       error
}

// ShareQueue checks the options as [NewQueueReader] does, and reads nothing yet.
func ShareQueue(o Options, q Queue) (*SharedQueue, error) {
	if _, err := NewQueueReader(o, q); err != nil {
		return nil, err
	}
	return &SharedQueue{
		sinks: map[*member]struct{}{},
		last:  PartitionState{Phase: Stopped},
		open: func(webSocket bool) (*QueueReader, error) {
			o := o
			o.WebSocket = o.WebSocket || webSocket
			return NewQueueReader(o, q)
		},
	}, nil
}

// Listen tells a sink what is read for others, and the state, at once and when it changes: Stopped while nobody reads. It
// takes nothing out of the hub by itself. After stop has returned the sink is not called any more.
func (s *SharedQueue) Listen(sink Sink) (stop func()) {
	m := &member{sink: sink}
	s.telling.Lock()
	s.mu.Lock()
	s.sinks[m] = struct{}{}
	last := s.last
	s.mu.Unlock()
	m.state(last)
	s.telling.Unlock()
	return func() {
		s.mu.Lock()
		delete(s.sinks, m)
		s.mu.Unlock()
		m.mu.Lock()
		m.gone = true
		m.mu.Unlock()
	}
}

// Read has the queue read until ctx ends, and then gives nil, or until it ends by itself with an error that waiting
// cannot mend. Those who [SharedQueue.Listen] get what is in it.
func (s *SharedQueue) Read(ctx context.Context) error { return s.read(ctx, false) }

// Reader reads as a [QueueReader] does, with all others together. With webSocket, all read over WebSocket.
func (s *SharedQueue) Reader(webSocket bool) *SharedReader { return &SharedReader{s, webSocket} }

// A SharedReader is a [SharedQueue] in the shape of a [QueueReader].
type SharedReader struct {
	queue     *SharedQueue
	webSocket bool
}

// Run is [QueueReader.Run].
func (r *SharedReader) Run(ctx context.Context, sink Sink) error {
	defer r.queue.Listen(sink)()
	return r.queue.read(ctx, r.webSocket)
}

func (s *SharedQueue) read(ctx context.Context, webSocket bool) error {
	r := s.join(webSocket)
	select {
	case <-ctx.Done():
	case <-r.done:
	}
	s.leave(r)
	if ctx.Err() != nil {
		return nil
	}
	return r.err
}

// join begins to read, or joins those who do.
func (s *SharedQueue) join(webSocket bool) *reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading == nil {
		ctx, end := context.WithCancel(context.Background())
		s.reading = &reading{webSocket: webSocket, again: func() {}, end: end, done: make(chan struct{})}
		go s.run(ctx, s.reading)
	}
	s.reading.users++
	if webSocket {
		s.reading.turnToWebSocket()
	}
	return s.reading
}

// turnToWebSocket goes another way. SharedQueue.mu is held.
func (r *reading) turnToWebSocket() {
	if !r.webSocket {
		r.webSocket = true
		r.again()
	}
}

// leave ends the reading with its last user, who waits for that: what comes until then is still told.
func (s *SharedQueue) leave(r *reading) {
	s.mu.Lock()
	r.users--
	last := r.users == 0
	if last && s.reading == r {
		s.reading = nil
	}
	s.mu.Unlock()
	if !last {
		return
	}
	r.end()
	<-r.done
	s.tell(nil, PartitionState{Phase: Stopped, Err: r.err})
}

// run reads until ctx ends or nothing helps.
func (s *SharedQueue) run(ctx context.Context, r *reading) {
	defer close(r.done)
	for ctx.Err() == nil {
		once, again := context.WithCancel(ctx)
		s.mu.Lock()
		r.again = again
		webSocket := r.webSocket
		s.mu.Unlock()
		reader, err := s.open(webSocket)
		if err == nil {
			err = reader.Run(once, &fan{s, r})
		}
		again()
		if err != nil {
			s.fail(r, err)
			return
		}
	}
}

// fail ends a reading for all its users.
func (s *SharedQueue) fail(r *reading, err error) {
	r.err = err
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading == r {
		s.reading = nil
	}
}

// tell gives a state to all, unless it is of a reading that others have followed; nil stands for there being none.
func (s *SharedQueue) tell(of *reading, state PartitionState) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	if s.reading != of {
		s.mu.Unlock()
		return
	}
	s.last = state
	all := s.members()
	s.mu.Unlock()
	for _, m := range all {
		m.state(state)
	}
}

// members are all who are told. s.mu is held.
func (s *SharedQueue) members() []*member {
	all := make([]*member, 0, len(s.sinks))
	for m := range s.sinks {
		all = append(all, m)
	}
	return all
}

func (m *member) events(batch []Event) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.gone {
		m.sink.Events(batch)
	}
}

func (m *member) state(state PartitionState) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.gone {
		m.sink.State(state)
	}
}

// fan is the sink of one reading.
type fan struct {
	queue *SharedQueue
	of    *reading
}

// Events implements [Sink].
func (f *fan) Events(batch []Event) {
	f.queue.mu.Lock()
	all := f.queue.members()
	f.queue.mu.Unlock()
	for _, m := range all {
		m.events(slices.Clone(batch))
	}
}

// State implements [Sink]. Where 5671 is blocked and 443 is not, that is the way from now on.
func (f *fan) State(state PartitionState) {
	if state.Phase == Stopped && state.Err == nil {
		return // told when the last user leaves; otherwise another way is gone
	}
	var failed *Error
	if errors.As(state.Err, &failed) && failed.Remedy() == UseWebSocket {
		f.queue.mu.Lock()
		f.of.turnToWebSocket()
		f.queue.mu.Unlock()
	}
	f.queue.tell(f.of, state)
}
