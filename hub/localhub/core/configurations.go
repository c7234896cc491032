package core

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// ApplyConfigurations merges what configurations want into the desired properties
// of a twin, unless desired is nil, and says in the twin which ones target it:
// by id, "Targeted" or "Applied" (protocol 2.5, 2.9). Both are one write, and the
// second alone is no new version. Errors are those of PatchTwin.
func (h *Hub) ApplyConfigurations(ctx context.Context, id ID, desired json.RawMessage, statuses map[string]string) error {
	type status struct {
		Status string `json:"status"`
	}
	all := make(map[string]status, len(statuses))
	for name, s := range statuses {
		all[name] = status{s}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("encode configurations: %w", err)
	}
	w := twinWrite{id: id, configurations: text}
	if w.desired, err = parseSection("properties.desired", desired); err != nil {
		return err
	}
	return h.update(ctx, func(tx *bbolt.Tx) error { return w.run(h, tx) }, func() {
		if s := h.sessions.get(id); s != nil && w.push != nil {
			s.pushDesired(w.push, w.version)
		}
	})
}
