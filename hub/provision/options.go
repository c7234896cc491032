package provision

import (
	"context"
	"time"

	"hubscope/hub"
)

// Registry is what a run needs of a hub: *hub.Client has it.
type Registry interface {
	// Device reads one identity with its keys; hub.ErrNotFound when there is none.
	Device(ctx context.Context, id string) (hub.Device, error)
	// Identities reads up to limit identities with their keys: fewer than limit are all.
	Identities(ctx context.Context, limit int) ([]hub.Device, error)
	// Bulk makes up to hub.MaxBulk changes.
	Bulk(ctx context.Context, changes []hub.Change) (hub.BulkResult, error)
}

// Defaults of [Options].
const (
	DefaultParallel = 8
	DefaultPatience = 10 * time.Minute
)

// Options of a run.
type Options struct {
	// Create makes what is missing; otherwise it is only found out.
	Create bool
	// DryRun reads but does not write: what Create would make is told as WouldCreate.
	DryRun bool
	// New says what a new identity is like. Nil: enabled, with symmetric keys. An identity with symmetric keys
	// that are not given gets random ones, so that they are known with no further call. Mode and DeviceID are set by the run.
	New func(id string) hub.Change
	// Keyless leaves identities that are found unread, so that their items have no keys; a run that creates then reads
	// nothing beforehand either.
	Keyless bool
	// Stop, when it ends, lets no further call begin; those under way are waited for, so that what they make is counted.
	// Nil: nothing stops the run but its context, which cuts calls off.
	Stop context.Context
	// Parallel is how many calls are under way at a time: 8 by default.
	Parallel int
	// Patience is how long a run goes on with a hub that is throttled or not available and answers nothing
	// else: 10 minutes by default.
	Patience time.Duration
	// Progress is told after each call and each wait, by one goroutine at a time. It must not block.
	Progress func(Progress)
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return o
}

// change is what creates an identity.
func (o Options) change(id string) hub.Change {
	var c hub.Change
	if o.New != nil {
		c = o.New(id)
	}
	c.Mode, c.Device.DeviceID = hub.BulkCreate, id
	if a := &c.Device.Auth; (a.Type == "" || a.Type == hub.AuthSAS) && a.Primary.IsZero() && a.Secondary.IsZero() {
		a.Type, a.Primary, a.Secondary = hub.AuthSAS, NewKey(), NewKey()
	}
	if c.Device.Status == "" {
		c.Device.Status = hub.Enabled
	}
	return c
}

// begin is the context under which calls may begin.
func (o Options) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	begin, cancel := context.WithCancel(ctx)
	if o.Stop == nil {
		return begin, cancel
	}
	forget := context.AfterFunc(o.Stop, cancel)
	return begin, func() { forget(); cancel() }
}
