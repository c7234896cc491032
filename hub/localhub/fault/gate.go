package fault

import (
	"context"
	"path"
	"sync"
	"sync/atomic"
	"time"

	"hubscope/hub/localhub/core"
)

// Options of a Gate.
type Options struct {
	// Tier and Units limit the hub; no tier, no limits. Units is at least 1.
	Tier  Tier
	Units int
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Gate is a core.Gate. Its methods may be called concurrently.
type Gate struct {
	now    func() time.Time
	limits *limits // nil: none
	armed  atomic.Pointer[[]*active]
	conns  sync.Map // remote address to *conn

	changing sync.Mutex // held while armed is replaced
	lastID   int64      // guarded by changing

	hub       atomic.Pointer[core.Hub]
	closed    chan struct{}
	closeOnce sync.Once
}

// New returns a gate with no rules. Close ends what waits in it.
func New(o Options) (*Gate, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	limits, err := newLimits(o)
	if err != nil {
		return nil, err
	}
	return &Gate{now: o.Now, limits: limits, closed: make(chan struct{})}, nil
}

// Bind gives the gate the hub whose sessions its rules end.
func (g *Gate) Bind(h *core.Hub) { g.hub.Store(h) }

// Close ends delays.
func (g *Gate) Close() { g.closeOnce.Do(func() { close(g.closed) }) }

// Ask is of core.Gate.
func (g *Gate) Ask(ctx context.Context, a core.Act) error {
	if a.Operation == core.OpEvents {
		g.reads(a.Remote)
	}
	armed := g.armed.Load()
	if armed != nil {
		if err := g.strike(ctx, *armed, a); err != nil {
			return err
		}
	}
	if g.limits == nil {
		return nil
	}
	if a.Job {
		return g.pace(ctx, a)
	}
	return g.limits.ask(a, g.now())
}

// pace keeps a job waiting until its tier lets it go on. The buckets of services
// are not touched; the daily quota is.
func (g *Gate) pace(ctx context.Context, a core.Act) error {
	now := g.now()
	turn := g.limits.jobs.ReserveN(now, 1)
	g.wait(ctx, turn.DelayFrom(now))
	if ctx.Err() != nil {
		turn.CancelAt(g.now())
		return ctx.Err()
	}
	return g.limits.spend(a, g.now())
}

func (g *Gate) strike(ctx context.Context, all []*active, a core.Act) error {
	for _, r := range all {
		if !r.about(a) || !g.matches(r, a) || !r.strikes(g.now()) {
			continue
		}
		switch r.Kind {
		case Latency:
			g.wait(ctx, time.Duration(r.Delay))
		case Cut:
			g.cut(a.Remote)
		default:
			return r.refusal(a)
		}
	}
	return nil
}

func (g *Gate) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-g.closed:
	}
}

// Lifetime is of core.Gate.
func (g *Gate) Lifetime(a core.Act) time.Duration {
	armed := g.armed.Load()
	if armed == nil {
		return 0
	}
	for _, r := range *armed {
		if r.Kind == Expire && g.matches(r, a) && r.strikes(g.now()) {
			return time.Duration(r.After)
		}
	}
	return 0
}

// matches tells whether an act is in the scope of a rule.
func (g *Gate) matches(r *active, a core.Act) bool {
	if r.Operation != "" && r.Operation != a.Operation {
		return false
	}
	if r.Device != "" {
		if in, _ := path.Match(r.Device, a.ID.Device); !in || a.ID.Device == "" {
			return false
		}
	}
	switch r.Protocol {
	case "", a.Protocol:
		return true
	case protocolWS:
		return g.onWebSocket(a)
	}
	return false
}

// onWebSocket tells it by the port that the connection came to.
func (g *Gate) onWebSocket(a core.Act) bool {
	if a.Protocol != protocolMQTT && a.Protocol != protocolAMQP {
		return false
	}
	c, ok := g.conns.Load(a.Remote)
	return ok && c.(*conn).port == PortHTTPS
}
