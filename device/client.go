package device

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hubscope/hub/connstr"
)

// Client is one device identity's connection to its hub. It is safe for concurrent use.
type Client struct {
	cs   connstr.Device
	o    Options
	dial dialFunc

	life    context.Context // ends when Close stops waiting
	endLife context.CancelFunc

	closing chan struct{} // closed by the first Close
	wake    chan struct{} // capacity 1: there is something to write, or something was confirmed
	hurry   chan struct{} // capacity 1: there is a reason to try again at once

	down down

	mu         sync.Mutex
	credential credential      // guarded by mu
	outage     outage          // guarded by mu
	running    chan struct{}   // guarded by mu; nil when idle, closed when the owner of the connection has ended
	closed     bool            // guarded by mu
	grace      context.Context // guarded by mu; of the first Close
	state      State           // guarded by mu
	link       *link           // guarded by mu; nil while there is no connection
	out        outbox          // guarded by mu
	expiry     *time.Timer     // guarded by mu; runs for the oldest message
}

// New makes a client that is not connected. The connection string gives the hub, the identity and one
// of: the device's key, a hub policy's name and key, a ready token, X.509 (whose certificate is in
// Options.TLS). An error says what of it cannot be used; a key is never part of it.
func New(cs connstr.Device, o Options) (*Client, error) {
	o = o.withDefaults()
	credential, err := newCredential(cs, o)
	if err != nil {
		return nil, err
	}
	dial, err := newDial(cs, o)
	if err != nil {
		return nil, fmt.Errorf("device %q: %w", cs.DeviceID, err)
	}
	c := &Client{
		cs: cs, o: o, credential: credential, dial: dial,
		closing: make(chan struct{}), wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		state: State{Since: time.Now()},
	}
	c.down.init(c.nudge)
	c.life, c.endLife = context.WithCancel(context.Background())
	return c, nil
}

// Connect makes the first connection: one try, bounded by ctx and Options.ConnectTimeout. Once it has
// succeeded the client keeps itself connected, and tells of it by Options.OnState, until Close. After an
// error Connect may be called again. Errors: [ErrUnauthorized], [ErrRefused], [ErrUnavailable],
// [ErrTLS], [ErrNetwork], [ErrClosed], [ErrRunning].
func (c *Client) Connect(ctx context.Context) error {
	if err := c.begin(); err != nil {
		return err
	}
	c.setState(State{Phase: Connecting, Attempt: 1})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	l, err := c.open(ctx)
	if err != nil {
		defer c.end()
		err = fmt.Errorf("connect device %q to %s: %w", c.cs.DeviceID, c.cs.HostName, err)
		c.setState(State{Phase: Disconnected, Attempt: 1, Err: err})
		return err
	}
	c.adopt(l)
	go c.supervise(l)
	return nil
}

// Start keeps the client connected from now on, in the background, the first connection included. How
// it goes is told by Options.OnState. Errors: [ErrClosed], [ErrRunning].
func (c *Client) Start() error {
	if err := c.begin(); err != nil {
		return err
	}
	go c.supervise(nil)
	return nil
}

// begin makes the caller the owner of the connection.
func (c *Client) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if c.running != nil {
		return ErrRunning
	}
	c.running = make(chan struct{})
	return nil
}

// end gives up the ownership that begin gave.
func (c *Client) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.running)
	c.running = nil
}

// State is where the connection stands now.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// setState is called by the owner of the connection only, so that OnState sees states in order.
func (c *Client) setState(s State) {
	s.Since = time.Now()
	c.mu.Lock()
	c.state = s
	c.mu.Unlock()
	c.o.Logger.Debug("device connection", "device", c.cs.DeviceID, "phase", s.Phase.String(), "attempt", s.Attempt, "error", s.Err)
	if c.o.OnState != nil {
		c.o.OnState(s)
	}
}

// nudge wakes the owner of the connection.
func (c *Client) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
