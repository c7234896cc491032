package provision

import (
	"context"
	"errors"
	"slices"
	"sync"

	"hubscope/hub"
)

// create makes identities, a hundred a call, and gives the ids that exist already.
func (r *run) create(ctx context.Context, ids []string) (existing []string, err error) {
	var mu sync.Mutex
	err = r.chunks(ctx, ids, func(ctx context.Context, chunk []string) error {
		there, _, err := r.createSome(ctx, chunk)
		mu.Lock()
		defer mu.Unlock()
		existing = append(existing, there...)
		return err
	})
	return existing, err
}

// createUnread makes identities and takes those that exist already as found. When a call is made again whose answer was
// lost, they may be those that it made: then they are looked at.
func (r *run) createUnread(ctx context.Context, ids []string) error {
	return r.chunks(ctx, ids, func(ctx context.Context, chunk []string) error {
		existing, asked, err := r.createSome(ctx, chunk)
		if err != nil {
			return err
		}
		if len(asked) > 0 {
			return r.own(ctx, existing, asked)
		}
		r.settle(existing, func(item *Item) { item.Outcome, item.Device = Found, hub.Device{DeviceID: item.DeviceID} })
		return nil
	})
}

// chunks does something with a hundred ids at a time.
func (r *run) chunks(ctx context.Context, ids []string, do func(ctx context.Context, chunk []string) error) error {
	group, ctx := r.group(ctx)
	for chunk := range slices.Chunk(ids, hub.MaxBulk) {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return do(ctx, chunk) })
	}
	return wait(ctx, group)
}

// createSome makes one call. When an earlier try of it may have worked, asked holds the identities as they were asked for.
func (r *run) createSome(ctx context.Context, ids []string) (existing []string, asked map[string]hub.Device, err error) {
	changes := make([]hub.Change, len(ids))
	devices := make(map[string]hub.Device, len(ids))
	for i, id := range ids {
		changes[i] = r.o.change(id)
		devices[id] = changes[i].Device
	}
	var result hub.BulkResult
	err = r.gate.Do(ctx, func() (err error) {
		result, err = r.registry.Bulk(r.calls, changes)
		if mayHaveWorked(err) {
			asked = devices
		}
		return err
	})
	if err != nil {
		return nil, nil, r.fail(ctx, ids, err)
	}
	return r.settleSome(ids, devices, result), asked, nil
}

// settleSome notes what a call has made, and gives the ids that exist already.
func (r *run) settleSome(ids []string, devices map[string]hub.Device, result hub.BulkResult) (existing []string) {
	refused, warnings := byDevice(result.Errors), byDevice(result.Warnings)
	var made []string
	for _, id := range ids {
		if refusal, isRefused := refused[id]; isRefused && refusal.exists() {
			existing = append(existing, id)
			continue
		}
		made = append(made, id)
	}
	r.settle(made, func(item *Item) {
		if refusal, isRefused := refused[item.DeviceID]; isRefused {
			item.Outcome, item.Err = Failed, hub.BulkError(refusal)
			return
		}
		item.Outcome, item.Device = Created, devices[item.DeviceID]
		if warning, isWarned := warnings[item.DeviceID]; isWarned {
			item.Warning = hub.BulkError(warning)
		}
	})
	return existing
}

// mayHaveWorked tells a call whose end is not known from one that the hub has refused.
func mayHaveWorked(err error) bool {
	var refusal *hub.Error
	return err != nil && (!errors.As(err, &refusal) || refusal.Status >= 500)
}

// own reads identities that exist already, and takes those as created that are as they were asked for.
func (r *run) own(ctx context.Context, ids []string, asked map[string]hub.Device) error {
	for _, id := range ids {
		if err := r.readOne(ctx, id); err != nil {
			return err
		}
		r.settle([]string{id}, func(item *Item) {
			if item.Outcome == Found && proves(item.Device.Auth, asked[id].Auth) {
				item.Outcome = Created
			}
		})
	}
	return nil
}

// proves says whether an identity has the very keys or thumbprints that were asked for: nobody else made it then.
func proves(a, asked hub.Authentication) bool {
	if !asked.Primary.IsZero() {
		return a.Primary == asked.Primary
	}
	return asked.PrimaryThumbprint != "" && a.PrimaryThumbprint == asked.PrimaryThumbprint
}
