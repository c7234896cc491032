package adm

import (
	"cmp"
	"context"
	"slices"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/wire"
)

// reconcileBatch is how many marked twins are one operation of the writer, which
// others wait for.
const reconcileBatch = 32

// edgeAgent is the module whose twin says which deployments an IoT Edge device has
// (protocol 3.4).
const edgeAgent = "$edgeAgent"

// round brings all marked twins to what the configurations want.
func (s *Service) round(ctx context.Context) (worked bool, err error) {
	if worked, err = s.markPending(ctx); err != nil {
		return worked, err
	}
	all, err := s.targets()
	if err != nil {
		return worked, err
	}
	decide := func(twin, device wire.Twin) (core.Wanted, error) { return decide(all, twin, device) }
	for from := ""; ; {
		taken, next, err := s.o.Hub.Reconcile(ctx, from, reconcileBatch, decide)
		worked = worked || taken > 0
		if err != nil || next == "" {
			return worked, cmp.Or(err, s.restMarking(ctx))
		}
		from = next
	}
}

// restMarking ends the marking of twins when there are no configurations left. By
// way of the writer, so that one that is made at this moment is seen.
func (s *Service) restMarking(ctx context.Context) error {
	var n int
	err := s.db.View(func(tx *bbolt.Tx) error { n = count(tx.Bucket(bucket)); return nil })
	if n > 0 || err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *bbolt.Tx) error {
		if count(tx.Bucket(bucket)) == 0 {
			s.o.Hub.MarkTwins(false)
		}
		return nil
	})
}

// target is a configuration that was read.
type target struct {
	id        string
	condition *query.Condition // nil: nothing is targeted
	wanted    contents
	isEdge    bool
}

// targets gives all configurations, the one that wins first: by priority, and
// then the newest.
func (s *Service) targets() ([]target, error) {
	all, err := s.List(maxConfigurations)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b wire.Configuration) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), b.CreatedTimeUTC.Compare(a.CreatedTimeUTC.Time))
	})
	targets := make([]target, 0, len(all))
	for _, c := range all {
		t := target{id: c.ID, isEdge: c.Content != nil && len(c.Content.ModulesContent) > 0}
		if t.wanted, err = readContent(c.Content); err != nil {
			return nil, err
		}
		if c.TargetCondition != "" {
			// One that is not understood targets nothing; markFor has told of it.
			if condition, err := selection.Parse(c.TargetCondition); err == nil {
				t.condition = condition
			}
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// decide tells what the configurations want of a twin.
func decide(all []target, twin, device wire.Twin) (core.Wanted, error) {
	var claims []claim
	for _, t := range all {
		if c, ok := t.claim(twin, device); ok {
			claims = append(claims, c)
		}
	}
	patch, statuses, err := merge(claims, twin)
	return core.Wanted{Desired: patch, Statuses: statuses}, err
}

// claim tells whether the configuration targets a twin, and what it wants of it.
func (t target) claim(twin, device wire.Twin) (claim, bool) {
	switch {
	case t.condition == nil:
		return claim{}, false
	case t.isEdge:
		return t.deployment(twin, device)
	case t.condition.Collection() == query.Modules != (twin.ModuleID != ""):
		return claim{}, false
	}
	return claim{t.id, t.wanted[""], true}, t.condition.Matches(query.TwinRow(&twin))
}

// deployment is the claim on a module of an IoT Edge device.
func (t target) deployment(module, device wire.Twin) (claim, bool) {
	settings, named := t.wanted[module.ModuleID]
	isAgent := module.ModuleID == edgeAgent
	if module.ModuleID == "" || !named && !isAgent || device.Capabilities == nil || !device.Capabilities.IoTEdge {
		return claim{}, false
	}
	return claim{t.id, settings, isAgent}, t.condition.Collection() == query.Devices && t.condition.Matches(query.TwinRow(&device))
}
