package adm

import (
	"context"
	"encoding/json"
	"time"

	"hubscope/hub/localhub/core"
)

// results are the metrics of a configuration.
type results struct {
	targeted, applied int64
	custom            map[string]int64
}

// measuring keeps the cost of counting in bounds: it is done when something has
// changed, and takes no more than a twentieth of the time.
type measuring struct {
	due   bool
	after time.Time // not before
}

func (m *measuring) mustWait() bool { return time.Now().Before(m.after) }

// wait tells when it is time; never, when nothing has changed.
func (m *measuring) wait() <-chan time.Time {
	if !m.due {
		return nil
	}
	return time.After(time.Until(m.after))
}

func (m *measuring) run(measure func() error) error {
	began := time.Now()
	err := measure()
	m.after = time.Now().Add(20 * time.Since(began))
	m.due = err != nil
	return err
}

// measure counts the twins that each configuration targets, and runs the queries
// of the metrics. A query that fails has no result.
func (s *Service) measure(ctx context.Context) error {
	all, err := s.List(maxConfigurations)
	if err != nil {
		return err
	}
	fresh := make(map[string]results, len(all))
	if len(all) > 0 {
		if fresh, err = s.countTargets(ctx); err != nil {
			return err
		}
	}
	for _, c := range all {
		r := fresh[c.ID]
		r.custom = make(map[string]int64, len(c.Metrics.Queries))
		for name, text := range c.Metrics.Queries {
			if n, err := s.o.Language.Count(ctx, text); err == nil {
				r.custom[name] = n
			}
		}
		fresh[c.ID] = r
	}
	s.mu.Lock()
	s.results = fresh
	s.mu.Unlock()
	return ctx.Err()
}

// countTargets counts what the twins say.
func (s *Service) countTargets(ctx context.Context) (map[string]results, error) {
	counts := map[string]results{}
	visit := func(t *core.StoredTwin) bool {
		text := t.Configurations()
		if text == "" {
			return true
		}
		var statuses map[string]struct {
			Status string `json:"status"`
		}
		_ = json.Unmarshal([]byte(text), &statuses) // we have written it
		for id, is := range statuses {
			r := counts[id]
			r.targeted++
			if is.Status == applied {
				r.applied++
			}
			counts[id] = r
		}
		return true
	}
	if err := s.o.Hub.ScanDevices(ctx, core.Range{}, visit); err != nil {
		return nil, err
	}
	return counts, s.o.Hub.ScanModules(ctx, core.Range{}, visit)
}
