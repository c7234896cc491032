package adm

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/wire"
)

const page = 500

// apply brings all twins to what the configurations want, and counts. With none it
// only cleans up, when asked to. It tells how many configurations there are.
func (s *Service) apply(ctx context.Context, always bool) (int, error) {
	all, err := s.List(maxConfigurations)
	if err != nil || len(all) == 0 && !always {
		return len(all), err
	}
	// The first one wins.
	slices.SortStableFunc(all, func(a, b wire.Configuration) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), b.CreatedTimeUTC.Compare(a.CreatedTimeUTC.Time))
	})
	claims, counts := map[core.ID][]claim{}, map[string]*results{}
	for _, c := range all {
		counts[c.ID] = &results{custom: map[string]int64{}}
		if err := s.target(ctx, c, claims, counts[c.ID]); err != nil {
			return len(all), err
		}
	}
	if err := s.write(ctx, claims, counts); err != nil {
		return len(all), err
	}
	s.measure(ctx, all, counts)
	return len(all), nil
}

// target notes what a configuration wants of whom.
func (s *Service) target(ctx context.Context, c wire.Configuration, claims map[core.ID][]claim, r *results) error {
	wanted, err := readContent(c.Content)
	if err != nil || c.TargetCondition == "" { // without a condition nothing is targeted
		return err
	}
	err = selection.Parse(c.TargetCondition).Each(ctx, s.o.Query, func(twins []wire.Twin) error {
		for _, t := range twins {
			if len(wanted) == 0 {
				claims[selection.IDOf(t)] = append(claims[selection.IDOf(t)], claim{id: c.ID})
			}
			for module, settings := range wanted {
				id := selection.IDOf(t)
				if module != "" {
					if t.Capabilities == nil || !t.Capabilities.IoTEdge {
						continue // a deployment is for IoT Edge devices
					}
					id.Module = module
				}
				claims[id] = append(claims[id], claim{c.ID, settings})
			}
			r.targeted++
		}
		return nil
	})
	var refused *core.Error
	if errors.As(err, &refused) { // it was understood when it was made: the others go on
		s.o.Logger.Warn("a target condition is not understood", "configuration", c.ID, "error", err)
		return nil
	}
	return err
}

// write goes through all twins, for there may be some that say they are targeted
// and are not.
func (s *Service) write(ctx context.Context, claims map[core.ID][]claim, counts map[string]*results) error {
	for after, more := "", true; more; {
		twins, next, err := s.o.Hub.Twins(after, page)
		if err == nil {
			err = s.writeAll(ctx, twins, claims, counts)
		}
		if err != nil {
			return err
		}
		after, more = next, next != ""
	}
	for after, more := (core.ID{}), true; more; {
		twins, next, err := s.o.Hub.ModuleTwins(after, page)
		if err == nil {
			err = s.writeAll(ctx, twins, claims, counts)
		}
		if err != nil {
			return err
		}
		after, more = next, next != core.ID{}
	}
	return nil
}

func (s *Service) writeAll(ctx context.Context, twins []wire.Twin, claims map[core.ID][]claim, counts map[string]*results) error {
	for _, t := range twins {
		if err := ctx.Err(); err != nil {
			return err
		}
		statuses, err := s.writeOne(ctx, t, claims[selection.IDOf(t)])
		var refused *core.Error
		if errors.As(err, &refused) {
			s.o.Logger.Info("configurations can not be applied to a twin", "twin", selection.IDOf(t).String(), "error", err)
			continue
		}
		if err != nil {
			return err
		}
		for id, status := range statuses {
			if status == applied {
				counts[id].applied++
			}
		}
	}
	return nil
}

func (s *Service) writeOne(ctx context.Context, t wire.Twin, claims []claim) (map[string]string, error) {
	patch, statuses, err := merge(claims, t)
	if err != nil || patch == nil && sameStatuses(t, statuses) {
		return statuses, err
	}
	return statuses, s.o.Hub.ApplyConfigurations(ctx, selection.IDOf(t), patch, statuses)
}

// measure runs the queries of the metrics, and keeps the results. A query that
// fails has none.
func (s *Service) measure(ctx context.Context, all []wire.Configuration, counts map[string]*results) {
	fresh := make(map[string]results, len(all))
	for _, c := range all {
		r := *counts[c.ID]
		if c.Metrics != nil {
			for name, text := range c.Metrics.Queries {
				if n, err := selection.Count(ctx, s.o.Query, text); err == nil {
					r.custom[name] = n
				}
			}
		}
		fresh[c.ID] = r
	}
	s.mu.Lock()
	s.results = fresh
	s.mu.Unlock()
}
