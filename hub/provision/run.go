package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hubscope/hub"
	"hubscope/hub/pace"
)

// fewIDs are read one by one; for more the hub is first asked for a list.
const fewIDs = 4

// Run finds the identities of ids, each of which must be different, and creates those that are missing when asked to.
// It goes on past single failures, which their items tell. The error is set when it could not go on: when the hub
// refuses the caller, cannot be reached, asks for more patience than there is, or ctx ends; the result then
// says how far it came. To run it again with the same ids does what is left.
func Run(ctx context.Context, registry Registry, ids []string, o Options) (Result, error) {
	r := &run{registry: registry, o: o.withDefaults(), places: make(map[string]int, len(ids)), items: make([]Item, len(ids))}
	r.counts[Untried] = len(ids)
	for i, id := range ids {
		if _, known := r.places[id]; known {
			return Result{}, fmt.Errorf("the device id %q is in the list twice", id)
		}
		r.places[id], r.items[i] = i, Item{DeviceID: id}
	}
	r.gate = pace.New(pace.Options{Patience: r.o.Patience, Waiting: r.hold})
	begin, cancel := r.o.begin(ctx)
	defer cancel()
	r.calls = ctx
	err := r.all(begin, ids)
	return Result{Items: r.items, Counts: r.progress.Counts}, err
}

// run is one run under way. The contexts that its methods are given say how long calls may begin.
type run struct {
	calls    context.Context // of the calls themselves
	registry Registry
	o        Options
	gate     *pace.Gate
	places   map[string]int

	mu       sync.Mutex
	items    []Item        // guarded by mu
	counts   [outcomes]int // guarded by mu
	progress Progress      // guarded by mu
}

func (r *run) all(ctx context.Context, ids []string) error {
	defer r.tell()
	if r.o.Create && !r.o.DryRun && r.o.Keyless {
		return r.createUnread(ctx, ids)
	}
	open, complete, err := r.overview(ctx, ids)
	if err != nil {
		return err
	}
	switch {
	case r.o.Create && !r.o.DryRun:
		if open, err = r.create(ctx, open); err != nil {
			return err
		}
	case complete:
		r.settle(open, func(item *Item) { item.Outcome = r.absent() })
		return nil
	}
	return r.read(ctx, open)
}

// absent is the outcome of an id that the hub does not have.
func (r *run) absent() Outcome {
	if r.o.Create && r.o.DryRun {
		return WouldCreate
	}
	return Missing
}

// overview asks for a list of identities, which of a small hub is all of them, and gives the ids that are not in it.
func (r *run) overview(ctx context.Context, ids []string) (open []string, complete bool, err error) {
	if len(ids) <= fewIDs {
		return ids, false, nil
	}
	var known []hub.Device
	if err := r.gate.Do(ctx, func() (err error) {
		known, err = r.registry.Identities(r.calls, hub.MaxIdentities)
		return err
	}); err != nil {
		return nil, false, err
	}
	var found []string
	devices := make(map[string]hub.Device)
	for _, d := range known {
		if _, wanted := r.places[d.DeviceID]; wanted {
			found, devices[d.DeviceID] = append(found, d.DeviceID), d
		}
	}
	r.settle(found, func(item *Item) { item.Outcome, item.Device = Found, devices[item.DeviceID] })
	open = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, known := devices[id]; return known })
	return open, len(known) < hub.MaxIdentities, nil
}

// refusal is that of one identity of a call.
type refusal hub.BulkError

// exists says whether it is the refusal of an id that is taken, by its name or by its number of older services.
func (r refusal) exists() bool { return r.Name == "DeviceAlreadyExists" || r.Name == "409001" }

func byDevice(list []hub.BulkError) map[string]refusal {
	m := make(map[string]refusal, len(list))
	for _, e := range list {
		m[e.DeviceID] = refusal(e)
	}
	return m
}

// read reads identities one by one: there is no call for the keys of several that one can name.
func (r *run) read(ctx context.Context, ids []string) error {
	group, ctx := r.group(ctx)
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return r.readOne(ctx, id) })
	}
	return wait(ctx, group)
}

func (r *run) readOne(ctx context.Context, id string) error {
	var device hub.Device
	err := r.gate.Do(ctx, func() (err error) {
		device, err = r.registry.Device(r.calls, id)
		return err
	})
	switch {
	case errors.Is(err, hub.ErrNotFound):
		r.settle([]string{id}, func(item *Item) { item.Outcome = r.absent() })
	case err != nil:
		return r.fail(ctx, []string{id}, err)
	default:
		r.settle([]string{id}, func(item *Item) { item.Outcome, item.Device = Found, device })
	}
	return nil
}

// fail notes a call that failed. It gives the error again when no other call would fare better.
func (r *run) fail(ctx context.Context, ids []string, err error) error {
	if ctx.Err() != nil {
		return err
	}
	var refusal *hub.Error
	ownFault := errors.As(err, &refusal) && !errors.Is(err, hub.ErrUnauthorized) && !errors.Is(err, hub.ErrForbidden) &&
		!errors.Is(err, hub.ErrThrottled) && !errors.Is(err, hub.ErrUnavailable)
	r.settle(ids, func(item *Item) { item.Outcome, item.Err = Failed, err })
	if ownFault {
		return nil
	}
	return err
}

func (r *run) group(ctx context.Context) (*errgroup.Group, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.o.Parallel)
	return group, ctx
}

// wait gives the first error of the group, or that of the context when the group was not given all its work.
func wait(ctx context.Context, group *errgroup.Group) error {
	ended := ctx.Err()
	if err := group.Wait(); err != nil {
		return err
	}
	return ended
}

// settle notes the outcome of ids and tells the progress.
func (r *run) settle(ids []string, set func(*Item)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		item := &r.items[r.places[id]]
		r.counts[item.Outcome]--
		set(item)
		r.counts[item.Outcome]++
	}
	r.report()
}

// hold notes that the hub asks for patience, or with a zero time that it does not any more.
func (r *run) hold(until time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.Until, r.progress.Err = until, err
	r.report()
}

func (r *run) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report()
}

// report is called with mu held.
func (r *run) report() {
	r.progress.Counts = Counts{
		Total: len(r.items), Found: r.counts[Found], Created: r.counts[Created], WouldCreate: r.counts[WouldCreate],
		Missing: r.counts[Missing], Failed: r.counts[Failed], Untried: r.counts[Untried],
	}
	r.o.Progress(r.progress)
}
