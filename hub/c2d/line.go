package c2d

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/events"
)

// line is a connection with a link on which messages are sent.
type line struct {
	conn   *events.HubConnection
	sender *amqp.Sender
	uses   int  // sends under way; guarded by lines.mu
	bad    bool // to be closed when they have ended; guarded by lines.mu
}

// connect makes a line.
func connect(ctx context.Context, o events.Options, timeout time.Duration) (*line, error) {
	conn, err := events.DialHub(ctx, o, node)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	l := &line{conn: conn}
	if l.sender, err = conn.Session.NewSender(ctx, node, nil); err == nil {
		return l, nil
	}
	defer conn.Close()
	if refusal(err, To{}) != nil {
		return nil, err
	}
	return nil, conn.Explain(err)
}

// fit tells whether another message can be sent on it.
func (l *line) fit(now time.Time) bool {
	return !l.bad && !l.conn.Ended() && now.Before(l.conn.Renew())
}

// lines are the connection in use, and those before it that are not closed yet.
type lines struct {
	o       events.Options // WebSocket is guarded by turn
	timeout time.Duration
	idle    time.Duration
	turn    chan struct{} // held by whoever makes a connection
	life    context.Context
	end     context.CancelFunc

	mu      sync.Mutex
	current *line              // guarded by mu
	all     map[*line]struct{} // not being closed yet; guarded by mu
	timer   *time.Timer        // closes current; guarded by mu
	closing sync.WaitGroup     // connections; added to under mu, before life ends
}

func newLines(o events.Options, timeout time.Duration) *lines {
	ls := &lines{o: o, timeout: timeout, idle: defaultIdle, turn: make(chan struct{}, 1), all: map[*line]struct{}{}}
	ls.life, ls.end = context.WithCancel(context.Background())
	return ls
}

// take gives the connection, which it makes when there is none that fits.
func (ls *lines) take(ctx context.Context) (*line, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ls.life, cancel)()
	select {
	case ls.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ls.ended(ctx.Err())
	}
	defer func() { <-ls.turn }()
	if l := ls.use(nil); l != nil {
		return l, nil
	}
	l, err := ls.dial(ctx)
	if err != nil {
		return nil, ls.ended(err)
	}
	if ls.use(l) == nil {
		l.conn.Close()
		return nil, ErrClosed
	}
	return l, nil
}

// dial connects, over WebSocket when that is the only way there is.
func (ls *lines) dial(ctx context.Context) (*line, error) {
	l, err := connect(ctx, ls.o, ls.timeout)
	var failed *events.Error
	if errors.As(err, &failed) && failed.Remedy() == events.UseWebSocket && !ls.o.WebSocket {
		ls.o.WebSocket = true
		return connect(ctx, ls.o, ls.timeout)
	}
	return l, err
}

func (ls *lines) ended(err error) error {
	if ls.life.Err() != nil {
		return ErrClosed
	}
	return err
}

// use counts a send on the connection, which fresh replaces unless it is nil. It gives nil when there is none that fits.
func (ls *lines) use(fresh *line) *line {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.life.Err() != nil {
		return nil
	}
	if fresh != nil {
		ls.all[fresh], ls.current = struct{}{}, fresh
		ls.closing.Add(1)
	}
	if ls.current == nil {
		return nil
	}
	if !ls.current.fit(time.Now()) {
		ls.drop(ls.current)
		return nil
	}
	ls.current.uses++
	if ls.timer != nil {
		ls.timer.Stop()
		ls.timer = nil
	}
	return ls.current
}

// giveBack ends a send. A connection that is no longer good is not used again.
func (ls *lines) giveBack(l *line, good bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.uses--
	switch {
	case !good || l.bad:
		ls.drop(l)
	case l.uses == 0 && ls.life.Err() == nil:
		ls.timer = time.AfterFunc(ls.idle, func() { ls.rest(l) })
	}
}

// rest closes a connection that was not used for a while.
func (ls *lines) rest(l *line) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.current == l && l.uses == 0 {
		ls.drop(l)
	}
}

// drop uses a connection no more, and closes it when nobody does. ls.mu is held.
func (ls *lines) drop(l *line) {
	l.bad = true
	if ls.current == l {
		ls.current = nil
	}
	if _, open := ls.all[l]; open && l.uses == 0 {
		ls.shut(l)
	}
}

// shut closes a connection without waiting for it. ls.mu is held.
func (ls *lines) shut(l *line) {
	delete(ls.all, l)
	go func() {
		defer ls.closing.Done()
		l.conn.Close()
	}()
}

// close ends all connections, and waits until they have.
func (ls *lines) close() {
	ls.end()
	ls.mu.Lock()
	if ls.timer != nil {
		ls.timer.Stop()
	}
	ls.current = nil
	for l := range ls.all {
		ls.shut(l)
	}
	ls.mu.Unlock()
	ls.closing.Wait()
}
