package events

import (
	"context"
	"errors"
	"time"
)

const (
	// headStart is how long port 5671 has before the WebSocket is tried beside it, to say whether that works.
	headStart = 2 * time.Second
	// hintPatience is how long the answer of a WebSocket is waited for once 5671 has failed.
	hintPatience = 3 * time.Second
	// graceOfAMQP is how long 5671 has once the WebSocket, which takes longer by far, has been made.
	graceOfAMQP = time.Second
)

// dial connects. Errors are of type *Error; one about a port that cannot be reached tells whether a WebSocket can.
func (r route) dial(ctx context.Context) (*socket, error) {
	if r.other == nil {
		return r.connect(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	own := start(func() (*socket, error) { return r.connect(ctx) })
	other := start(func() (*socket, error) { return r.other.afterwards(ctx, own.done) })
	defer func() {
		cancel()
		other.end()
	}()
	select {
	case <-own.done:
	case <-other.done:
		if other.err == nil {
			select {
			case <-own.done:
			case <-time.After(graceOfAMQP):
				cancel()
				own.end()
				return nil, &Error{Kind: ErrTimeout, Subject: r.addr, reason: noAnswer, WebSocket: Worked, Err: context.DeadlineExceeded}
			}
		}
		<-own.done
	}
	var failed *Error
	if !errors.As(own.err, &failed) || !failed.blocked() || ctx.Err() != nil {
		return own.sock, own.err
	}
	select {
	case <-other.done:
		failed.WebSocket = Worked
		if other.err != nil {
			failed.WebSocket = Failed
		}
	case <-time.After(hintPatience):
	case <-ctx.Done():
	}
	return nil, failed
}

// afterwards connects once the head start of another way is over, or that has failed; not at all when that led
// somewhere, and then its context has ended before long.
func (r route) afterwards(ctx context.Context, failed <-chan struct{}) (*socket, error) {
	timer := time.NewTimer(headStart)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-failed:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return r.connect(ctx)
}

// blocked tells whether the error is one that a firewall may cause for one port and not for another.
func (e *Error) blocked() bool {
	switch e.reason {
	case noSuchHost, noNameServer:
		return false
	}
	return e.Kind == ErrUnreachable || e.Kind == ErrTimeout
}

// An attempt is a connection that is being made.
type attempt struct {
	done chan struct{} // closed when the fields below are set
	sock *socket
	err  error
}

func start(connect func() (*socket, error)) *attempt {
	a := &attempt{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.sock, a.err = connect()
	}()
	return a
}

// end waits for an attempt whose context has ended, and takes back what it made.
func (a *attempt) end() {
	<-a.done
	if a.sock != nil {
		_ = a.sock.Close()
	}
}
