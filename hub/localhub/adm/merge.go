package adm

import (
	"encoding/json"

	"hubscope/hub/wire"
)

// The values of a configuration's status in a twin (protocol 2.5).
const (
	targeted = "Targeted"
	applied  = "Applied"
)

// claim is a configuration that targets a twin, with what it wants of it.
type claim struct {
	id       string
	settings []setting
	// says: the twin tells of the configuration.
	says bool
}

// merge decides between claims, of which the first wins: what is missing in the
// twin, nil for nothing, and what becomes of each configuration. One that gets
// any of its settings is applied, also in part.
func merge(claims []claim, t wire.Twin) (patch json.RawMessage, statuses map[string]string, err error) {
	desired := map[string]any{}
	if t.Properties != nil && len(t.Properties.Desired) > 0 {
		if err := json.Unmarshal(t.Properties.Desired, &desired); err != nil {
			return nil, nil, err
		}
	}
	statuses = make(map[string]string, len(claims))
	missing := map[string]any{}
	var taken []setting
	for _, c := range claims {
		status := targeted
		if len(c.settings) == 0 {
			status = applied // nothing to set is set
		}
		before := len(taken)
		for _, s := range c.settings {
			if overlapsAny(s, taken[:before]) {
				continue
			}
			status = applied
			taken = append(taken, s)
			if !s.holds(desired) {
				s.put(missing)
			}
		}
		if c.says {
			statuses[c.id] = status
		}
	}
	if len(missing) == 0 {
		return nil, statuses, nil
	}
	patch, err = json.Marshal(missing)
	return patch, statuses, err
}

func overlapsAny(s setting, taken []setting) bool {
	for _, t := range taken {
		if s.overlaps(t) {
			return true
		}
	}
	return false
}
